"""The pages of a document, with what they inherit from the page tree (ISO 32000-2 clause 7.7.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from esign.verify.reading.objects import PdfDict, PdfValue, Ref
from esign.verify.reading.revision import Revision

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


def page_tree_faults(revision: Revision) -> frozenset[str]:
    """Return where the page tree is not what clause 7.7.3 says, so that viewers may show other pages.

    Counts that do not count the pages; kids that come twice, or are no dictionaries; nodes that are both page
    and tree, or neither; nodes that name another parent than the one that holds them.
    """
    faults: set[str] = set()
    seen: set[Ref] = set()
    parents: list[int] = []
    leaves: list[int] = []
    counts: list[PdfValue] = []
    waiting: list[tuple[PdfValue, int, PdfValue]] = [(revision.catalog.get("Pages"), -1, None)]
    while waiting:
        revision.file.budget.spend_comparison()
        item, parent, parent_item = waiting.pop()
        place = f"page tree node {len(parents)}"
        if not isinstance(item, Ref) or item in seen or not isinstance(node := revision.resolve(item), dict):
            faults.add(f"{place}: repeated or missing, in node {parent}")
            continue
        seen.add(item)
        if parent >= 0 and node.get("Parent") != parent_item:
            faults.add(f"{place}: parent {node.get('Parent')!r}")
        is_tree = "Kids" in node
        kind = revision.resolve(node.get("Type"))
        if kind != ("Pages" if is_tree else "Page") or (is_tree and "Contents" in node):
            faults.add(f"{place}: {kind!r}, kids {is_tree}, contents {'Contents' in node}")
        parents.append(parent)
        leaves.append(0 if is_tree else 1)
        counts.append(revision.resolve(node.get("Count")) if is_tree else 1)
        if is_tree:
            kids = revision.array(node["Kids"])
            waiting += [(kid, len(parents) - 1, item) for kid in reversed(kids)]
    for index in range(len(parents) - 1, 0, -1):
        leaves[parents[index]] += leaves[index]
    for index, (count, expected) in enumerate(zip(counts, leaves, strict=True)):
        if type(count) is not int or count != expected:
            faults.add(f"page tree node {index}: {count!r} for {expected}")
    return frozenset(faults)
