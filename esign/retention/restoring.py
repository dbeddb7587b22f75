"""Erasing anew after a backup was restored: everything that any room erased, as the trail tells it.

A backup brings back what was erased after it was made, and its own trail ends before those erasures. So whoever has a
trail that goes on further, in an export, hands its events in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final, TypeAlias

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from esign.ceremony.erasing import DOCUMENTS_ERASED, ERASED, PHOTOS_ERASED, Eraser
from esign.infra.database import Database
from esign.infra.models import DataKey, PersonalRecord
from esign.infra.personal_records import PersonalRecords
from esign.retention.events import REQUEST_FORGOTTEN
from esign.retention.models import PersonRequest
from esign.trail.event import Event
from esign.trail.log import COLUMNS, event_of_row
from esign.trail.models import TrailEvent
from esign.verifications.models import VerificationRow

VERIFICATION_ERASED: Final = "verification.erased"
OF_ENVELOPES: Final = frozenset({ERASED.name, PHOTOS_ERASED.name, DOCUMENTS_ERASED.name})
ERASING: Final = OF_ENVELOPES | {VERIFICATION_ERASED, REQUEST_FORGOTTEN.name}
"""The types of events that tell of something erased."""
RecordsOfErasure: TypeAlias = Callable[[Session, Event], Sequence[str]]
"""Names the records that an event of a room says were erased."""
NO_FURTHER: Final[Mapping[str, RecordsOfErasure]] = MappingProxyType({})


@dataclass(frozen=True)
class Replayed:
    """How many records were back and are erased again, and the blobs that may be deleted."""

    records: int
    blobs: tuple[str, ...]


def replay_erasures(
    database: Database,
    records: PersonalRecords,
    eraser: Eraser,
    *,
    now: datetime,
    told: Iterable[Event] = (),
    rooms: Mapping[str, RecordsOfErasure] = NO_FURTHER,
) -> Replayed:
    """Erase anew what this trail and the events `told` (others among them are passed over) say was erased.

    `rooms` are the types by which rooms of business packages tell of erasures. Doing it again erases nothing. Nothing
    is recorded: it was, when it was erased first.
    """
    further = [event for event in told if event.type in ERASING or event.type in rooms]
    back = eraser.replay(now=now, told=[event for event in further if event.type in OF_ENVELOPES])
    count = back.records
    with database.reading() as session:
        others = [*_recorded(session, rooms), *(event for event in further if event.type not in OF_ENVELOPES)]
    for event in others:
        with database.transaction() as session:
            count += _again(session, records, event, now, rooms)
    return Replayed(count, tuple(back.blobs))


def _recorded(session: Session, rooms: Mapping[str, RecordsOfErasure]) -> list[Event]:
    """Return the erasures that stand in streams of their own."""
    types = (VERIFICATION_ERASED, REQUEST_FORGOTTEN.name, *rooms)
    chosen = select(*COLUMNS).where(TrailEvent.type.in_(types))
    return [event_of_row(row[:]) for row in session.execute(chosen)]


def _again(
    session: Session, records: PersonalRecords, event: Event, now: datetime, rooms: Mapping[str, RecordsOfErasure]
) -> int:
    if event.type in rooms:
        named = list(rooms[event.type](session, event))
    elif event.type == VERIFICATION_ERASED:
        row = session.get(VerificationRow, event.stream)
        named = [str(event.payload["record"]), *([] if row is None or row.pictures is None else [row.pictures])]
        gone = update(VerificationRow).where(VerificationRow.id == event.stream, VerificationRow.erased_at.is_(None))
        session.execute(gone.values(erased_at=now).execution_options(synchronize_session=False))
    else:
        request = session.get(PersonRequest, event.stream)
        found = [] if request is None else [request.person, request.answer_words]
        named = [record for record in found if record is not None]
    back = 0
    for record in named:
        is_there = session.get(DataKey, record) is not None or session.get(PersonalRecord, record) is not None
        back += is_there
        records.erase(session, record, at=now)
    return back
