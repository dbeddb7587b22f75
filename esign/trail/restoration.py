"""A trail that came back from a backup: two events say so, and from the second on it is another log.

`backup.restored` is recorded by whoever brings a backup back; no checkpoint is published after it until a new epoch
was opened. `trail.restored` opens it and names the lost range: checkpoints of earlier epochs up to size `lost_from`
are of this trail, and those up to size `lost_to` may have been published and are not, since events were lost. What
they cover cannot be proven here any more; each of them is still a true statement of the log, and its proofs hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from esign.trail.checkpoint import LARGEST_EPOCH, LARGEST_SIZE
from esign.trail.errors import EventRefused
from esign.trail.event import Event, EventType, NewEvent, Value
from esign.trail.vocabulary import Vocabulary

STREAM: Final = "trail"
BROUGHT_BACK: Final = EventType("backup.restored")
RESTORED: Final = EventType("trail.restored")
VOCABULARY: Final = Vocabulary((BROUGHT_BACK, RESTORED))


@dataclass(frozen=True)
class Restoration:
    """What a `trail.restored` says. Raises `EventRefused` (`restoration-form`) on making.

    `epoch` is the one that it opens; `lost_from` the largest published size up to which this trail is what it was, 0
    if none; `lost_to` the largest size that is known to have been published. They are equal if nothing is known to be
    lost.
    """

    epoch: int
    lost_from: int
    lost_to: int

    def __post_init__(self) -> None:
        if not 2 <= self.epoch <= LARGEST_EPOCH or not 0 <= self.lost_from <= self.lost_to <= LARGEST_SIZE:
            raise EventRefused(
                "restoration-form",
                "a restoration names an epoch from 2 on, and a lost range whose end is not before its beginning",
                "open the epoch by esign trail open-epoch",
            )

    @property
    def lost(self) -> int:
        """At least so many events were lost, of those that a known checkpoint covered."""
        return self.lost_to - self.lost_from

    def event(self, *, by: str, reason: str, known_by: str) -> NewEvent:
        """Return the event; `by` is an id, `reason` a code, `known_by` tells by what `lost_to` is known."""
        lost = {"from": self.lost_from, "to": self.lost_to}
        return RESTORED(epoch=self.epoch, lost=lost, by=by, reason=reason, known_by=known_by)

    @classmethod
    def of(cls, event: Event) -> Restoration:
        """Return what the event says. Raises `EventRefused` (`restoration-form`)."""
        lost = event.payload.get("lost")
        named: Mapping[str, Value] = lost if isinstance(lost, Mapping) else {}
        return cls(_whole(event.payload.get("epoch")), _whole(named.get("from")), _whole(named.get("to")))


@dataclass(frozen=True)
class Standing:
    """How the trail stands after its own stream: the epoch that was opened last, and whether one must be opened."""

    epoch: int
    awaits_epoch: bool


def standing_of(events: Iterable[Event]) -> Standing:
    """Fold the events of the stream `trail`. Raises `EventRefused`."""
    epoch, awaits = 1, False
    for event in events:
        if event.type == BROUGHT_BACK.name:
            awaits = True
        elif event.type == RESTORED.name:
            epoch, awaits = Restoration.of(event).epoch, False
    return Standing(epoch, awaits)


def _whole(value: Value) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise EventRefused("restoration-form", "an event says trail.restored and not what was lost", "ask its log")
    return value
