"""What `esign doctor --live` says of delivery notes: those of open deliveries that cannot be read, by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from delivery.errors import DeliveryDataBroken
from delivery.models import DeliveryRow
from delivery.service.notes import parse_note, read_note
from esign.public.errors import EsignError
from esign.public.people import PersonalRecords, RecordErased, RecordError, SealedDataError
from esign.public.rows import Database, table_of

READ_AT_ONCE: Final = 500
NAMED: Final = 3
_ROWS: Final = table_of(DeliveryRow)


def told_of_notes(database: Database, records: PersonalRecords) -> str:
    """Say how many notes of open deliveries can be read: all of them. Those that were erased are none.

    Raises `EsignError` (`delivery-notes-unreadable`) where one cannot be: its policy can be neither printed nor sent,
    and its receipt cannot be signed.
    """
    read, after = 0, ""
    broken: list[str] = []
    while True:
        with database.reading() as session:
            chosen = select(_ROWS.c.id, _ROWS.c.note).where(_ROWS.c.is_open, _ROWS.c.note.is_not(None))
            ordered = chosen.where(_ROWS.c.id > after).order_by(_ROWS.c.id).limit(READ_AT_ONCE)
            notes = {str(note): str(delivery) for delivery, note in session.execute(ordered)}
            broken += [notes[one] for one in _unreadable(session, records, list(notes))]
        read += len(notes)
        if len(notes) < READ_AT_ONCE:
            break
        after = max(notes.values())
    if broken:
        raise EsignError(
            "delivery-notes-unreadable",
            f"the notes of {len(broken)} of {read} open deliveries cannot be read, such as {', '.join(broken[:NAMED])}",
            "restore the records that they name from a backup, or use a build that knows their form",
        )
    return f"the notes of {read} open deliveries can be read"


def _unreadable(session: Session, records: PersonalRecords, notes: Sequence[str]) -> Iterator[str]:
    """Yield which of these notes cannot be read; one by one only where they cannot be read together."""
    try:
        kept: Mapping[str, bytes] = records.read_many(session, notes, leave_out_erased=True)
    except (RecordError, SealedDataError):
        yield from (one for one in notes if not _is_readable(session, records, one))
        return
    for record, data in kept.items():
        try:
            parse_note(record, data)
        except DeliveryDataBroken:
            yield record


def _is_readable(session: Session, records: PersonalRecords, record: str) -> bool:
    try:
        read_note(session, records, record)
    except DeliveryDataBroken:
        return False
    except RecordErased:  # as it was meant to be
        return True
    return True
