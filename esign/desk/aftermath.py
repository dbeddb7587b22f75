"""What befell an envelope once it was over: who took it away, what was erased of it, when its contract ended.

These stand in streams of their own, beside the envelope's: its story tells of them at its end.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.ceremony.erasing import STREAM as ERASURES
from esign.desk.sight import Sight
from esign.desk.timeline import MEMBER, Happening
from esign.exports.events import exports_of, openings_of
from esign.retention.events import stream_of
from esign.trail.event import Event
from esign.trail.log import COLUMNS, event_of_row, read_stream
from esign.trail.models import TrailEvent

_BY: Final = ("by", "approved_by")
_STAFF: Final = "staff:"


def aftermath(sight: Sight, session: Session, envelope: str) -> list[Happening]:
    """Return it, the earliest first. Raises `TrailDamaged`."""
    found = sorted(_events(session, envelope), key=lambda event: event.time)
    return [_told(sight, session, event) for event in found]


def _events(session: Session, envelope: str) -> Iterator[Event]:
    for stream in (exports_of(envelope), openings_of(envelope), stream_of(envelope)):
        yield from read_stream(session, stream)
    named = TrailEvent.payload.contains(f'"envelope":"{envelope}"', autoescape=True)
    erasures = session.execute(select(*COLUMNS).where(TrailEvent.stream == ERASURES, named))
    yield from (event for event in (event_of_row(row[:]) for row in erasures) if event.payload["envelope"] == envelope)


def _told(sight: Sight, session: Session, event: Event) -> Happening:
    """An actor of the staff counts as who did it, where the event names nobody itself."""
    ids = {fact: str(event.payload[fact]) for fact in _BY if event.payload.get(fact)}
    if event.actor.startswith(_STAFF):
        ids.setdefault("by", event.actor.removeprefix(_STAFF))
    members = {fact: sight.member(session, one) for fact, one in ids.items() if one.startswith(MEMBER)}
    facts = {name: value for name, value in event.payload.items() if isinstance(value, str | int)}
    return Happening(event.type, event.time, None, {"actor": event.actor, **facts}, members, version=event.version)
