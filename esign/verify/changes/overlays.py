"""New signature fields that lie over what a page showed already: sneaky signatures.

A signature that is allowed may bring its own place, and what it shows there nobody signed before. On empty paper that
is how documents are signed; over much of a page, or over another field or note, it replaces what was signed
(Rohlmann et al., "Breaking the Specification: PDF Certification", IEEE S&P 2021, section 4.2). Places to sign may
overlap each other: each signature is listed. Whether one lies over text only a drawn page can tell.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from esign.verify.changes.change import Change, ChangeKind
from esign.verify.changes.comparison import Comparison
from esign.verify.changes.form_changes import FormComparison
from esign.verify.changes.widgets import is_unseen
from esign.verify.reading.objects import PdfDict, PdfValue, Ref
from esign.verify.reading.pages import Page
from esign.verify.reading.revision import Revision

Box = tuple[float, float, float, float]
_PAGE_AT_MOST: Final = 0.25
"""Of the page's area: more than that is no place to sign."""
_SHARE_AT_MOST: Final = 0.5
"""Of the smaller of two rectangles: less may be a frame, or a place that was drawn tightly."""
_UNSEEN_FLAGS: Final = 0b100010
_NO_ROOM: Final = frozenset({"Popup", "Link"})


def overlay_changes(comparison: Comparison, old: list[Page], new: list[Page], form: FormComparison) -> Iterator[Change]:
    """Return the new signature fields that lie over what was there. Raises `LimitReached`."""
    for number, (before, after) in enumerate(zip(old, new, strict=False), start=1):
        kept = comparison.old.array(before.dictionary.get("Annots"))
        known = {item for item in kept if isinstance(item, Ref)}
        for item in comparison.new.array(after.dictionary.get("Annots")):
            if isinstance(item, Ref) and item not in known and form.is_new_signature(item):
                comparison.new.file.budget.spend_merged(len(kept) + 1)
                place = rectangle(comparison.new, comparison.new.dictionary(item).get("Rect"))
                shown = [other for other in kept if not form.is_for_signing(other)]
                if place is not None and _lies_over(comparison.old, before, shown, place):
                    name = form.field_of_new_widget(item) or ""
                    yield Change(ChangeKind.SIGNATURE_OVERLAID, f"page {number}/Annots", name)


def rectangle(revision: Revision, value: PdfValue) -> Box | None:
    """Return left, bottom, right, top of a rectangle with area (ISO 32000-2 clause 7.9.5), or None."""
    corners = [revision.resolve(item) for item in revision.array(value)]
    numbers = [float(item) for item in corners if isinstance(item, int | float) and not isinstance(item, bool)]
    if len(corners) != 4 or len(numbers) != 4 or not all(map(math.isfinite, numbers)):
        return None
    x, y, other_x, other_y = numbers
    box = min(x, other_x), min(y, other_y), max(x, other_x), max(y, other_y)
    return box if _area(box) > 0 else None


def _lies_over(revision: Revision, page: Page, annotations: list[PdfValue], place: Box) -> bool:
    paper = rectangle(revision, page.dictionary.get("CropBox")) or rectangle(revision, page.dictionary.get("MediaBox"))
    if paper is not None and _shared(paper, place) > _PAGE_AT_MOST * _area(paper):
        return True
    for item in annotations:
        shown = _shown_place(revision, revision.dictionary(item))
        if shown is not None and _shared(shown, place) > _SHARE_AT_MOST * min(_area(shown), _area(place)):
            return True
    return False


def _shown_place(revision: Revision, annotation: PdfDict) -> Box | None:
    """Where an annotation can be seen; None if it cannot, or shows nothing of its own."""
    flags = revision.resolve(annotation.get("F"))
    if isinstance(flags, int) and flags & _UNSEEN_FLAGS:
        return None
    if str(revision.resolve(annotation.get("Subtype"))) in _NO_ROOM or is_unseen(revision, annotation):
        return None
    return rectangle(revision, annotation.get("Rect")) if revision.dictionary(annotation.get("AP")) else None


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _shared(one: Box, other: Box) -> float:
    """The area that two rectangles share."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return width * height if width > 0 and height > 0 else 0.0
