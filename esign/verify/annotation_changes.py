"""Changes of the annotations of one page. Widgets belong to the form, where `FormComparison` judges them."""

from __future__ import annotations

from collections.abc import Iterator

from esign.verify.change import Change, ChangeKind
from esign.verify.comparison import Comparison
from esign.verify.form_changes import FormComparison, widget_changes
from esign.verify.objects import PdfDict, PdfValue, Ref
from esign.verify.pages import Page
from esign.verify.revision import Revision


def annotation_changes(
    comparison: Comparison, before: Page, after: Page, number: int, form: FormComparison
) -> Iterator[Change]:
    """Return what changed among the annotations of page `number`."""
    old = _annotations(comparison.old, before)
    new = _annotations(comparison.new, after)
    path = f"page {number}/Annots"
    for key in old.keys() - new.keys():
        if comparison.old.dictionary(old[key]):
            yield from _removed(comparison, old[key], path, form)
    for key in new.keys() - old.keys():
        yield from _added(comparison, new[key], path, form)
    for key in old.keys() & new.keys():
        yield from _altered(comparison, old[key], new[key], path, form)


def _annotations(revision: Revision, page: Page) -> dict[object, PdfValue]:
    """Annotations by their object, or by their place where they are written inside the page."""
    items = revision.array(page.dictionary.get("Annots"))
    return {item if isinstance(item, Ref) else index: item for index, item in enumerate(items)}


def _is_widget(dictionary: PdfDict) -> bool:
    return dictionary.get("Subtype") == "Widget"


def _shows(revision: Revision, item: PdfValue) -> bool:
    """Whether the annotation can be seen: not hidden, and no mere window of another one."""
    dictionary = revision.dictionary(item)
    flags = revision.resolve(dictionary.get("F"))
    is_hidden = isinstance(flags, int) and flags & 0b100010
    return not is_hidden and dictionary.get("Subtype") != "Popup"


def _removed(comparison: Comparison, item: PdfValue, path: str, form: FormComparison) -> Iterator[Change]:
    if _is_widget(comparison.old.dictionary(item)):
        name = form.field_of_old_widget(item)
        yield Change(ChangeKind.WIDGET_REMOVED, path, name or "")
    elif _shows(comparison.old, item):
        yield Change(ChangeKind.ANNOTATION, path)


def _added(comparison: Comparison, item: PdfValue, path: str, form: FormComparison) -> Iterator[Change]:
    dictionary = comparison.new.dictionary(item)
    if not dictionary or form.is_new_widget(item):
        return
    if _is_widget(dictionary):
        yield Change(ChangeKind.FIELD_CREATED, path, form.field_of_new_widget(item) or "")
    elif _shows(comparison.new, item):
        yield Change(ChangeKind.ANNOTATION, path)


def _altered(comparison: Comparison, old: PdfValue, new: PdfValue, path: str, form: FormComparison) -> Iterator[Change]:
    before, after = comparison.old.dictionary(old), comparison.new.dictionary(new)
    if before and not after:
        yield from _removed(comparison, old, path, form)
        return
    if _is_widget(before) and _is_widget(after):
        if form.field_of_old_widget(old) is None:
            yield from widget_changes(comparison, before, after, path, "")
        return
    for key in sorted((before.keys() | after.keys()) - {"P", "Parent", "StructParent"}):
        if where := comparison.difference(before.get(key), after.get(key), f"{path}/{key}"):
            yield Change(ChangeKind.ANNOTATION, where)
