"""Changes of the annotations of one page. Widgets of a field that stays are judged by `FormComparison` alone."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Final

from esign.verify.changes.change import Change, ChangeKind
from esign.verify.changes.comparison import Comparison
from esign.verify.changes.form_changes import FormComparison
from esign.verify.changes.widgets import ACTIONS, acts, is_relinked, is_widget, merely_leads, widget_changes
from esign.verify.reading.objects import PdfDict, PdfValue, Ref, Stream
from esign.verify.reading.pages import Page
from esign.verify.reading.revision import Revision

_HIDDEN = 0b10
_FLAGS = 0xFFFF
_NOTES: Final = frozenset(
    {
        *("Text", "FreeText", "Line", "Square", "Circle", "Polygon", "PolyLine", "Highlight", "Underline", "Squiggly"),
        *("StrikeOut", "Stamp", "Caret", "Ink", "Popup", "FileAttachment", "Sound", "Link"),
    }
)
"""What readers add to a document (ISO 32000-2 table 171): comments, and links. A redaction takes content away, and a
watermark, a screen or a film is content; viewers list none of them among the comments."""


def annotation_changes(
    comparison: Comparison, before: Page, after: Page, number: int, form: FormComparison
) -> Iterator[Change]:
    """Return what changed among the annotations of page `number`."""
    old = _annotations(comparison.old, before)
    new = _annotations(comparison.new, after)
    path = f"page {number}/Annots"
    for key in old.keys() - new.keys():
        yield from _removed(comparison, old[key], path, form)
    for key in new.keys() - old.keys():
        yield from _added(comparison, new[key], after, path, form)
    for key in old.keys() & new.keys():
        yield from _altered(comparison, old[key], new[key], path, form)
    if _kept(comparison.old, before, new.keys()) != _kept(comparison.new, after, old.keys()):
        yield Change(ChangeKind.ANNOTATION, path)  # what lies on top hides what lies below


def _annotations(revision: Revision, page: Page) -> dict[object, PdfValue]:
    """Annotations by their object, or by their place where they are written inside the page; no empty ones."""
    items = revision.array(page.dictionary.get("Annots"))
    return {
        item if isinstance(item, Ref) else index: item for index, item in enumerate(items) if revision.dictionary(item)
    }


def _kept(revision: Revision, page: Page, others: Container[object]) -> list[object]:
    """The annotations that are on the other page too, in their order, and as often as they are drawn."""
    items = revision.array(page.dictionary.get("Annots"))
    keys = (item if isinstance(item, Ref) else index for index, item in enumerate(items) if revision.dictionary(item))
    return [key for key in keys if key in others]


def _shows(revision: Revision, item: PdfValue) -> bool:
    """Whether the annotation can be seen on the screen or in print; flags beyond those there are hide from nobody."""
    flags = revision.resolve(revision.dictionary(item).get("F"))
    return not (type(flags) is int and 0 < flags <= _FLAGS and flags & _HIDDEN)


def _removed(comparison: Comparison, item: PdfValue, path: str, form: FormComparison) -> Iterator[Change]:
    if is_widget(comparison.old.dictionary(item)):
        name = form.field_of_old_widget(item)
        signed = form.shows_signature(item)
        yield Change(ChangeKind.SIGNATURE_ALTERED if signed else ChangeKind.WIDGET_REMOVED, path, name or "")
    elif _shows(comparison.old, item):
        yield Change(ChangeKind.ANNOTATION, path)


def _added(comparison: Comparison, item: PdfValue, page: Page, path: str, form: FormComparison) -> Iterator[Change]:
    dictionary = comparison.new.dictionary(item)
    if acts(dictionary):
        kind = ChangeKind.ANNOTATION if merely_leads(comparison.new, dictionary) else ChangeKind.CONTENT
        yield Change(kind, path)
    if is_widget(dictionary):
        if not form.may_be_placed(item) or dictionary.get("P", page.ref) != page.ref:
            yield Change(ChangeKind.FIELD_CREATED, path, form.field_of_new_widget(item) or "")
    elif form.field_of_new_widget(item) is not None:
        yield Change(ChangeKind.FIELD_CREATED, path, form.field_of_new_widget(item))
    elif _shows(comparison.new, item):
        yield Change(ChangeKind.ANNOTATION if _is_note(comparison.new, dictionary) else ChangeKind.CONTENT, path)


def _is_note(revision: Revision, dictionary: PdfDict) -> bool:
    return revision.resolve(dictionary.get("Subtype")) in _NOTES


def _altered(comparison: Comparison, old: PdfValue, new: PdfValue, path: str, form: FormComparison) -> Iterator[Change]:
    if comparison.is_untouched(old, new):
        return
    before, after = comparison.old.dictionary(old), comparison.new.dictionary(new)
    if isinstance(comparison.old.resolve(old), Stream) or isinstance(comparison.new.resolve(new), Stream):
        if where := comparison.difference(comparison.old.resolve(old), comparison.new.resolve(new), path):
            yield Change(ChangeKind.CONTENT, where)
        return
    if is_widget(before) or is_widget(after):
        if not form.judges(old):
            yield from widget_changes(comparison, before, after, path, "")
            if is_relinked(comparison, before, after):
                yield Change(ChangeKind.FIELD_ALTERED, f"{path}/Parent", "")
        return
    for key in sorted((before.keys() | after.keys()) - {"P", "Parent", "StructParent"}):
        if where := comparison.difference(before.get(key), after.get(key), f"{path}/{key}"):
            does_more = key in ACTIONS and acts(after) and not merely_leads(comparison.new, after)
            does_more |= not _is_note(comparison.new, after)
            yield Change(ChangeKind.CONTENT if does_more else ChangeKind.ANNOTATION, where)
    if is_relinked(comparison, before, after):
        yield Change(ChangeKind.ANNOTATION, f"{path}/P")
