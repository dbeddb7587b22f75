"""Pages, annotations and the catalog by their place in two revisions: where they are pointed at, the place counts."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Final

from esign.verify.reading.objects import Ref

_POINTERS: Final = frozenset({"P", "Pg", "Parent", "Obj", "Popup", "IRT", "Data", "AN", "T"})
"""Keys whose value is a page, an annotation or the catalog, and is not itself a part of what is shown there."""


@dataclass(frozen=True)
class Places:
    """The objects that are compared by their place, in an older and in a newer revision."""

    old: dict[Ref, Hashable] = field(default_factory=dict)
    new: dict[Ref, Hashable] = field(default_factory=dict)

    def are_same(self, path: str, left: Ref, right: Ref) -> bool | None:
        """Whether the step that ends `path` leads to the same place in both; None if it leads to no place."""
        if not (left in self.old or right in self.new) or not _points(path):
            return None
        return self.old.get(left, left) == self.new.get(right, right)


def _points(path: str) -> bool:
    """Whether the last step of a path leads to a thing elsewhere: under a key that says so, or out of an array.

    No resource is reached by such a step. A form XObject or a font of such a name is a stream, which has no place,
    or a dictionary none of whose entries is also a page's or an annotation's.
    """
    return path.endswith("]") or path.rpartition("/")[2] in _POINTERS
