"""Widgets, the annotations that show a field: what they show and do, and what became of one of them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from esign.verify.changes.change import Change, ChangeKind
from esign.verify.changes.comparison import Comparison
from esign.verify.errors import LimitReached, Malformed
from esign.verify.reading.objects import PdfDict, PdfValue, Ref, Stream
from esign.verify.reading.revision import Revision

LINKS: Final = frozenset({"Parent", "Kids", "P", "StructParent", "Type"})
"""What ties a widget to field, page and structure; where it leads is judged apart from what the widget shows."""
ACTIONS: Final = frozenset({"A", "AA"})
APPEARANCE: Final = frozenset({"AP", "AS", "MK", "BS", "Border", "DA", "Q", "RV"})
_LEADING: Final = frozenset({"GoTo", "URI"})
_VALUE: Final = frozenset({"V", "I", "DV", "M"})


def is_widget(dictionary: PdfDict) -> bool:
    return dictionary.get("Subtype") == "Widget"


def acts(dictionary: PdfDict) -> bool:
    """Whether something happens when somebody uses, enters or merely opens the page of this annotation or field."""
    return not ACTIONS.isdisjoint(dictionary)


def merely_leads(revision: Revision, dictionary: PdfDict) -> bool:
    """Whether all that an annotation does is to lead to another page or address: a link as authors draw it."""
    action = revision.dictionary(dictionary.get("A"))
    kind = revision.resolve(action.get("S"))
    return dictionary.get("Subtype") == "Link" and "AA" not in dictionary and kind in _LEADING and "Next" not in action


def shows_nothing(revision: Revision, dictionary: PdfDict) -> bool:
    """Whether a widget has no appearance of its own, whatever its size: an empty place to sign in."""
    return _is_blank(revision, dictionary.get("AP")) and revision.resolve(dictionary.get("MK")) in (None, {})


def is_unseen(revision: Revision, dictionary: PdfDict) -> bool:
    """Whether a widget certainly cannot be seen: a rectangle without area, and no appearance to be put anywhere."""
    corners = [revision.resolve(item) for item in revision.array(dictionary.get("Rect"))]
    numbers = [item for item in corners if isinstance(item, int | float) and not isinstance(item, bool)]
    if len(corners) != 4 or len(numbers) != 4 or not all(math.isfinite(number) for number in numbers):
        return False
    left, bottom, right, top = numbers
    return (left == right or bottom == top) and _is_blank(revision, dictionary.get("AP"))


def _is_blank(revision: Revision, appearance: PdfValue, depth: int = 2) -> bool:
    """Whether an appearance draws nothing: many writers give invisible signatures an empty stream."""
    value = revision.resolve(appearance)
    if isinstance(value, Stream):
        try:
            return not revision.decoded(value).strip()
        except LimitReached:
            raise
        except Malformed:
            return False
    if isinstance(value, dict) and depth:
        return all(_is_blank(revision, item, depth - 1) for item in value.values())
    return value is None


def widget_changes(
    comparison: Comparison, before: PdfDict, after: PdfDict, path: str, name: str, *, value_changed: bool = False
) -> Iterator[Change]:
    """Return what changed in a field's or widget's dictionary beside its value."""
    for key in sorted((before.keys() | after.keys()) - LINKS):
        where = comparison.difference(before.get(key), after.get(key), f"{path}/{key}")
        if not where:
            continue
        if key in ACTIONS:
            yield Change(ChangeKind.CONTENT, where, name)
        elif key in APPEARANCE and not value_changed:
            yield Change(ChangeKind.APPEARANCE_ALONE, where, name)
        elif key in APPEARANCE or key in _VALUE:
            yield Change(ChangeKind.FORM_FILLING, where, name)
        else:
            yield Change(ChangeKind.FIELD_ALTERED, where, name)


def is_relinked(comparison: Comparison, before: PdfDict, after: PdfDict) -> bool:
    """Whether a widget was given to another field, or to a page that it was not on."""
    if before.get("Parent") != after.get("Parent"):
        return True
    return _leads_elsewhere(comparison, before.get("P"), after.get("P"))


def _leads_elsewhere(comparison: Comparison, before: PdfValue, after: PdfValue) -> bool:
    """Writers add a missing P, and few readers need it: only another page than the one it named is a change."""
    if isinstance(before, Ref) and isinstance(after, Ref) and comparison.old.dictionary(before):
        return comparison.difference(before, after, "widget/P") is not None
    return False
