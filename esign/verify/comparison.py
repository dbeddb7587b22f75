"""Whether two values, in two revisions of a file, are the same all the way down.

References are followed in each revision on its own side, so it does not matter under which number an object
is stored, only what a reader finds there. Pages and annotations are compared by their place where something
refers to them: each is compared once, where it belongs.
"""

from __future__ import annotations

from collections.abc import Hashable

from esign.verify.errors import LimitReached, Malformed
from esign.verify.objects import PdfDict, PdfValue, Ref, Stream
from esign.verify.revision import Revision

_Pair = tuple[PdfValue, PdfValue, str]


class Comparison:
    """Compares values of an older with values of a newer revision."""

    def __init__(self, old: Revision, new: Revision) -> None:
        self.old = old
        self.new = new
        self._places_old: dict[Ref, Hashable] = {}
        self._places_new: dict[Ref, Hashable] = {}
        self._known: dict[tuple[Ref, Ref], bool] = {}

    def set_places(self, old: dict[Ref, Hashable], new: dict[Ref, Hashable]) -> None:
        """Name the objects that are compared by their place."""
        self._places_old.update(old)
        self._places_new.update(new)

    def difference(self, old: PdfValue, new: PdfValue, path: str = "") -> str | None:
        """Return the path of the first difference, or None if the values are the same. Raises `LimitReached`."""
        waiting: list[_Pair] = [(old, new, path)]
        visited: set[tuple[Ref, Ref]] = set()
        while waiting:
            left, right, where = waiting.pop()
            self.new.file.budget.spend_comparison()
            if isinstance(left, Ref) and isinstance(right, Ref):
                if left in self._places_old or right in self._places_new:
                    if self._places_old.get(left, left) != self._places_new.get(right, right):
                        return where
                    continue
                if (left, right) in visited or (left, right) in self._known:
                    continue
                visited.add((left, right))
            more = self._parts(self.old.resolve(left), self.new.resolve(right), where)
            if more is None:
                return where
            waiting += more
        self._known.update(dict.fromkeys(visited, True))
        return None

    def _parts(  # noqa: PLR0911  # one per type
        self, left: PdfValue, right: PdfValue, where: str
    ) -> list[_Pair] | None:
        """Return what is left to compare, or None if these two differ already."""
        if isinstance(left, Stream) or isinstance(right, Stream):
            if not (isinstance(left, Stream) and isinstance(right, Stream)):
                return None
            return self._streams(left, right, where)
        if isinstance(left, dict) and isinstance(right, dict):
            return self._dictionaries(left, right, where, frozenset())
        if isinstance(left, list) and isinstance(right, list):
            if len(left) != len(right):
                return None
            return [(a, b, f"{where}[{index}]") for index, (a, b) in enumerate(zip(left, right, strict=True))]
        if _is_number(left) and _is_number(right):
            return [] if left == right else None
        return [] if type(left) is type(right) and left == right else None

    def _dictionaries(self, left: PdfDict, right: PdfDict, where: str, ignored: frozenset[str]) -> list[_Pair]:
        keys = (left.keys() | right.keys()) - ignored
        return [(left.get(key), right.get(key), f"{where}/{key}") for key in sorted(keys)]

    def _streams(self, left: Stream, right: Stream, where: str) -> list[_Pair] | None:
        same_place = (left.start, left.length) == (right.start, right.length) and left.buffer is right.buffer
        same_coding = all(
            self.old.resolve(left.dictionary.get(key)) == self.new.resolve(right.dictionary.get(key))
            for key in ("Filter", "DecodeParms")
        )
        if not (same_place and same_coding) and not self._same_data(left, right, same_coding=same_coding):
            return None
        ignored = frozenset({"Length", "Filter", "DecodeParms"})
        return self._dictionaries(left.dictionary, right.dictionary, where, ignored)

    def _same_data(self, left: Stream, right: Stream, *, same_coding: bool) -> bool:
        if same_coding and left.raw() == right.raw():
            return True
        try:
            return self.old.decoded(left) == self.new.decoded(right)
        except LimitReached:
            raise
        except Malformed:
            return False


def _is_number(value: PdfValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
