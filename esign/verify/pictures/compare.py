"""Compares the pages as they were signed with the pages as they are now (VERIFY.md, list item 2).

Every revision that a signature covers is drawn, and the file as it is now, page by page; pictures whose digest is the
same are the same. The first signature comes first and the last one second: where the limit ends the drawing, it ends
it in between. What is not compared is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import pypdfium2

from esign.verify.assessment import Assessment
from esign.verify.errors import MALFORMED, LimitReached, Malformed
from esign.verify.pictures.covered_words import hides_words
from esign.verify.pictures.drawn_document import DrawnDocument, DrawnPage
from esign.verify.pictures.explained import ExplainedBoxes, explained_boxes
from esign.verify.pictures.page_pair import PagePair, Paper
from esign.verify.pictures.seen_pages import SeenPages, seen_findings
from esign.verify.pictures.taken import Pictures
from esign.verify.reading.byte_range import Coverage
from esign.verify.reading.document import PdfFile
from esign.verify.report import Finding, PageDifference

_DPI: Final = 72
_COARSE_DPI: Final = 36
"""With fewer dots an inch than this, letters of a usual size are lost."""
_BLANK: Final = b"\0\t\n\x0c\r "
_LOOKED_AT: Final = 1 << 16
_PAGES_KEPT: Final = 6


@dataclass(frozen=True)
class PageComparison:
    """What was found, and pictures: of the first pages that differ, and of those that differ as permitted alone."""

    findings: tuple[Finding, ...] = ()
    differences: tuple[PageDifference, ...] = ()
    permitted: tuple[PageDifference, ...] = ()


def compare_pages(file: PdfFile, assessments: Sequence[Assessment], password: str | None = None) -> PageComparison:
    """Compare the pages that each signature was made over with those of the file as it is now.

    `assessments` know already what changed after each signature. Document timestamps are looked at only where there
    are no signatures. What cannot be drawn gives a finding; nothing is raised but `MemoryError`.
    """
    followed = [found for found in _compared(assessments) if _is_followed(file, found.signature.end or 0)]
    if not followed:
        return PageComparison()
    seen = [SeenPages(found) for found in followed]
    limits = file.limits
    paper = Paper(limits.drawn_pixels, limits.drawn_page_pixels)
    different, permitted = Pictures(limits.picture_pages, paper), Pictures(limits.permitted_picture_pages, paper)
    try:
        with DrawnDocument(file.data, file.size, password) as present:
            now = _Present(present, paper)
            for end in _in_order({found.signature.end or 0 for found in followed}):
                group = [pages for pages in seen if pages.assessment.signature.end == end]
                _Revision(file, end, group, now, different, permitted).compare(password)
    except Malformed as error:
        for pages in seen:
            pages.obstacle = f"the file as it is now cannot be shown ({error})"
    except (*MALFORMED, pypdfium2.PdfiumError):
        for pages in seen:
            pages.obstacle = "they are put together in a way that no writer uses"
    findings = [finding for pages in seen for finding in seen_findings(pages)]
    return PageComparison(tuple(dict.fromkeys(findings)), tuple(different.taken), tuple(permitted.taken))


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
class _Present:
    """The file as it is now; what its pages look like is drawn when it is first asked for.

    Of all pages the digest is kept, and of those that were asked for again, the last ones as they were drawn.
    """

    document: DrawnDocument
    paper: Paper
    _digests: dict[int, bytes | None] = field(default_factory=dict)
    _kept: dict[int, DrawnPage | None] = field(default_factory=dict)

    def unlike(self, index: int, page: DrawnPage | None) -> tuple[DrawnPage | None] | None:
        """Return how the page looks now if it looks otherwise than `page`, or None. Raises `LimitReached`."""
        digest = page.digest if page else None
        asked_before = index in self._digests
        if asked_before and self._digests[index] == digest:
            return None
        if index in self._kept:
            return (self._kept[index],)
        now = self.paper.draw(self.document, index, _DPI)
        self._digests[index] = now.digest if now else None
        if asked_before:
            self._kept[index] = now
            if len(self._kept) > _PAGES_KEPT:
                del self._kept[next(iter(self._kept))]
        return None if self._digests[index] == digest else (now,)


@dataclass
class _Revision:
    """The revision that ends at `end`, the signatures that cover it, and where pictures go."""

    file: PdfFile
    end: int
    group: list[SeenPages]
    now: _Present
    different: Pictures
    permitted: Pictures

    def compare(self, password: str | None) -> None:
        """Compare all pages, or as many as the limit allows."""
        try:
            explained = [self._explained(pages) for pages in self.group]
            with DrawnDocument(self.file.data, self.end, password) as signed:
                for pages in self.group:
                    pages.is_repaired = signed.is_repaired or self.now.document.is_repaired
                    pages.number = max(signed.pages, self.now.document.pages)
                for pages, boxes in zip(self.group, explained, strict=True):
                    pages.uncertain = set(boxes.added)
                put = set[int]().union(*(boxes.added for boxes in explained))
                # What was put over words only the picture tells, so these pages come before the limit does.
                for index in sorted(range(max(signed.pages, self.now.document.pages)), key=lambda one: one not in put):
                    self._compare_page(signed, index, explained)
        except LimitReached as error:
            for pages in self.group:
                pages.limit = str(error)
        except Malformed as error:
            for pages in self.group:
                pages.obstacle = f"what was signed cannot be shown ({error})"

    def _explained(self, pages: SeenPages) -> ExplainedBoxes:
        try:
            return explained_boxes(pages.assessment, self.file.revision(self.end), self.file.present)
        except LimitReached as error:
            raise Malformed(str(error)) from error  # not a limit of drawing: nothing at all was looked at

    def _compare_page(self, signed: DrawnDocument, index: int, explained: list[ExplainedBoxes]) -> None:
        """Compare one page (from 0) for every signature that covers the revision. Raises `LimitReached`."""
        before = self.now.paper.draw(signed, index, _DPI)
        found = self.now.unlike(index, before)
        is_of_both = index < min(signed.pages, self.now.document.pages)
        for pages, boxes in zip(self.group, explained, strict=True):
            is_coarse = before is not None and before.dpi < _COARSE_DPI
            pages.coarse += [index] if is_coarse else []
            if found is None and is_of_both:
                pages.not_shown += [index] if before is None else []
            else:
                now = found[0] if found else None
                self._judge(PagePair(index, signed, self.now.document, before, now), pages, boxes)
            pages.compared += 1
            if not is_coarse:
                pages.uncertain.discard(index)

    def _judge(self, pair: PagePair, pages: SeenPages, explained: ExplainedBoxes) -> None:
        if not pair.differences(explained):
            if (added := explained.added.get(pair.index)) and hides_words(pair, added):
                pages.covered.append(pair.index)
                self.different.take(pages.name, pair, None)
            else:
                self.permitted.take(pages.name, pair, None)
            return
        if not pair.differences(explained, also_drawn_anew=True):
            pages.drawn_anew.append(pair.index)
        elif pair.index in explained.flat and not pair.drawn(self.now.paper, _DPI, flat=False).differences(explained):
            pages.flat.append(pair.index)
        else:
            pages.different.append(pair.index)
        self.different.take(pages.name, pair, explained)
