"""What the room keeps on an applicant, for the copy that they ask for: theirs, and nobody else's."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from delivery.models import DeliveryRow, EnvelopeOf, ReceiptEnvelope, ReceiptPicture
from delivery.service.deliveries import signed_in
from delivery.service.notes import Note, read_note
from esign.public.events import Event, read_stream
from esign.public.house import House
from esign.public.people import HeldFile, RecordErased, parse_person

CALLED, CORRECTED, PHOTOGRAPHED = "delivery.called", "delivery.address-corrected", "delivery.photographed"
TOLD: Final = ("policy", "state", "applied_on", "issued_on", "due_on", "received_on", "way", "ended_on")
"""Columns of a delivery that say where the applicant's own policy stands."""
_SUFFIXES: Final = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}


class Held:
    """Reads what is kept on the applicant of a delivery to which an envelope belongs."""

    def __init__(self, house: House) -> None:
        self._house = house

    def held(self, session: Session, envelope: str, recipient: str) -> Sequence[HeldFile]:
        """Return where the policy stands, corrected addresses, words about calls, pictures of paper receipts.

        With the application's envelope all of it, once; with one of a receipt, which receipt it is. Whoever is not the
        applicant, or took their place, has nothing here. None stands for what was erased.
        """
        belongs = session.get(EnvelopeOf, envelope)
        row = None if belongs is None else session.get(DeliveryRow, belongs.delivery)
        if row is None or not self._is_applicant(session, row, envelope, recipient):
            return ()
        if signed_in(session, row.id) != envelope:
            return (self._receipt(session, row, envelope),)
        return [HeldFile("delivery.json", _json(_told(row))), *self._kept(session, row)]

    def _is_applicant(self, session: Session, row: DeliveryRow, envelope: str, recipient: str) -> bool:
        found = self._house.envelopes.get(session, envelope).find(recipient)
        if found is None or found.plan.role.value != "applicant":
            return False
        note = self._note(session, row)
        if note is None:  # before the issue, or erased: nothing here names anybody but that they applied
            return row.note is None
        try:
            person = parse_person(self._house.records.read(session, found.plan.person))
        except RecordErased:
            return False
        return (person.name, person.id_number) == (note.applicant.name, note.applicant.id_number)

    def _note(self, session: Session, row: DeliveryRow) -> Note | None:
        try:
            return None if row.note is None else read_note(session, self._house.records, row.note)
        except RecordErased:
            return None

    def _receipt(self, session: Session, row: DeliveryRow, envelope: str) -> HeldFile:
        receipt = session.get(ReceiptEnvelope, envelope)
        return HeldFile("receipt.json", _json({**_told(row), "number": None if receipt is None else receipt.number}))

    def _kept(self, session: Session, row: DeliveryRow) -> Iterator[HeldFile]:
        calls = addresses = 0
        for event in read_stream(session, row.id):
            if event.type == CALLED and event.payload.get("note") is not None:
                calls += 1
                yield HeldFile(f"call-{calls}.txt", self._read(session, event, "note"))
            elif event.type == CORRECTED:
                addresses += 1
                yield HeldFile(f"address-{addresses}.json", self._read(session, event, "note"))
        pictures = select(ReceiptPicture).where(ReceiptPicture.delivery == row.id).order_by(ReceiptPicture.id)
        for number, picture in enumerate(session.scalars(pictures).all(), 1):
            name = f"receipt-{number}.{_SUFFIXES.get(picture.media_type, 'bin')}"
            try:
                yield HeldFile(name, self._house.documents.read(session, picture.blob, picture.record))
            except RecordErased:
                yield HeldFile(name, None)

    def _read(self, session: Session, event: Event, member: str) -> bytes | None:
        try:
            return self._house.records.read(session, str(event.payload[member]))
        except RecordErased:
            return None


def _told(row: DeliveryRow) -> dict[str, object]:
    found = {name: getattr(row, name) for name in TOLD}
    return {
        name: value if value is None or isinstance(value, str) else value.isoformat() for name, value in found.items()
    }


def _json(told: dict[str, object]) -> bytes:
    return json.dumps(told, ensure_ascii=False, indent=2).encode()
