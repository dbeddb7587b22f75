"""The demo's contract: long enough, signable by its anchors, the same bytes each time, whole fonts inside."""

from __future__ import annotations

import io
import re
from datetime import date
from pathlib import Path

import pypdfium2
import pytest

from demo.contract import render_contract, sample_contract
from demo.contract.places import PLACES
from demo.contract.render import find_fonts
from esign.errors import EsignError
from esign.pades.anchors import find_anchor
from tests.tools import run_tool


@pytest.fixture(scope="module")
def contract() -> bytes:
    return render_contract(sample_contract())


@pytest.fixture(scope="module")
def pages(contract: bytes) -> list[str]:
    with pypdfium2.PdfDocument(contract) as document:
        return [page.get_textpage().get_text_range() for page in document]


def test_the_contract_has_at_least_twenty_pages_and_each_says_which_it_is(pages: list[str]) -> None:
    assert len(pages) >= 20
    for number, text in enumerate(pages[1:], start=2):
        assert f"第 {number} 页 / 共 {len(pages)} 页" in text


def test_the_same_data_gives_the_same_bytes(contract: bytes) -> None:
    assert render_contract(sample_contract()) == contract


def test_another_day_gives_another_contract_that_names_it(contract: bytes) -> None:
    later = render_contract(sample_contract(date(2027, 2, 3)))
    assert later != contract
    with pypdfium2.PdfDocument(later) as document:
        assert "2027 年 2 月 4 日" in document[0].get_textpage().get_text_range()


@pytest.mark.parametrize("role", PLACES)
def test_each_anchor_stands_exactly_once_on_the_last_page(contract: bytes, pages: list[str], role: str) -> None:
    assert sum(text.count(PLACES[role].text) for text in pages) == 1
    assert find_anchor(io.BytesIO(contract), PLACES[role].text).page == len(pages)


@pytest.mark.parametrize("role", PLACES)
def test_the_place_of_each_signature_lies_inside_a_printed_box_and_is_empty(contract: bytes, role: str) -> None:
    place = PLACES[role]
    anchor = find_anchor(io.BytesIO(contract), place.text)
    left, bottom = anchor.box[2] + place.right, anchor.box[1] + place.up
    with pypdfium2.PdfDocument(contract) as document:
        page = document[anchor.page - 1]
        inside = page.get_textpage().get_text_bounded(left, bottom, left + place.width, bottom + place.height)
        picture = page.render(scale=2).to_pil().convert("L")
        height = page.get_height()
    box = [2 * v for v in (left, height - bottom - place.height, left + place.width, height - bottom)]
    assert inside == ""
    darkest = picture.crop((round(box[0]), round(box[1]), round(box[2]), round(box[3]))).getextrema()[0]
    frame = picture.crop((round(box[0]) - 6, round(box[1]) - 6, round(box[2]) + 6, round(box[3]) + 6)).getextrema()[0]
    assert darkest > 245, "something is printed where the signature goes"
    assert frame < 200, "the printed box is not where the place says"


def test_the_insured_signs_on_the_page_that_names_the_amount(pages: list[str]) -> None:
    assert "人民币 300,000.00 元" in pages[-1]
    assert "人民币叁拾万元整" in re.sub(r"\s", "", pages[-1])


def test_amounts_on_schedule_notice_and_cash_value_table_agree(pages: list[str]) -> None:
    data = sample_contract()
    first = data.values[0]
    schedule = next(text for text in pages if "每期保险费" in text and "末期交费" in text)
    assert f"人民币 {data.premium:,.2f} 元" in schedule
    assert f"人民币 {data.premium * data.payment_years:,.2f} 元" in schedule
    notice, table = (next(text for text in pages if word in text) for word in ("投保提示书\r", "减额交清保险金额\r"))
    assert f"{first.cash_value:,.2f}" in notice
    assert f"{first.cash_value:,.2f}" in table


def test_every_article_that_a_clause_refers_to_exists(pages: list[str]) -> None:
    terms = "\n".join(pages)
    named = re.findall(r"(\d\.\d)\s*“([^”]+)”", terms)
    assert len(named) >= 4
    for number, title in named:
        assert re.search(rf"{re.escape(number)}\s+{title}", terms), (number, title)
    for number in re.findall(r"条款 (\d\.\d)", terms):
        assert re.search(rf"^{re.escape(number)}\s+\S", terms, re.MULTILINE), number


def test_exclusions_are_set_in_bold(contract: bytes) -> None:
    with pypdfium2.PdfDocument(contract) as document:
        page = next(p for p in document if "我们不承担责任的情形" in p.get_textpage().get_text_range())
        text = page.get_textpage()
        match = text.search("故意杀害").get_next()
        assert match is not None
        fonts = {_font_weight_name(text, match[0] + n) for n in range(match[1])}
    assert all("Bold" in name for name in fonts), fonts


def test_all_fonts_are_embedded(contract: bytes, tmp_path: Path) -> None:
    file = tmp_path / "contract.pdf"
    file.write_bytes(contract)
    rows = run_tool("pdffonts", file).stdout.decode().splitlines()[2:]
    assert rows
    for row in rows:
        assert row.split()[-5:-3] == ["yes", "yes"], row


def test_qpdf_finds_nothing_wrong_with_the_file(contract: bytes, tmp_path: Path) -> None:
    file = tmp_path / "contract.pdf"
    file.write_bytes(contract)
    assert b"No syntax or stream encoding errors found" in run_tool("qpdf", "--check", file).stdout


def test_the_file_says_that_it_is_pdf_a_3a_tagged_and_in_chinese(contract: bytes) -> None:
    assert b"<pdfaid:part>3</pdfaid:part>" in contract
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in contract
    assert b"/MarkInfo" in contract
    assert re.search(rb"/Lang\s*\(zh-CN\)", contract, re.IGNORECASE)


def test_missing_fonts_are_named_with_the_package_to_install(tmp_path: Path) -> None:
    with pytest.raises(EsignError) as refused:
        find_fonts((tmp_path,))
    assert refused.value.code == "demo-fonts-missing"
    assert "fonts-noto-cjk" in str(refused.value)


def test_a_folder_without_the_fonts_is_refused_before_setting(tmp_path: Path) -> None:
    with pytest.raises(EsignError) as refused:
        render_contract(sample_contract(), fonts=tmp_path)
    assert refused.value.code == "demo-fonts-missing"


def test_an_insured_who_would_be_too_old_is_refused() -> None:
    with pytest.raises(EsignError) as refused:
        sample_contract(date(2031, 1, 1))
    assert refused.value.code == "demo-age"


def _font_weight_name(text: pypdfium2.PdfTextPage, index: int) -> str:
    import ctypes  # noqa: PLC0415 - the raw call needs a buffer, this test alone

    buffer = ctypes.create_string_buffer(200)
    flags = ctypes.c_int()
    length = pypdfium2.raw.FPDFText_GetFontInfo(text, index, buffer, 200, ctypes.byref(flags))
    return buffer.raw[: max(0, length - 1)].decode()
