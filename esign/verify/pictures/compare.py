"""Compares the pages as they were signed with the pages as they are now (VERIFY.md, list item 2).

Every revision that a signature covers is drawn, and the file as it is now, page by page; pictures whose digest is the
same are the same. The first signature comes first and the last one second: where the limit ends the drawing, it ends
it in between. What is not compared is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from esign.verify.assessment import Assessment
from esign.verify.errors import LimitReached, Malformed
from esign.verify.pictures.difference import PixelBox, seen_differences
from esign.verify.pictures.drawn_document import Box, DrawnDocument, DrawnPage
from esign.verify.pictures.explained import explained_boxes
from esign.verify.pictures.marking import blank, marked, png
from esign.verify.pictures.seen_pages import SeenPages, seen_findings
from esign.verify.reading.byte_range import Coverage
from esign.verify.reading.document import PdfFile
from esign.verify.report import Finding, PageDifference

DPI: Final = 110
_LEAST_SPENT: Final = 20_000
_BLANK: Final = b"\0\t\n\x0c\r "
_LOOKED_AT: Final = 1 << 16


@dataclass(frozen=True)
class PageComparison:
    """What the comparison found, and pictures of the first pages that differ."""

    findings: tuple[Finding, ...] = ()
    differences: tuple[PageDifference, ...] = ()


def compare_pages(file: PdfFile, assessments: Sequence[Assessment], password: str | None = None) -> PageComparison:
    """Compare the pages that each signature was made over with those of the file as it is now.

    `assessments` know already what changed after each signature. Document timestamps are looked at only where there
    are no signatures. What cannot be drawn gives a finding; nothing is raised but `MemoryError`.
    """
    followed = [found for found in _compared(assessments) if _is_followed(file, found.signature.end or 0)]
    if not followed:
        return PageComparison()
    seen = [SeenPages(found) for found in followed]
    pictures = _Pictures(file.limits.picture_pages)
    try:
        with DrawnDocument(file.data, file.size, password) as present:
            now = _Present(present, _Paper(file.limits.drawn_pixels, file.limits.drawn_page_pixels))
            for end in _in_order({found.signature.end or 0 for found in followed}):
                group = [pages for pages in seen if pages.assessment.signature.end == end]
                _compare_revision(file, end, group, now, password, pictures)
    except Malformed as error:
        for pages in seen:
            pages.obstacle = f"the file as it is now cannot be shown ({error})"
    findings = [finding for pages in seen for finding in seen_findings(pages)]
    return PageComparison(tuple(dict.fromkeys(findings)), tuple(pictures.taken))


def _compared(assessments: Sequence[Assessment]) -> list[Assessment]:
    signatures = [found for found in assessments if not found.is_timestamp] or assessments
    return [found for found in signatures if found.coverage.coverage is not Coverage.INVALID]


def _is_followed(file: PdfFile, end: int) -> bool:
    """Whether anything but white space comes after the revision."""
    return file.size - end > _LOOKED_AT or bool(bytes(file.data[end : file.size]).strip(_BLANK))


def _in_order(ends: set[int]) -> list[int]:
    first, *others = sorted(ends)
    return [first, *others[-1:], *others[:-1]]


@dataclass
class _Paper:
    """How many pixels may still be drawn."""

    left: int
    of_page: int

    def draw(self, document: DrawnDocument, index: int) -> DrawnPage | None:
        """Draw a page; None where PDFium cannot show it. Raises `LimitReached`."""
        if self.left <= 0:
            raise LimitReached("more is to be drawn than the limit allows")
        try:
            page = document.draw(index, DPI, self.of_page)
        except LimitReached:
            raise
        except Malformed:
            self.left -= _LEAST_SPENT
            return None
        self.left -= max(_LEAST_SPENT, page.pixels.shape[0] * page.pixels.shape[1])
        return page


@dataclass
class _Present:
    """The file as it is now; what its pages look like is drawn when it is first asked for."""

    document: DrawnDocument
    paper: _Paper
    _digests: dict[int, bytes | None] = field(default_factory=dict)

    def looks_like(self, index: int, page: DrawnPage | None) -> tuple[bool, DrawnPage | None]:
        """Whether the page looks the same; if not, how it looks now. Raises `LimitReached`."""
        digest = page.digest if page else None
        if index in self._digests and self._digests[index] == digest:
            return True, None
        now = self.paper.draw(self.document, index)
        self._digests[index] = now.digest if now else None
        return self._digests[index] == digest, now


@dataclass
class _Pictures:
    """Pictures of the first pages that differ: one page once, as long as it was signed as it is pictured."""

    at_most: int
    taken: list[PageDifference] = field(default_factory=list)
    _known: set[tuple[int, bytes]] = field(default_factory=set)

    def take(
        self, name: str, index: int, before: DrawnPage | None, now: DrawnPage | None, boxes: Sequence[PixelBox]
    ) -> None:
        shown = before or now
        if shown is None or len(self.taken) >= self.at_most:
            return
        known = (index, before.digest if before else b"")
        if known in self._known:
            return
        self._known.add(known)
        old = before.pixels if before else blank(shown.pixels)
        new = now.pixels if now else blank(shown.pixels)
        step = shown.size[0] / shown.pixels.shape[1]
        self.taken.append(
            PageDifference(
                name,
                index + 1,
                png(old),
                png(new),
                marked(old, new, boxes),
                tuple((left * step, top * step, right * step, bottom * step) for left, top, right, bottom in boxes),
            )
        )


def _compare_revision(
    file: PdfFile, end: int, group: list[SeenPages], now: _Present, password: str | None, pictures: _Pictures
) -> None:
    """Compare the pages of the revision that ends at `end`, for the signatures that cover it."""
    try:
        explained = [_explained(file, pages) for pages in group]
        with DrawnDocument(file.data, end, password) as signed:
            for pages in group:
                pages.is_repaired = signed.is_repaired or now.document.is_repaired
            for index in range(max(signed.pages, now.document.pages)):
                _compare_page(signed, now, index, list(zip(group, explained, strict=True)), pictures)
    except LimitReached as error:
        for pages in group:
            pages.limit = str(error)
    except Malformed as error:
        for pages in group:
            pages.obstacle = f"what was signed cannot be shown ({error})"


def _explained(file: PdfFile, pages: SeenPages) -> dict[int, list[Box]]:
    end = pages.assessment.signature.end
    return explained_boxes(pages.assessment, file.revision(end), file.present) if end is not None else {}


def _compare_page(
    signed: DrawnDocument,
    now: _Present,
    index: int,
    group: list[tuple[SeenPages, dict[int, list[Box]]]],
    pictures: _Pictures,
) -> None:
    """Compare one page (from 0) for every signature that covers the revision. Raises `LimitReached`."""
    old = now.paper.draw(signed, index) if index < signed.pages else None
    if index >= now.document.pages or index >= signed.pages:
        new = now.paper.draw(now.document, index) if index < now.document.pages else None
        same = False
    else:
        same, new = now.looks_like(index, old)
    for pages, explained in group:
        pages.compared += 1
        if same and old is None:
            pages.not_shown.append(index)
        if same:
            continue
        boxes = _whole(old or new)
        if old and new:
            boxes = seen_differences(old.pixels, new.pixels, _on_pictures(signed, now, index, (old, new), explained))
        if boxes:
            pages.different.append(index)
            pictures.take(pages.name, index, old, new, boxes)


def _whole(page: DrawnPage | None) -> tuple[PixelBox, ...]:
    height, width = page.pixels.shape[:2] if page else (1, 1)
    return ((0, 0, width, height),)


def _on_pictures(
    signed: DrawnDocument,
    now: _Present,
    index: int,
    drawn: tuple[DrawnPage, DrawnPage],
    explained: dict[int, list[Box]],
) -> Iterator[PixelBox]:
    """The explained boxes on the page as it was and as it is: its crop box may have moved."""
    for document, page in zip((signed, now.document), drawn, strict=True):
        height, width = page.pixels.shape[:2]
        yield from document.on_picture(index, explained.get(index, []), (height, width))
