"""The pages of a document in reading order, with what they inherit (ISO 32000-2, 7.7.3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from esign.pades.admission import refusals
from esign.pades.admission.source import PdfSource
from esign.pades.admission.syntax import PdfValue, Ref


@dataclass(frozen=True)
class Page:
    """One page: its number from 1, its own entries, and the resources it has or inherits."""

    number: int
    ref: Ref | None
    entries: dict[str, PdfValue]
    resources: dict[str, PdfValue]


def pages_of(source: PdfSource, catalog: dict[str, PdfValue]) -> Iterator[Page]:
    """Yield the pages.

    Raises `DocumentRefused`: `document-broken` if the tree has a loop or no page, `document-too-large` if there
    are more pages than the limit.
    """
    visited: set[Ref] = set()
    waiting: list[tuple[PdfValue, PdfValue, int]] = [(catalog.get("Pages"), None, 0)]
    count = 0
    while waiting:
        node, inherited, depth = waiting.pop()
        if isinstance(node, Ref):
            if node in visited:
                raise refusals.broken("a page is listed twice, or the list of pages runs in a circle")
            visited.add(node)
        entries = source.get(node)
        if not isinstance(entries, dict):
            raise refusals.broken("a page is missing")
        resources = entries.get("Resources", inherited)
        kids = source.get(entries.get("Kids"))
        if isinstance(kids, list) and source.name(entries.get("Type")) != "Page":
            if depth >= source.limits.nesting:
                raise refusals.too_complex("its list of pages is nested too deeply")
            waiting.extend((kid, resources, depth + 1) for kid in reversed(kids))
            continue
        count += 1
        if count > source.limits.pages:
            raise refusals.too_large(f"it has more than {source.limits.pages} pages")
        yield Page(count, node if isinstance(node, Ref) else None, entries, source.dictionary(resources))
    if count == 0:
        raise refusals.broken("it has no page")
