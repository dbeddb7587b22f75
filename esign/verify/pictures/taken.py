"""The pictures that are kept of pages that differ: few, each page once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from esign.verify.pictures.explained import ExplainedBoxes
from esign.verify.pictures.marking import blank, marked, png
from esign.verify.pictures.page_pair import PagePair, Paper
from esign.verify.report import PageDifference

DPI: Final = 110


@dataclass
class Pictures:
    """Pictures of the first pages that differ, up to a number; a page once for each look that was signed.

    What changed as permitted (`explained` is None) is pictured once for a page: since the first signature.
    """

    at_most: int
    paper: Paper
    taken: list[PageDifference] = field(default_factory=list)
    _known: set[tuple[int, bytes]] = field(default_factory=set)

    def take(self, name: str, pair: PagePair, explained: ExplainedBoxes | None) -> None:
        """Take pictures of what differs, outside of what is explained, since the signature of the field was made."""
        known = (pair.index, pair.before.digest if pair.before and explained is not None else b"")
        if len(self.taken) >= self.at_most or known in self._known:
            return
        self._known.add(known)
        pair = pair.drawn(self.paper, DPI)
        if pair.shown is None:
            return
        boxes = pair.differences(explained)
        before = pair.before.pixels if pair.before else blank(pair.shown.pixels)
        now = pair.now.pixels if pair.now else blank(pair.shown.pixels)
        scale = pair.shown.shape[1] / pair.shown.size[0]
        self.taken.append(
            PageDifference(
                name,
                pair.index + 1,
                png(before),
                png(now),
                marked(before, now, boxes, calmly=explained is None),
                tuple((left / scale, top / scale, right / scale, bottom / scale) for left, top, right, bottom in boxes),
                scale,
            )
        )
