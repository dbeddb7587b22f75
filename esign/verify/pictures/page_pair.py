"""One page as it was signed and as it is now, drawn side by side."""

from __future__ import annotations

from dataclasses import dataclass

from esign.verify.errors import LimitReached, Malformed
from esign.verify.pictures.difference import PixelBox, seen_differences
from esign.verify.pictures.drawn_document import Box, DrawnDocument, DrawnPage
from esign.verify.pictures.explained import ExplainedBoxes

_LEAST_SPENT = 100_000


@dataclass
class Paper:
    """How many pixels may still be drawn, and how many of them on one page."""

    left: int
    of_page: int

    def draw(self, document: DrawnDocument, index: int, dpi: float, *, flat: bool = True) -> DrawnPage | None:
        """Draw a page (from 0); None where the document has none, or PDFium cannot show it. Raises `LimitReached`."""
        if index >= document.pages:
            return None
        if self.left <= 0:
            raise LimitReached("more is to be drawn than the limit allows")
        self.left -= _LEAST_SPENT
        try:
            page = document.draw(index, dpi, self.of_page, flat=flat)
        except LimitReached:
            raise
        except Malformed:
            return None
        self.left -= page.pixels.shape[0] * page.pixels.shape[1]
        return page


@dataclass(frozen=True)
class PagePair:
    """A page (from 0) of both documents; None stands for a page that one of them does not have, or cannot show."""

    index: int
    signed: DrawnDocument
    present: DrawnDocument
    before: DrawnPage | None
    now: DrawnPage | None

    @property
    def shown(self) -> DrawnPage | None:
        return self.before or self.now

    def differences(
        self, explained: ExplainedBoxes | None = None, *, also_drawn_anew: bool = False
    ) -> tuple[PixelBox, ...]:
        """Return what differs outside of what is explained; all of a page that one of both alone shows."""
        if self.before is None or self.now is None:
            height, width = self.shown.pixels.shape[:2] if self.shown else (1, 1)
            return ((0, 0, width, height),)
        boxes: list[Box] = []
        if explained is not None:
            boxes += explained.permitted.get(self.index, [])
            boxes += explained.drawn_anew.get(self.index, []) if also_drawn_anew else []
        return seen_differences(
            self.before.pixels,
            self.now.pixels,
            [
                *self.signed.on_picture(self.index, boxes, self.before.shape),
                *self.present.on_picture(self.index, boxes, self.now.shape),
            ],
        )

    def drawn(self, paper: Paper, dpi: float, *, flat: bool = True) -> PagePair:
        """Return the pair drawn anew: with so many dots, with or without flat annotations. Raises `LimitReached`."""
        before = paper.draw(self.signed, self.index, dpi, flat=flat) if self.before else None
        now = paper.draw(self.present, self.index, dpi, flat=flat) if self.now else None
        return PagePair(self.index, self.signed, self.present, before, now)
