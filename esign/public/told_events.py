"""How a room's events look outside, to the webhooks of the client whose they are: ids, codes and digests.

What is told of each type is listed by the room, member by member: an event that gains a member tells nothing new by
itself. `data` names the stream as `subject`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from esign.infra.columns import canonical_json
from esign.public.room import Room
from esign.trail.event import Event, plain_payload
from esign.webhooks.deliveries import PublicEvents


@dataclass(frozen=True)
class ToldEvent:
    """Whose event it is, and which of its members are told."""

    room: Room
    members: tuple[str, ...]


class RoomEvents:
    """What is told outside of rooms' events; of all others, what `others` tell."""

    def __init__(self, told: Mapping[str, ToldEvent], others: PublicEvents) -> None:
        self._told = dict(told)
        self._others = others

    def owner(self, session: Session, event: Event) -> str | None:
        """Return the client that is told of the event, None where nobody is."""
        told = self._told.get(event.type)
        return self._others.owner(session, event) if told is None else told.room.client_of(session, event.stream)

    def body(self, session: Session, event: Event) -> bytes:
        """Return the event as canonical JSON in UTF-8, the same bytes each time."""
        told = self._told.get(event.type)
        if told is None:
            return self._others.body(session, event)
        payload = plain_payload(told.room.vocabulary.current(event))
        return canonical_json(
            {
                "id": event.id,
                "type": event.type,
                "timestamp": event.time.isoformat(timespec="microseconds").replace("+00:00", "Z"),
                "data": {"subject": event.stream, **{name: payload[name] for name in told.members}},
            }
        )
