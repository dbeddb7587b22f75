"""What changed in a document after a signature: every difference, named by what it does.

Only what can be reached in the document counts: how an update stores it (object streams, freed numbers,
copies of unchanged objects) changes nothing that anybody sees.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Final

from esign.verify.changes.ambiguity import ambiguous_parts
from esign.verify.changes.annotation_changes import annotation_changes
from esign.verify.changes.change import Change, ChangeKind
from esign.verify.changes.comparison import Comparison
from esign.verify.changes.form_changes import FormComparison
from esign.verify.changes.overlays import overlay_changes
from esign.verify.changes.series import Series
from esign.verify.reading.objects import Ref, Stream
from esign.verify.reading.pages import Page, page_tree_faults, pages
from esign.verify.reading.revision import Revision

_METADATA: Final = frozenset({"Metadata", "Extensions", "Version", "PieceInfo", "MarkInfo", "Type", "Legal"})
_STRUCTURE: Final = frozenset({"StructTreeRoot", "Lang"})
_COMPARED_ELSEWHERE: Final = frozenset({"Pages", "AcroForm", "DSS"})
_PAGE_METADATA: Final = frozenset({"Metadata", "PieceInfo", "LastModified", "StructParents", "Type"})


def changes_between(old: Revision, new: Revision, series: Series | None = None) -> tuple[Change, ...]:
    """Return the changes that turned the document `old` into `new`. Raises `Malformed` and `LimitReached`.

    `series` is for calls with the same `new` and one `old` after another, each ending no earlier than the one before.
    """
    comparison = Comparison(old, new, series)
    if encryption := tuple(_encryption_changes(comparison)):
        return encryption  # what is left cannot be read in both
    pages_old, pages_new = pages(old), pages(new)
    comparison.set_places(_places(old, pages_old), _places(new, pages_new))
    form = FormComparison(comparison)
    found = [*form.changes()]
    found += _page_changes(comparison, pages_old, pages_new, form)
    found += overlay_changes(comparison, pages_old, pages_new, form)
    found += _catalog_changes(comparison)
    found += [Change(ChangeKind.CONTENT, fault) for fault in sorted(page_tree_faults(new) - page_tree_faults(old))]
    found += [Change(ChangeKind.AMBIGUOUS, where) for where in ambiguous_parts(old, new)]
    return tuple(dict.fromkeys(found))


def _places(revision: Revision, found: list[Page]) -> dict[Ref, Hashable]:
    places: dict[Ref, Hashable] = {}
    root = revision.trailer.get("Root")
    if isinstance(root, Ref):
        places[root] = "catalog"
    for index, page in enumerate(found):
        if page.ref:
            places[page.ref] = ("page", index)
        for item in revision.array(page.dictionary.get("Annots")):
            if isinstance(item, Ref):
                places[item] = ("annotation", item)
    return {ref: place for ref, place in places.items() if not isinstance(revision.resolve(ref), Stream)}


def _catalog_changes(comparison: Comparison) -> Iterator[Change]:
    old, new = comparison.old.catalog, comparison.new.catalog
    for key in sorted((old.keys() | new.keys()) - _COMPARED_ELSEWHERE):
        if where := comparison.difference(old.get(key), new.get(key), f"Root/{key}"):
            kind = ChangeKind.CONTENT
            if key in _METADATA:
                kind = ChangeKind.METADATA
            elif key in _STRUCTURE:
                kind = ChangeKind.STRUCTURE
            yield Change(kind, where)
    if comparison.difference(old.get("DSS"), new.get("DSS"), "Root/DSS"):
        yield Change(ChangeKind.VALIDATION_DATA, "Root/DSS")
    if comparison.difference(comparison.old.trailer.get("Info"), comparison.new.trailer.get("Info"), "Info"):
        yield Change(ChangeKind.METADATA, "Info")


def _encryption_changes(comparison: Comparison) -> Iterator[Change]:
    """Readers take the newest trailer alone: how the file is encrypted, and (with its ID) by which key."""
    old, new = comparison.old.sections[0].trailer, comparison.new.sections[0].trailer
    if comparison.difference(old.get("Encrypt"), new.get("Encrypt"), "Encrypt"):
        yield Change(ChangeKind.CONTENT, "Encrypt")
    elif "Encrypt" in old and comparison.old.array(old.get("ID"))[:1] != comparison.new.array(new.get("ID"))[:1]:
        yield Change(ChangeKind.CONTENT, "ID")


def _page_changes(comparison: Comparison, old: list[Page], new: list[Page], form: FormComparison) -> Iterator[Change]:
    if len(old) < len(new):
        yield Change(ChangeKind.PAGE_ADDED, f"page {len(old) + 1}")
    if len(old) > len(new):
        yield Change(ChangeKind.PAGE_REMOVED, f"page {len(new) + 1}")
    for number, (before, after) in enumerate(zip(old, new, strict=False), start=1):
        keys = before.dictionary.keys() | after.dictionary.keys()
        for key in sorted(keys - {"Parent", "Annots", "Tabs"}):
            where = comparison.difference(before.dictionary.get(key), after.dictionary.get(key), f"page {number}/{key}")
            if where:
                kind = ChangeKind.METADATA if key in _PAGE_METADATA else ChangeKind.CONTENT
                yield Change(kind, where)
        if _tab_order(before) != _tab_order(after):
            yield Change(ChangeKind.ANNOTATION, f"page {number}/Tabs")
        yield from annotation_changes(comparison, before, after, number, form)


def _tab_order(page: Page) -> object:
    """Structure order is what readers take where none is named (ISO 32000-2 clause 12.5.1)."""
    return page.dictionary.get("Tabs") or "S"
