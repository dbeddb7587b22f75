"""What the room keeps on people, for erasure: pictures of receipts, words about calls, delivery notes, print files."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from delivery.models import Addressee, DeliveryRow, EnvelopeOf, PrintFile, PrintLine
from delivery.service.deliveries import signed_in
from esign.public.events import Event, read_stream

NAMED: Final[Mapping[str, str]] = {
    "delivery.photographed": "photo",
    "delivery.called": "note",
    "delivery.address-corrected": "note",
}
"""The members of events that name records which this room made. The first delivery note is the policy room's."""


def records_about(session: Session, subjects: Collection[str]) -> Sequence[str]:
    """Name the records of the deliveries whose applications were signed in these envelopes.

    None while a receipt is still awaited; nor with the envelope of a receipt, which goes by itself: one that expired
    would else take along what the policy still needs.
    """
    found = session.scalars(select(EnvelopeOf.delivery).where(EnvelopeOf.envelope.in_(subjects))).all()
    named: dict[str, None] = {}
    for delivery in sorted(set(found)):
        row = session.get(DeliveryRow, delivery)
        if row is not None and not row.is_open and signed_in(session, delivery) in subjects:
            named.update(dict.fromkeys(_records_of(session, delivery)))
            reached = session.get(Addressee, delivery)
            named.update({} if reached is None else {reached.person: None})
    return list(named)


def files_erased(_session: Session, event: Event) -> Sequence[str]:
    """Name the record of a print file that an event says was erased."""
    return (str(event.payload["file"]),)


def _records_of(session: Session, delivery: str) -> Iterator[str]:
    for event in read_stream(session, delivery):
        record = event.payload.get(NAMED.get(event.type, ""))
        if record is not None:
            yield str(record)
    files = select(PrintFile.record).join(PrintLine, PrintLine.file == PrintFile.id)
    yield from session.scalars(files.where(PrintLine.delivery == delivery, PrintFile.erase_on.is_not(None)))
