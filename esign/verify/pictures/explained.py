"""Where on the pages a permitted change explains that something looks different.

That is inside the unchanged rectangle of a field that was signed or filled in as permitted, of a signature field
that was added with its signature, of a field that was taken away as permitted, and inside a note or mark that the
signature allows, as it was and as it is. Whatever draws outside of its rectangle is explained by nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from esign.verify.assessment import Assessment
from esign.verify.changes.change import ChangeKind
from esign.verify.changes.comparison import Comparison
from esign.verify.changes.widgets import is_widget
from esign.verify.pictures.drawn_anew import fields_drawn_anew
from esign.verify.pictures.drawn_document import Box, is_flat
from esign.verify.reading.fields import form_fields
from esign.verify.reading.objects import PdfDict, PdfValue, Ref
from esign.verify.reading.pages import Page, pages
from esign.verify.reading.revision import Revision

_FILLING: Final = frozenset({ChangeKind.SIGNING, ChangeKind.FORM_FILLING})
_LINKS: Final = frozenset({"P", "Parent", "Popup", "IRT", "StructParent"})
_TEXT_MARKS: Final = frozenset({"Highlight", "Underline", "Squiggly", "StrikeOut"})
_NO_ROTATE: Final = 0b10000


@dataclass(frozen=True)
class ExplainedBoxes:
    """Boxes in the user space of each page (from 0).

    `permitted`: what is seen there may differ. `drawn_anew`: a field is there that programs draw anew from its value,
    and whether the words are those that it showed cannot be told. `flat` are pages with a permitted field whose
    rectangle has no area: nothing is to be seen of it, and PDFium draws it somewhere all the same. `added`: places that
    signatures brought with them, and those of fields that were filled in. A place to sign that was prepared is neither:
    what stands under it was meant to be signed over.
    """

    permitted: dict[int, list[Box]] = field(default_factory=dict)
    drawn_anew: dict[int, list[Box]] = field(default_factory=dict)
    flat: set[int] = field(default_factory=set)
    added: dict[int, list[Box]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Permitted:
    """The fields that were filled, and removed, as the signature allows; whether it allowed notes that were made."""

    filled: frozenset[str]
    removed: frozenset[str]
    notes: bool


def explained_boxes(assessment: Assessment, signed: Revision, present: Revision) -> ExplainedBoxes:
    """Return where pages may look different since `signed`. Raises `Malformed` and `LimitReached`."""
    found = ExplainedBoxes()
    permitted = _permitted(assessment)
    drawn_anew = dict(fields_drawn_anew(signed, present))
    if not (drawn_anew or permitted.filled or permitted.removed or permitted.notes):
        return found
    comparison = Comparison(signed, present)
    names_before, names_now = _names(signed), _names(present)
    to_sign = {field.name for field in form_fields(present) if field.kind == "Sig"}
    for index, (before, now) in enumerate(zip(pages(signed), pages(present), strict=False)):
        old, new = _annotations(signed, before), _annotations(present, now)
        for key in {**old, **new}:
            boxes: list[Box] = []
            if is_widget(old.get(key, {})) or is_widget(new.get(key, {})):
                names = names_before.get(key, ""), names_now.get(key, "")
                boxes += _of_widget(signed, present, (old.get(key), new.get(key)), names, permitted)
                seen = [box for box in boxes if not is_flat(box)]
                if seen and (key not in old or names[1] not in to_sign):
                    found.added.setdefault(index, []).extend(seen)
                if not boxes and isinstance(key, Ref) and key in drawn_anew:
                    anew = found.permitted if drawn_anew[key] else found.drawn_anew
                    anew.setdefault(index, []).extend(_unmoved(signed, present, (old.get(key), new.get(key))))
            elif permitted.notes and _differs(comparison, old.get(key), new.get(key)):
                boxes += [*_of_note(signed, before, old.get(key)), *_of_note(present, now, new.get(key))]
            found.permitted.setdefault(index, []).extend(boxes)
            if any(is_flat(box) for box in boxes):
                found.flat.add(index)
    return found


def _permitted(assessment: Assessment) -> _Permitted:
    forbidden = {change.field for change in assessment.forbidden}
    allowed = [change for change in assessment.changes if assessment.permissions.permit(change)]
    return _Permitted(
        frozenset(
            change.field
            for change in allowed
            if change.kind in _FILLING and change.field is not None and change.field not in forbidden
        ),
        frozenset(
            change.field for change in allowed if change.kind is ChangeKind.WIDGET_REMOVED and change.field is not None
        ),
        any(change.kind is ChangeKind.ANNOTATION for change in allowed),
    )


def _names(revision: Revision) -> dict[object, str]:
    """The full name of the field that each widget shows."""
    return {
        widget: field.name for field in form_fields(revision) for widget in field.widgets if isinstance(widget, Ref)
    }


def _annotations(revision: Revision, page: Page) -> dict[object, PdfDict]:
    """Annotations by their object, or by their place where they are written inside the page."""
    items = enumerate(revision.array(page.dictionary.get("Annots")))
    return {item if isinstance(item, Ref) else place: revision.dictionary(item) for place, item in items}


def _of_widget(
    signed: Revision,
    present: Revision,
    widget: tuple[PdfDict | None, PdfDict | None],
    names: tuple[str, str],
    permitted: _Permitted,
) -> Iterator[Box]:
    """The widget's rectangle, if it is the same before and now, or is there at one time alone as permitted."""
    before, now = widget
    if before is None:
        if names[1] in permitted.filled and (new := _rectangle(present, now)):
            yield new
    elif now is None:
        if names[0] in permitted.removed and (old := _rectangle(signed, before)):
            yield old
    elif names[0] == names[1] and names[0] in permitted.filled:
        yield from _unmoved(signed, present, widget)


def _unmoved(signed: Revision, present: Revision, widget: tuple[PdfDict | None, PdfDict | None]) -> Iterator[Box]:
    before, now = _rectangle(signed, widget[0]), _rectangle(present, widget[1])
    if before is not None and before == now:
        yield before


def _differs(comparison: Comparison, before: PdfDict | None, now: PdfDict | None) -> bool:
    if before is None or now is None:
        return True
    keys = (before.keys() | now.keys()) - _LINKS
    return any(comparison.difference(before.get(key), now.get(key)) for key in keys)


def _of_note(revision: Revision, page: Page, note: PdfDict | None) -> Iterator[Box]:
    """Where viewers draw a note or mark: its rectangle, turned if it stays upright, and the words that it marks."""
    box = _rectangle(revision, note)
    if note is None or box is None:
        return
    yield box
    flags = revision.resolve(note.get("F"))
    if isinstance(flags, int) and flags & _NO_ROTATE:
        yield from _upright(box, revision.resolve(page.dictionary.get("Rotate")))
    if revision.resolve(note.get("Subtype")) in _TEXT_MARKS and not revision.dictionary(note.get("AP")):
        points = _numbers(revision, note.get("QuadPoints"))
        if points and len(points) % 8 == 0:
            yield min(points[::2]), min(points[1::2]), max(points[::2]), max(points[1::2])


def _upright(box: Box, rotation: PdfValue) -> Iterator[Box]:
    """A note that does not turn with its page keeps its upper left corner (ISO 32000-2 clause 12.5.3)."""
    left, bottom, right, top = box
    width, height = right - left, top - bottom
    turns = rotation // 90 % 4 if isinstance(rotation, int) else 0
    if turns == 1:
        yield left, top, left + height, top + width
    elif turns == 2:  # half a turn
        yield left - width, top, left, top + height
    elif turns:
        yield left - height, top - width, left, top


def _rectangle(revision: Revision, dictionary: PdfDict | None) -> Box | None:
    numbers = _numbers(revision, dictionary.get("Rect")) if dictionary else []
    if len(numbers) != 4:  # two corners
        return None
    x, y, further_x, further_y = numbers
    return min(x, further_x), min(y, further_y), max(x, further_x), max(y, further_y)


def _numbers(revision: Revision, value: PdfValue) -> list[float]:
    """The numbers of an array; none at all if one of them is no finite number."""
    items = [revision.resolve(item) for item in revision.array(value)]
    numbers = [float(item) for item in items if isinstance(item, int | float) and not isinstance(item, bool)]
    return numbers if len(numbers) == len(items) and all(math.isfinite(number) for number in numbers) else []
