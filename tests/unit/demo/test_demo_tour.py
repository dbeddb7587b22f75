"""The picture tour: everything escaped, both languages, nothing from outside, honest about missing judges."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from demo.contract import render_contract, sample_contract
from demo.pictures import page_png
from demo.tour import (
    PAGES,
    TOKENS,
    Capture,
    Download,
    EvidenceFile,
    Fact,
    Judge,
    Picture,
    SignatureInside,
    Step,
    Tour,
    Verdict,
    VerdictRow,
    Words,
    render_tour,
    write_tour,
)
from esign.errors import EsignError, OutputError

SAME = Words("文字", "words")
HOSTILE = '<script>alert("1")</script>&'
PIXEL = b"\x89PNG\r\n\x1a\n-not-looked-at-"


def _picture(name: str) -> Picture:
    return Picture(name, PIXEL, SAME, SAME)


@pytest.fixture
def tour() -> Tour:
    return Tour(
        contract="岁安终身寿险保险合同",
        company="澄岳人寿保险股份有限公司",
        notice=Words("测试证书", "test certificates"),
        contract_pages=(_picture("page-01.png"), _picture("page-05.png")),
        captures=(Capture("于文山", SAME, _picture("ink.png"), _picture("face.jpg"), (Fact(SAME, "1"),)),),
        page_before=_picture("before.png"),
        page_after=_picture("after.png"),
        signatures=(
            SignatureInside(
                "于文山", SAME, (Fact(SAME, "4A", mono=True),), (EvidenceFile("a.json", SAME, SAME, 12_345),)
            ),
        ),
        archive=(Fact(SAME, "6"),),
        verdict=Verdict(
            Words("没有被改动。", "Not changed."),
            "TOTAL-PASSED",
            True,
            (VerdictRow("于文山", SAME, SAME, SAME, "2026", "B-LTA", True),),
        ),
        judges=(Judge("openssl", SAME, "openssl cms -verify", "CAdES Verification successful", True),),
        steps=(Step(SAME, 1234.5), Step(SAME, 4.25)),
        downloads=(Download("contract.pdf", SAME, 20_000_000),),
    )


class _Page(HTMLParser):
    """Collects tags, attributes and addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def _parsed(html: str) -> list[tuple[str, dict[str, str | None]]]:
    page = _Page()
    page.feed(html)
    return page.tags


def test_everything_is_written_beside_the_page(tour: Tour, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "tour"
    write_tour(folder, tour)
    html = (folder / "index.html").read_text("utf-8")
    for tag, attributes in _parsed(html):
        if tag in {"img", "link"}:
            assert (folder / str(attributes.get("src") or attributes.get("href"))).is_file()
    assert (folder / "after.png").read_bytes() == PIXEL


def test_the_page_needs_no_script_no_style_attribute_and_nothing_from_outside(tour: Tour) -> None:
    for tag, attributes in _parsed(render_tour(tour)):
        assert tag != "script"
        assert "style" not in attributes
        for address in (attributes.get("src"), attributes.get("href")):
            assert address is None or not re.match(r"[a-z]+:|//", address)
    styles = "".join(style.read_text("utf-8") for style in (TOKENS, PAGES / "tour.css"))
    assert "url(" not in styles
    assert "@import" not in styles


def test_what_is_filled_in_is_escaped(tour: Tour) -> None:
    words = Words(HOSTILE, HOSTILE)
    hostile = replace(
        tour,
        contract=HOSTILE,
        notice=words,
        captures=(
            Capture(
                HOSTILE,
                words,
                replace(_picture("i.png"), alt=words, caption=words),
                _picture("f.jpg"),
                (Fact(words, HOSTILE),),
            ),
        ),
        judges=(Judge(HOSTILE, words, HOSTILE, HOSTILE, True),),
        verdict=replace(tour.verdict, sentence=words, conclusion=HOSTILE),
    )
    html = render_tour(hostile)
    assert "<script" not in html
    assert 'alert("1")' not in html
    assert "&lt;script&gt;" in html


def test_every_sentence_stands_in_both_languages(tour: Tour) -> None:
    html = render_tour(tour)
    chinese, english = (len(re.findall(rf'<span lang="{lang}"', html)) for lang in ("zh-CN", "en"))
    assert chinese == english > 20


def test_pictures_have_a_text_for_those_who_do_not_see_them(tour: Tour) -> None:
    pictures = [attributes for tag, attributes in _parsed(render_tour(tour)) if tag == "img"]
    assert len(pictures) == len(list(tour.pictures))
    assert all(attributes["alt"] for attributes in pictures)


def test_a_judge_that_is_not_installed_is_said_to_be_missing(tour: Tour) -> None:
    missing = replace(tour, judges=(Judge("qpdf", SAME, "qpdf --check", "", None),))
    html = render_tour(missing)
    assert "本机没有安装" in html
    assert "认可</span>" not in html


def test_a_failed_verdict_does_not_look_like_a_passed_one(tour: Tour) -> None:
    failed = replace(tour, verdict=replace(tour.verdict, good=False, conclusion="TOTAL-FAILED"))
    assert 'class="sheet letter verdict fail"' in render_tour(failed)
    assert 'class="sheet letter verdict fail"' not in render_tour(tour)


def test_times_and_sizes_are_told_in_fitting_units(tour: Tour) -> None:
    html = render_tour(tour)
    for told in ("1.23 s", "4.2 ms", "1.24 s", "12 kB", "20.0 MB"):
        assert told in html


@pytest.mark.parametrize("name", ["../up.png", "/etc/x.png", "a b.png", "", ".hidden"])
def test_a_file_name_that_could_leave_the_folder_is_refused(tour: Tour, tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="no plain file name"):
        write_tour(tmp_path, replace(tour, page_after=_picture(name)))
    assert not (tmp_path / "index.html").exists()


def test_a_folder_that_cannot_be_written_is_an_error_with_a_cure(tour: Tour, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError) as refused:
        write_tour(tmp_path / "file" / "tour", tour)
    assert refused.value.code == "demo-tour-output"


def test_a_page_picture_has_the_width_that_was_asked_for() -> None:
    contract = render_contract(sample_contract())
    picture = page_png(contract, -1, 500)
    assert picture[16:20] == (500).to_bytes(4, "big")
    assert page_png(contract, 1, 500) != picture


@pytest.mark.parametrize(("page", "width"), [(0, 500), (999, 500), (-2, 500), (1, 0), (1, 4001)])
def test_a_page_or_width_that_cannot_be_is_refused(page: int, width: int) -> None:
    with pytest.raises(EsignError) as refused:
        page_png(render_contract(sample_contract()), page, width)
    assert refused.value.code == "demo-page"
