"""Tells which objects two revisions share, with everything they lead to: what is there need not be compared."""

from __future__ import annotations

from collections.abc import Iterator

from esign.verify.reading.objects import PdfValue, Ref, Stream
from esign.verify.reading.places import Places
from esign.verify.reading.revision import Revision


class Untouched:
    """The objects of two revisions that are one and the same in the file, as far as they lead.

    An object is touched if the revisions read it from different places in the file, or if it leads to one that is.
    """

    def __init__(self, old: Revision, new: Revision, places: Places, earlier: Untouched | None = None) -> None:
        """`earlier` is a comparison of the file whose findings are taken over, if they hold here too."""
        self._old = old
        self._new = new
        self._places = places
        self._known: dict[Ref, bool] = {}
        self.moved_since_earlier: frozenset[int] | None = None
        """Numbers whose objects lie elsewhere than in the older revision of `earlier`; None: nothing of it holds."""
        if earlier is not None and earlier._also_since(self):
            self._known = {ref: True for ref, holds in earlier._known.items() if holds}
            moved = old.entries.items() ^ earlier._old.entries.items()
            self.moved_since_earlier = frozenset(number for number, _ in moved)
            old.of_other_generation |= self._named_by_known(earlier._old.of_other_generation)

    def _also_since(self, later: Untouched) -> bool:
        """Whether what is untouched here is so in a comparison whose older revision came in between."""
        if not (later._new is self._new and later._old.end >= self._old.end and self._places_hold(later)):
            return False
        moved = {number for number, _ in later._old.entries.items() ^ self._new.entries.items()}
        return not any(holds and self._lies_among(moved, ref) for ref, holds in self._known.items())

    def _named_by_known(self, odd: set[Ref]) -> set[Ref]:
        """Return those of the references that an object names that is known to be untouched."""
        if not odd:
            return set()
        values = [self._new.get(ref) for ref in self._known]
        return odd & {further for value in values for _, further in self._references(value)}

    def _places_hold(self, later: Untouched) -> bool:
        """Whether all places are in the later comparison what they are here, but for objects that came since."""
        here, there = self._places, later._places
        if here.new != there.new or not here.old.items() <= there.old.items():
            return False
        return all(ref.number not in self._old.entries for ref in there.old.keys() - here.old.keys())

    def _lies_among(self, moved: set[int], ref: Ref) -> bool:
        entry = self._new.entries.get(ref.number)
        return ref.number in moved or (entry is not None and entry.container in moved)

    def holds(self, ref: Ref) -> bool:
        """Whether the object is untouched. Each object is looked at once. Raises `LimitReached`."""
        if ref not in self._known:
            self._explore(ref)
        return self._known[ref]

    def _explore(self, start: Ref) -> None:
        """Follow everything from `start`, then go back from what is touched to all that leads there."""
        leading_to: dict[Ref, list[Ref]] = {start: []}
        touched: list[Ref] = []
        waiting = [start]
        while waiting:
            ref = waiting.pop()
            self._new.file.budget.spend_comparison()
            followed = self._followed(ref)
            if followed is None:
                touched.append(ref)
                continue
            for further in followed:
                if further in leading_to:
                    leading_to[further].append(ref)
                elif further not in self._known:
                    leading_to[further] = [ref]
                    waiting.append(further)
                elif not self._known[further]:
                    touched.append(ref)
        self._known.update(dict.fromkeys(leading_to, True))
        while touched:
            ref = touched.pop()
            if self._known[ref]:
                self._known[ref] = False
                touched += leading_to[ref]

    def _followed(self, ref: Ref) -> list[Ref] | None:
        """Return what the object leads to, or None if it is touched itself."""
        value = self._new.get(ref)
        if self._old.get(ref) is not value:
            return None
        followed = []
        for step, further in self._references(value):
            same_place = self._places.are_same(step, further, further)
            if same_place is None:
                followed.append(further)
            elif not same_place:
                return None
        return followed

    def _references(self, value: PdfValue) -> tuple[tuple[str, Ref], ...]:
        """Return the references inside the object, each with the step to it: a key, or `]` out of an array."""
        if not isinstance(value, dict | list | Stream):
            return (("", value),) if isinstance(value, Ref) else ()
        known = self._new.file.references
        if id(value) not in known:
            known[id(value)] = tuple(_references(value))
        return known[id(value)]


def _references(value: dict[str, PdfValue] | list[PdfValue] | Stream) -> Iterator[tuple[str, Ref]]:
    waiting: list[PdfValue | Stream] = [value]
    while waiting:
        holder = waiting.pop()
        parts: list[tuple[str, PdfValue]] = []
        if isinstance(holder, Stream):
            parts = [(key, part) for key, part in holder.dictionary.items() if key != "Length"]
        elif isinstance(holder, dict):
            parts = list(holder.items())
        elif isinstance(holder, list):
            parts = [("]", part) for part in holder]
        for step, part in parts:
            if isinstance(part, Ref):
                yield step, part
            elif isinstance(part, dict | list):
                waiting.append(part)
