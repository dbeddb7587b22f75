"""The pages of a document in reading order, with what they inherit (ISO 32000-2, 7.7.3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from esign.pades.admission import refusals
from esign.pades.admission.page_attributes import INHERITED, refuse_unusable_attributes
from esign.pades.admission.source import PdfSource
from esign.pades.admission.syntax import PdfValue, Ref, UnclearNumber


@dataclass(frozen=True)
class Page:
    """One page: its number from 1, its own entries, and the resources it has or inherits."""

    number: int
    ref: Ref
    entries: dict[str, PdfValue]
    resources: dict[str, PdfValue]


def pages_of(source: PdfSource, catalog: dict[str, PdfValue]) -> Iterator[Page]:
    """Yield the pages.

    The tree must be one that every reader walks in the same way, from the root down by Kids, from a page up by
    Parent, or in leaps by Count. Raises `DocumentRefused`: `document-broken` if it is not, if there is no page, or
    if a page has no usable size or rotation; `document-too-large` if there are more pages than the limit.
    """
    tree = _PageTree(source)
    yield from tree.pages_below(catalog.get("Pages"), None, {}, 0)
    if tree.count == 0:
        raise refusals.broken("it has no page")


class _PageTree:
    """Walks the tree; `count` is how many pages were seen so far."""

    def __init__(self, source: PdfSource) -> None:
        self.count = 0
        self._source = source
        self._visited: set[int] = set()

    def pages_below(
        self, node: PdfValue, parent: dict[str, PdfValue] | None, inherited: dict[str, PdfValue], depth: int
    ) -> Iterator[Page]:
        source = self._source
        entries = source.get(node)
        if not isinstance(node, Ref) or not isinstance(entries, dict):
            raise refusals.broken(f"page {self.count + 1} is missing or not an object of its own")
        if id(entries) in self._visited:
            raise refusals.broken("a page is listed twice, or the list of pages runs in a circle")
        self._visited.add(id(entries))
        if source.get(entries.get("Parent")) is not parent:
            raise refusals.broken(f"page {self.count + 1} or a part of the list of pages names another list as its own")
        inherited = {**inherited, **{key: entries[key] for key in INHERITED if key in entries}}
        kind = source.name(entries.get("Type"))
        if kind == "Page" and "Kids" not in entries:
            yield self._page(node, entries, inherited)
        elif kind == "Pages" and isinstance(kids := source.get(entries.get("Kids")), list):
            if depth >= source.limits.nesting:
                raise refusals.too_complex("its list of pages is nested too deeply")
            before = self.count
            for kid in kids:
                yield from self.pages_below(kid, entries, inherited, depth + 1)
            self._require_count(entries, self.count - before)
        else:
            raise refusals.broken(f"page {self.count + 1} is neither clearly a page nor a list of pages")

    def _page(self, ref: Ref, entries: dict[str, PdfValue], attributes: dict[str, PdfValue]) -> Page:
        self.count += 1
        if self.count > self._source.limits.pages:
            raise refusals.too_large(f"it has more than {self._source.limits.pages} pages")
        refuse_unusable_attributes(self._source, self.count, entries, attributes)
        return Page(self.count, ref, entries, self._source.dictionary(attributes.get("Resources")))

    def _require_count(self, entries: dict[str, PdfValue], pages: int) -> None:
        said = self._source.get(entries.get("Count"))
        if not isinstance(said, int) or isinstance(said, bool | UnclearNumber) or said != pages:
            raise refusals.broken(f"a list of {pages} pages, up to page {self.count}, says that it has another number")
