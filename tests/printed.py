"""Looks at printed documents: their text page by page, the places for signatures, fonts, and what the file claims."""

from __future__ import annotations

import ctypes
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pypdfium2

from esign.pades.anchors import DocumentText
from esign.pades.fields import AtAnchor
from tests.tools import run_tool


def pages_of(pdf: bytes) -> list[str]:
    """Return the text of each page, without line ends and spaces: where a line breaks is no matter."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [re.sub(r"[\s\u200b]", "", page.get_textpage().get_text_range()) for page in document]


def in_this_order(text: str, words: Sequence[str]) -> bool:
    """Tell whether the text has all of these, one behind the other."""
    return re.search(".*?".join(re.escape(word) for word in words), text) is not None


def places_found(pdf: bytes, places: Mapping[str, AtAnchor]) -> dict[str, int]:
    """Return the page of each place; fail unless its anchor stands once, in an empty box that is printed around it."""
    found = {}
    with DocumentText(io.BytesIO(pdf)) as text, pypdfium2.PdfDocument(pdf) as document:
        for role, place in places.items():
            anchor = text.find(place.text)
            found[role] = anchor.page
            left, bottom = anchor.box[2] + place.right, anchor.box[1] + place.up
            page = document[anchor.page - 1]
            right, top = left + place.width, bottom + place.height
            assert page.get_textpage().get_text_bounded(left, bottom, right, top) == ""
            picture = page.render(scale=2).to_pil().convert("L")
            height = page.get_height()
            box = [round(2 * v) for v in (left, height - top, right, height - bottom)]
            inside = picture.crop((box[0], box[1], box[2], box[3]))
            around = picture.crop((box[0] - 6, box[1] - 6, box[2] + 6, box[3] + 6))
            assert inside.getextrema()[0] > 245, f"something is printed where {role} signs"
            assert around.getextrema()[0] < 200, f"the printed box is not where the place of {role} is"
    return found


def fonts_of_words(pdf: bytes, words: str) -> set[str]:
    """Return the names of the fonts that these words are set in, on the first page that has them."""
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            text = page.get_textpage()
            if match := text.search(words).get_next():
                return {_font(text, match[0] + n) for n in range(match[1])}
    raise AssertionError(f"{words} stands nowhere")


def _font(text: pypdfium2.PdfTextPage, index: int) -> str:
    buffer = ctypes.create_string_buffer(200)
    flags = ctypes.c_int()
    length = pypdfium2.raw.FPDFText_GetFontInfo(text, index, buffer, 200, ctypes.byref(flags))
    return buffer.raw[: max(0, length - 1)].decode()


def assert_sound_archive(pdf: bytes, folder: Path) -> None:
    """Fail unless the file is sound, says that it is PDF/A-3a, PDF/UA-1, tagged and Chinese, and embeds each font."""
    assert b"<pdfaid:part>3</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in pdf
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert b"/MarkInfo" in pdf
    assert re.search(rb"/Lang\s*\(zh-CN\)", pdf, re.IGNORECASE)
    file = folder / "document.pdf"
    file.write_bytes(pdf)
    assert b"No syntax or stream encoding errors found" in run_tool("qpdf", "--check", file).stdout
    rows = run_tool("pdffonts", file).stdout.decode().splitlines()[2:]
    assert rows
    for row in rows:
        assert row.split()[-5:-2] == ["yes", "yes", "yes"], f"not embedded as a subset: {row}"


def nothing_breaks_out(pdf: bytes) -> None:
    """Fail if a character stands outside the margins of its page."""
    with pypdfium2.PdfDocument(pdf) as document:
        for number, page in enumerate(document, start=1):
            width, text = page.get_width(), page.get_textpage()
            for index in range(text.count_chars()):
                left, _bottom, right, _top = text.get_charbox(index)
                assert left >= 50, f"page {number}: {text.get_text_range(index, 10)!r} begins at {left}"
                assert right <= width - 50, f"page {number}: {text.get_text_range(index, 10)!r} ends at {right}"
