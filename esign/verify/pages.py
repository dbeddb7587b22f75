"""The pages of a document, with what they inherit from the page tree (ISO 32000-2 clause 7.7.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from esign.verify.objects import PdfDict, PdfValue, Ref
from esign.verify.revision import Revision

_INHERITED: Final = ("Resources", "MediaBox", "CropBox", "Rotate")


@dataclass(frozen=True)
class Page:
    """A page: its object, and its dictionary with inherited entries filled in."""

    ref: Ref | None
    dictionary: PdfDict


def pages(revision: Revision) -> list[Page]:
    """Return the pages in order. Tree nodes that lead back into the tree are left out."""
    found: list[Page] = []
    seen: set[Ref] = set()
    waiting: list[tuple[PdfValue, PdfDict]] = [(revision.catalog.get("Pages"), {})]
    while waiting:
        item, inherited = waiting.pop()
        ref = item if isinstance(item, Ref) else None
        if ref in seen:
            continue
        if ref:
            seen.add(ref)
        node = revision.dictionary(item)
        if not node:
            continue
        passed: PdfDict = dict(inherited)
        passed.update({key: node[key] for key in _INHERITED if key in node})
        if "Kids" in node:
            waiting += [(kid, passed) for kid in reversed(revision.array(node["Kids"]))]
        else:
            found.append(Page(ref, {**passed, **node}))
    return found
