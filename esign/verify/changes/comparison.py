"""Whether two values, in two revisions of a file, are the same all the way down.

References are followed in each revision on its own side, so it does not matter under which number an object
is stored, only what a reader finds there. Pages and annotations are compared by their place where something
points at them as such: each is compared once, where it belongs. Where they serve as anything else (one object
may be a link annotation and a page's resources at once) they are compared by what is in them.
"""

from __future__ import annotations

from collections.abc import Hashable

from esign.verify.changes.series import Series
from esign.verify.errors import LimitReached, Malformed
from esign.verify.reading.objects import PdfDict, PdfValue, Ref, Stream
from esign.verify.reading.places import Places
from esign.verify.reading.revision import Revision
from esign.verify.reading.stream_decoding import has_plain_coding
from esign.verify.reading.untouched import Untouched

_Pair = tuple[PdfValue, PdfValue, str]


class Comparison:
    """Compares values of an older with values of a newer revision."""

    def __init__(self, old: Revision, new: Revision, series: Series | None = None) -> None:
        """`series`: what the comparisons before this one found, of older revisions with the same newer one."""
        self.old = old
        self.new = new
        self.series = series or Series()
        self.took_known = False
        """Whether something counted as the same because it was found so before, wherever that was."""
        self._places = Places()
        self._known: set[tuple[Ref, Ref]] = set()
        self._untouched = Untouched(old, new, self._places)

    def set_places(self, old: dict[Ref, Hashable], new: dict[Ref, Hashable]) -> None:
        """Name the objects that are compared by their place."""
        self._places = Places(old, new)
        self._untouched = Untouched(self.old, self.new, self._places, self.series.untouched)
        self.series.untouched = self._untouched

    def is_untouched(self, old: PdfValue, new: PdfValue) -> bool:
        """Whether both are one object that is the same in the file, with all it leads to. Raises `LimitReached`."""
        return isinstance(old, Ref) and old == new and self._untouched.holds(old)

    def difference(self, old: PdfValue, new: PdfValue, path: str = "value") -> str | None:
        """Return the path of the first difference, or None if the values are the same. Raises `LimitReached`.

        `path` is where the values themselves are; it is not empty.
        """
        waiting: list[_Pair] = [(old, new, path)]
        visited: set[tuple[Ref, Ref]] = set()
        while waiting:
            left, right, where = waiting.pop()
            self.new.file.budget.spend_comparison()
            if isinstance(left, Ref) and isinstance(right, Ref):
                self.old.note(left)
                same_place = self._places.are_same(where, left, right)
                if same_place is False:
                    return where
                if same_place or (left, right) in visited:
                    continue
                if (left, right) in self._known:
                    self.took_known = True
                    continue
                if self.is_untouched(left, right):
                    continue
                visited.add((left, right))
            more = self._parts(self.old.resolve(left), self.new.resolve(right), where)
            if more is None:
                return where
            waiting += more
        self._known |= visited
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
        """Data that is stored alike must be coded alike too, all the way down: a coding may rest on further streams.

        Data that is stored otherwise is the same if both codings are plain ones and give the same.
        """
        ignored = {"Length"}
        same_place = (left.start, left.length) == (right.start, right.length) and left.buffer is right.buffer
        if not same_place and left.raw() != right.raw():
            if not self._decodes_alike(left, right):
                return None
            ignored |= {"Filter", "DecodeParms"}
        return self._dictionaries(left.dictionary, right.dictionary, where, frozenset(ignored))

    def _decodes_alike(self, left: Stream, right: Stream) -> bool:
        if not (has_plain_coding(left, self.old.resolve) and has_plain_coding(right, self.new.resolve)):
            return False
        try:
            return self.old.decoded(left) == self.new.decoded(right)
        except LimitReached:
            raise
        except Malformed:
            return False


def _is_number(value: PdfValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
