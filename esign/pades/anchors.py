"""Anchor text: a word on the page that says where a signature field goes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import pypdfium2

from esign.errors import FieldError

_LONGEST_ANCHOR = 200
_MOST_OCCURRENCES = 10_000
_PAGES_KEPT = 64
_HELD_AT_MOST = 32 << 20
"""Bytes of pages, on average, after which the document is opened anew: PDFium holds all that it has read of one."""


@dataclass(frozen=True)
class AnchorPosition:
    """Where the text lies: the page from 1, and left, bottom, right, top around its ink.

    The box is in points of the page's own user space (ISO 32000-2, 8.3.2.3): what an annotation's Rect needs, before
    any page rotation, and counted from the origin of user space and not from the corner of MediaBox or CropBox.
    Text that runs over a line break has one box around all of it.
    """

    page: int
    box: tuple[float, float, float, float]


def find_anchor(
    document: BinaryIO | Path, text: str, *, occurrence: int | None = None, page: int | None = None
) -> AnchorPosition:
    """Return where `text` stands in the document: `DocumentText.find` for a single question."""
    with DocumentText(document) as opened:
        return opened.find(text, occurrence=occurrence, page=page)


class DocumentText:
    """The text of a document, a seekable PDF file or its path, that is asked about several times.

    The document is opened at the first question, and a page that was read stays read while few others are. PDFium is
    not made for several threads: one text open at a time in a process. Use as a context manager.
    """

    def __init__(self, document: BinaryIO | Path) -> None:
        self._document = document
        self._opened: pypdfium2.PdfDocument | None = None
        self._read = self._readable = 0
        self._pages: dict[int, tuple[pypdfium2.PdfPage, pypdfium2.PdfTextPage]] = {}

    def __enter__(self) -> DocumentText:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def find(self, text: str, *, occurrence: int | None = None, page: int | None = None) -> AnchorPosition:
        """Return where `text` stands.

        Upper and lower case differ. `occurrence` counts from 1 in reading order, on `page` (from 1) alone if that is
        given; without it the text must occur exactly once. Raises `FieldError`: `anchor-text-invalid`,
        `anchor-page-invalid`, `anchor-document-unreadable`, `anchor-not-found`, or `anchor-ambiguous` with the number
        found and how to choose.
        """
        if not text.strip() or len(text) > _LONGEST_ANCHOR or (occurrence is not None and occurrence < 1):
            raise FieldError(
                "anchor-text-invalid",
                "the anchor is empty or too long, or its occurrence is below 1",
                f"give a text of 1 to {_LONGEST_ANCHOR} characters and count occurrences from 1",
            )
        pages = len(self._open())
        if page is not None and not 1 <= page <= pages:
            raise FieldError(
                "anchor-page-invalid",
                f"the document has no page {page}",
                f"give a page from 1 to {pages}",
            )
        found: list[AnchorPosition] = []
        for position in self._positions(text, range(1, pages + 1) if page is None else (page,)):
            found.append(position)
            if len(found) == occurrence or len(found) >= _MOST_OCCURRENCES:
                break
        return _chosen(found, text, occurrence, page)

    def has_words(self, page: int, box: tuple[float, float, float, float]) -> bool:
        """Tell whether words of the page (from 1) lie within the box: left, bottom, right, top in user space."""
        left, bottom, right, top = box
        words = self._words(page)
        for index in range(words.count_rects()):
            x1, y1, x2, y2 = words.get_rect(index)
            if left < x2 and x1 < right and bottom < y2 and y1 < top and words.get_text_bounded(x1, y1, x2, y2).strip():
                return True
        return False

    def _positions(self, text: str, pages: Iterable[int]) -> Iterator[AnchorPosition]:
        for number in pages:
            words = self._words(number)
            with closing(words.search(text, match_case=True)) as searcher:
                while (match := searcher.get_next()) is not None:
                    start, count = match
                    yield AnchorPosition(number, _around(words, start, count))

    def _open(self) -> pypdfium2.PdfDocument:
        if self._opened is None:
            try:
                self._opened = pypdfium2.PdfDocument(self._document)
            except pypdfium2.PdfiumError as error:
                raise FieldError(
                    "anchor-document-unreadable", "the document cannot be searched for text", "check the PDF first"
                ) from error
            pages = max(1, len(self._opened))
            self._read, self._readable = 0, max(1, pages * _HELD_AT_MOST // max(1, _size(self._document)))
        return self._opened

    def _words(self, number: int) -> pypdfium2.PdfTextPage:
        if number not in self._pages:
            if self._read >= self._readable:
                self._close()
            self._open()
            self._read += 1
            if len(self._pages) >= _PAGES_KEPT:
                self._close_page(next(iter(self._pages)))
            page = self._open()[number - 1]
            self._pages[number] = page, page.get_textpage()
        return self._pages[number][1]

    def _close(self) -> None:
        for number in list(self._pages):
            self._close_page(number)
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def _close_page(self, number: int) -> None:
        page, words = self._pages.pop(number)
        words.close()
        page.close()


def _size(document: BinaryIO | Path) -> int:
    """Return the document's size in bytes."""
    if isinstance(document, Path):
        return document.stat().st_size
    here = document.tell()
    size = document.seek(0, os.SEEK_END)
    document.seek(here)
    return size


def _around(words: pypdfium2.PdfTextPage, start: int, count: int) -> tuple[float, float, float, float]:
    boxes = [words.get_rect(index) for index in range(words.count_rects(start, count))]
    if not boxes:
        boxes = [words.get_charbox(start + index) for index in range(count)]
    left, bottom, right, top = zip(*boxes, strict=True)
    return float(min(left)), float(min(bottom)), float(max(right)), float(max(top))


def _chosen(found: list[AnchorPosition], text: str, occurrence: int | None, page: int | None) -> AnchorPosition:
    where = "in the document" if page is None else f"on page {page}"
    if not found:
        raise FieldError(
            "anchor-not-found",
            f'the text "{text}" does not occur {where}',
            "check its spelling, and that the document has real text and is not a scan",
        )
    if occurrence is None and len(found) > 1:
        pages = sorted({position.page for position in found})
        raise FieldError(
            "anchor-ambiguous",
            f'the text "{text}" occurs {len(found)} times {where}, first on page {pages[0]}',
            f"choose one by its occurrence, 1 to {len(found)}, or name a page",
        )
    if occurrence is not None and occurrence > len(found):
        raise FieldError(
            "anchor-not-found",
            f'the text "{text}" occurs only {len(found)} times {where}',
            f"choose an occurrence from 1 to {len(found)}",
        )
    return found[(occurrence or 1) - 1]
