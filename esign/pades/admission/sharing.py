"""Objects that pages are drawn from, and objects that later revisions may change: none may be both.

A link whose dictionary is also the page's list of drawings looks like a link to whoever compares two revisions, and
changes the page for whoever looks at it. Objects are told apart by identity, see `PdfSource`.
"""

from __future__ import annotations

from esign.pades.admission import refusals
from esign.pades.admission.forms import FormFields
from esign.pades.admission.pages import Page
from esign.pades.admission.source import PdfSource
from esign.pades.admission.syntax import PdfValue, Ref, Stream

_OWN_PARTS = ("AP", "MK", "BS", "BE", "Rect", "Border", "C", "QuadPoints", "Lock", "SV", "F", "DA", "T", "TU")
"""Entries of an annotation or field that are its alone. Others lead elsewhere: to its page, to a destination."""
_STORES = ("AcroForm", "DSS", "Extensions", "Names", "Perms", "AF", "Metadata")


class DrawnObjects:
    """Every object below the resources, the content and the appearances of the pages, each with its first page.

    All of them are read, so that one which is ambiguous or missing its number is refused even if no page names it.
    """

    def __init__(self, source: PdfSource) -> None:
        self.pages: dict[int, int] = {}
        self._source = source
        self._kept: list[Page] = []

    def add_page(self, page: Page, appearances: list[Stream]) -> None:
        """Add what `page` is drawn from. The streams of `appearances` belong to annotations: not they, what they use.

        Raises `DocumentRefused` for objects that cannot be read.
        """
        self._kept.append(page)  # an id stays these resources' only while they live
        waiting: list[PdfValue] = [page.resources, page.entries.get("Contents"), page.entries.get("Group")]
        for appearance in appearances:
            waiting.extend(appearance.entries.values())
        while waiting:
            found = self._source.get(waiting.pop())
            entries = found.entries if isinstance(found, Stream) else found
            if not isinstance(entries, dict | list) or id(entries) in self.pages:
                continue
            self.pages[id(entries)] = page.number
            children = entries.values() if isinstance(entries, dict) else entries
            waiting.extend(child for child in children if isinstance(child, Ref | dict | list))


class ChangingObjects:
    """Every object that is a page, an annotation, a form field or a store of the catalog, with what it alone has."""

    def __init__(self, source: PdfSource, catalog: dict[str, PdfValue], form: FormFields) -> None:
        self._source = source
        self._found: set[int] = {id(catalog)}
        for key in _STORES:
            self._add(catalog.get(key))
        self._add(source.dictionary(catalog.get("AcroForm")).get("Fields"))
        for entries in form.nodes:
            self._add_parts(entries)
            self._add(entries.get("Kids"))

    def add_page(self, page: Page) -> None:
        """Add the page's own dictionary and its annotations."""
        self._found.add(id(page.entries))
        self._add(page.entries.get("Annots"))
        for item in self._source.array(page.entries.get("Annots")):
            self._add_parts(self._source.dictionary(item))

    def refuse_shared(self, drawn: DrawnObjects) -> None:
        """Raise `DocumentRefused` if a page is drawn from one of these objects."""
        for identity in self._found & drawn.pages.keys():
            raise refusals.ambiguous(
                f"page {drawn.pages[identity]} is drawn with an object that is also an annotation, a form field or "
                "another part that changes when the document is signed"
            )

    def _add(self, value: PdfValue) -> dict[str, PdfValue] | list[PdfValue] | None:
        found = self._source.get(value)
        entries = found.entries if isinstance(found, Stream) else found
        if not isinstance(entries, dict | list):
            return None
        self._found.add(id(entries))
        return entries

    def _add_parts(self, owner: dict[str, PdfValue]) -> None:
        """Add `owner` and what is below its own parts, down to streams, whose resources may be shared."""
        self._found.add(id(owner))
        waiting = [owner[key] for key in _OWN_PARTS if key in owner]
        seen: set[int] = set()
        while waiting:
            value = waiting.pop()
            entries = self._add(value)
            if entries is None or id(entries) in seen or isinstance(self._source.get(value), Stream):
                continue
            seen.add(id(entries))
            waiting.extend(entries.values() if isinstance(entries, dict) else entries)
