"""The PDF report: the same content on A4, whole for qpdf and poppler, tagged, its fonts inside."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image
from signed_material import judge
from test_verify_report_html import HOSTILE, PICTURE
from test_verify_report_view import FACTS, FAILED, SIGNATURE, finding, told

from ca.trust import TrustStore
from demo.contract.render import find_fonts
from esign.errors import EsignError
from esign.verify.report import Conclusion, PageDifference
from esign.verify.reports import CHINESE, ENGLISH, LANGUAGES, Language, pdf_report
from tests.tools import run_tool

MADE_AT = datetime(2026, 11, 22, 12, 0, 0, 5, tzinfo=UTC)


def said_by(name: str, *arguments: str | Path) -> str:
    return run_tool(name, *arguments).stdout.decode("utf-8")


@pytest.fixture(scope="module", params=LANGUAGES)
def made(
    request: pytest.FixtureRequest, signed: bytes, trust: TrustStore, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    language: Language = request.param
    report = replace(judge(signed, trust), evidence_pictures=(PICTURE,))
    path = tmp_path_factory.mktemp("report") / "report.pdf"
    path.write_bytes(pdf_report(report, language, find_fonts(), made_at=MADE_AT, version="0.1.0"))
    return path


def test_qpdf_finds_nothing_wrong(made: Path) -> None:
    assert "No syntax or stream encoding errors found" in said_by("qpdf", "--check", made)


def test_it_is_a4_tagged_and_says_that_it_follows_the_rules_of_accessibility(made: Path) -> None:
    facts = said_by("pdfinfo", made)
    assert re.search(r"Tagged:\s+yes", facts)
    assert re.search(r"Page size:\s+595\.\d+ x 841\.\d+ pts \(A4\)", facts)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in made.read_bytes()
    assert b"<pdfaid:part>2</pdfaid:part>" in made.read_bytes()
    assert re.search(r"JavaScript:\s+no", facts)


def test_every_font_is_inside(made: Path) -> None:
    rows = said_by("pdffonts", made).splitlines()[2:]
    assert rows
    assert all(re.search(r"\byes yes yes\b", row) for row in rows)


def test_its_text_can_be_read_out(made: Path) -> None:
    text = said_by("pdftotext", made, "-")
    assert "TOTAL-PASSED" in text
    assert "B-LTA" in text
    assert re.search(r"这份文件自签署后没有被改动|Nothing was changed since the document was signed", text)


def text_of(pdf: bytes, folder: Path) -> str:
    path = folder / "text.pdf"
    path.write_bytes(pdf)
    return said_by("pdftotext", path, "-")


def test_what_would_command_typst_or_a_reader_is_text(tmp_path: Path) -> None:
    name = '#read("/etc/passwd") $x$ *b* ' + HOSTILE
    report = replace(
        told(FAILED, replace(SIGNATURE, signer={"name": name}), findings=(finding("content-changed", field=name),)),
        document=replace(FACTS, name=name),
    )
    text = text_of(pdf_report(report, ENGLISH, find_fonts(), made_at=MADE_AT), tmp_path)
    assert '#read("/etc/passwd") $x$ *b*' in text.replace("\n", " ")
    assert "root:" not in text


def test_letters_that_no_font_has_are_written_as_numbers(tmp_path: Path) -> None:
    report = told(Conclusion.PASSED, replace(SIGNATURE, signer={"name": "ᚠᛁᛋᚴᛦ 于文山"}))
    text = text_of(pdf_report(report, CHINESE, find_fonts(), made_at=MADE_AT), tmp_path)
    assert "‹U+16A0›" in text
    assert "于文山" in text


def test_a_page_that_looks_different_is_shown_as_it_was_and_as_it_is(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.effect_noise((850, 1100), 40).save(out, "PNG")
    picture = out.getvalue()
    difference = PageDifference("applicant", 7, picture, picture, picture, ((100.0, 100.0, 200.0, 120.0),))
    report = replace(told(FAILED, SIGNATURE, findings=(finding("page-looks-different"),)), pictures=(difference,))
    pdf = pdf_report(report, ENGLISH, find_fonts(), made_at=MADE_AT)
    text = text_of(pdf, tmp_path)
    assert "After signing, what page 7 shows was changed." in text.replace("\n", " ")
    assert len(said_by("pdfimages", "-list", tmp_path / "text.pdf").splitlines()) >= 2 + 3


def test_without_fonts_for_chinese_it_is_refused_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(EsignError, match="fonts-noto-cjk") as refused:
        pdf_report(told(Conclusion.NO_SIGNATURE), CHINESE, tmp_path, made_at=MADE_AT)
    assert refused.value.code == "report-not-set"


def test_the_same_report_gives_the_same_bytes() -> None:
    report = told(Conclusion.PASSED, SIGNATURE)
    first, second = (pdf_report(report, ENGLISH, find_fonts(), made_at=MADE_AT) for _ in range(2))
    assert first == second
