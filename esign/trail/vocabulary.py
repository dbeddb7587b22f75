"""The vocabulary: which event types may be appended, and how each version of them is read.

Every domain declares its types in one place of its own; the composition root joins them with `|`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from esign.trail.errors import EventRefused
from esign.trail.event import Event, EventType, NewEvent


class Vocabulary:
    """The types that may be appended. Raises `ValueError` on a name declared twice."""

    def __init__(self, types: Iterable[EventType] = ()) -> None:
        self._types: dict[str, EventType] = {}
        for type_ in types:
            if type_.name in self._types:
                raise ValueError(f"{type_.name} is declared twice; a type belongs to one domain")
            self._types[type_.name] = type_

    def __iter__(self) -> Iterator[EventType]:
        return iter(self._types.values())

    def __or__(self, other: Vocabulary) -> Vocabulary:
        """Return both vocabularies in one. Raises `ValueError` if they share a name."""
        return Vocabulary((*self, *other))

    def check_new(self, new: NewEvent) -> None:
        """Raise `EventRefused` unless it may be appended: `event-type-unknown`, `event-type-version`."""
        type_ = self._type(new.type)
        if new.type_version != type_.version:
            raise EventRefused(
                "event-type-version",
                f"{new.type} is written in version {type_.version}, not {new.type_version}",
                "append the version that the vocabulary declares",
            )

    def current(self, event: Event) -> Event:
        """Return the event with its payload lifted to the version of today: for folding, and for nothing else.

        Its canonical form is no longer the recorded one, so no digest may be computed over it. Raises
        `EventRefused`: `event-type-unknown`, `event-type-newer` (written by a later build than this one).
        """
        type_ = self._type(event.type)
        if event.type_version > type_.version:
            raise EventRefused(
                "event-type-newer",
                f"event {event.id} is {event.type} in version {event.type_version}, newer than this build knows",
                "run the build that wrote it, or a later one",
            )
        if event.type_version == type_.version:
            return event
        payload = event.payload
        for lift in type_.lifts[event.type_version - 1 :]:
            payload = lift(payload)
        return replace(event, type_version=type_.version, payload=payload)

    def _type(self, name: str) -> EventType:
        if name not in self._types:
            raise EventRefused(
                "event-type-unknown",
                f"no domain declares the event type {name!r}",
                "declare it in its domain's vocabulary, and join that in the composition root",
            )
        return self._types[name]
