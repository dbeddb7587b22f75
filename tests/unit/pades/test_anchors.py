"""Anchor text: found once, or chosen among several, in the page's own coordinates."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2
import pytest

from esign.errors import FieldError
from esign.pades import anchors
from esign.pades.anchors import DocumentText, find_anchor
from tests.unit.pades.made_pdfs import HandmadePdf


def with_text(content: bytes, page: str = "") -> HandmadePdf:
    pdf = HandmadePdf(content)
    pdf.page += page
    pdf.resources = "/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
    return pdf


def two_pages() -> HandmadePdf:
    pdf = with_text(b"BT /F 12 Tf 10 150 Td (Sign here) Tj 0 -50 Td (Sign here) Tj ET")
    content = pdf.add_stream("", b"BT /F 12 Tf 20 80 Td (Sign here) Tj ET")
    page = f"/MediaBox[0 0 300 200]/Contents {content}/Resources<<{pdf.resources}>>"
    pdf.kids.append(pdf.add(f"<</Type/Page/Parent 2 0 R{page}>>"))
    return pdf


@pytest.mark.parametrize(
    "page", ["", "/Rotate 90", "/Rotate 270/CropBox[50 20 300 200]", "/CropBox[50 20 300 200]", "/UserUnit 2"]
)
def test_the_box_is_in_user_space_whatever_the_page_is_turned_or_cropped_to(page: str) -> None:
    found = find_anchor(with_text(b"BT /F 12 Tf 100 50 Td (Sign here) Tj ET", page).file(), "Sign here")
    assert found.page == 1
    left, bottom, right, top = found.box
    assert 100 <= left <= 101
    assert 46 <= bottom <= 50
    assert 150 <= right <= 152
    assert 58 <= top <= 60


def test_a_file_on_disk_is_searched_as_well(tmp_path: Path) -> None:
    path = tmp_path / "contract.pdf"
    path.write_bytes(with_text(b"BT /F 12 Tf 100 50 Td (Sign here) Tj ET").bytes())
    assert find_anchor(path, "here").page == 1


def test_an_anchor_that_occurs_several_times_must_be_chosen() -> None:
    with pytest.raises(FieldError) as caught:
        find_anchor(two_pages().file(), "Sign here")
    assert caught.value.code == "anchor-ambiguous"
    assert "3 times" in str(caught.value)
    assert "1 to 3" in str(caught.value)


def test_an_occurrence_counts_through_the_document_and_on_a_page() -> None:
    pdf = two_pages()
    found = [find_anchor(pdf.file(), "Sign here", occurrence=number) for number in (1, 2, 3)]
    assert [position.page for position in found] == [1, 1, 2]
    assert found[0].box[1] > found[1].box[1]
    assert find_anchor(pdf.file(), "Sign here", page=2) == found[2]
    assert find_anchor(pdf.file(), "Sign here", page=1, occurrence=2) == found[1]


@pytest.mark.parametrize(
    ("text", "occurrence", "page", "code"),
    [
        ("Unterschrift", None, None, "anchor-not-found"),
        ("sign HERE", None, None, "anchor-not-found"),
        ("Sign here", 4, None, "anchor-not-found"),
        ("Sign here", 2, 2, "anchor-not-found"),
        ("Sign here", None, 3, "anchor-page-invalid"),
        ("Sign here", None, 0, "anchor-page-invalid"),
        ("Sign here", 0, None, "anchor-text-invalid"),
        (" ", None, None, "anchor-text-invalid"),
        ("x" * 201, None, None, "anchor-text-invalid"),
    ],
)
def test_an_anchor_that_cannot_be_used_is_an_error(
    text: str, occurrence: int | None, page: int | None, code: str
) -> None:
    with pytest.raises(FieldError) as caught:
        find_anchor(two_pages().file(), text, occurrence=occurrence, page=page)
    assert caught.value.code == code


def test_a_file_that_is_no_pdf_is_an_error() -> None:
    with pytest.raises(FieldError) as caught:
        find_anchor(io.BytesIO(b"hello"), "x")
    assert caught.value.code == "anchor-document-unreadable"


def test_a_text_may_be_asked_many_times_also_about_more_pages_than_stay_open() -> None:
    pdf = two_pages()
    pdf.kids += ["3 0 R"] * 80
    with DocumentText(pdf.file()) as text:
        for _ in range(2):
            assert text.find("Sign here", occurrence=3).page == 2
            assert text.find("Sign here", occurrence=4).page == 3
            assert text.find("Sign here", page=82, occurrence=1).page == 82
        assert text.has_words(1, (0, 140, 300, 160))
        assert not text.has_words(1, (200, 0, 300, 20))


def test_a_document_that_is_asked_nothing_is_not_opened() -> None:
    with DocumentText(io.BytesIO(b"hello")):
        pass


def test_a_large_document_is_opened_anew_every_few_pages_and_answers_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []

    class Counted(pypdfium2.PdfDocument):  # type: ignore[misc]  # it has no types
        def __init__(self, document: io.BytesIO) -> None:
            opened.append(document)
            super().__init__(document)

    monkeypatch.setattr(anchors.pypdfium2, "PdfDocument", Counted)
    with DocumentText(two_pages().file()) as text:
        whole = [text.find("Sign here", occurrence=number) for number in (1, 2, 3)]
    assert len(opened) == 1
    monkeypatch.setattr(anchors, "_HELD_AT_MOST", 1)
    with DocumentText(two_pages().file()) as text:
        assert [text.find("Sign here", occurrence=number) for number in (1, 2, 3)] == whole
    assert len(opened) > 2
