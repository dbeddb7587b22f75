"""Whom a delivery reaches: a record of the applicant's own for messages and the link, made of the delivery note."""

from __future__ import annotations

from sqlalchemy.orm import Session

from delivery.domain import Delivery
from delivery.domain.refusal import refusal
from delivery.errors import DeliveryDataBroken
from delivery.models import Addressee
from delivery.service.notes import Note, read_note
from esign.public.house import House
from esign.public.people import RecordErased, keep_person


def note_of(session: Session, house: House, state: Delivery) -> Note:
    """Return the delivery note that holds now.

    Raises `DeliveryRefused`: `delivery-no-note` where there is none or it was erased, `delivery-note-broken` where it
    cannot be read; `esign doctor --live` names those.
    """
    if state.issued is None or state.issued.note is None:
        raise refusal("delivery-no-note")
    try:
        return read_note(session, house.records, state.issued.note)
    except RecordErased:
        raise refusal("delivery-no-note") from None
    except DeliveryDataBroken as broken:
        raise refusal("delivery-note-broken", (state.issued.note,)) from broken


def addressee_of(session: Session, house: House, delivery: str, state: Delivery) -> str:
    """Return the record by which messages and the link reach the applicant; it is made where it is not there yet.

    Another note makes another record, whose link is sent anew. That of a policy on paper is printed on its cover and
    sent to nobody: it stays, and the ceremony behind it goes by the note. Raises as `note_of` does.
    """
    row = session.get(Addressee, delivery)
    note = None if state.issued is None else state.issued.note
    if row is not None and (row.note == note or not state.is_electronic):
        return row.person
    person = keep_person(house.records, session, note_of(session, house, state).applicant.person, now=house.clock())
    session.merge(Addressee(delivery=delivery, note=str(note), person=person))
    session.flush()
    return person


def self_service_link(session: Session, house: House, delivery: str, _state: Delivery) -> str | None:
    """Return the address at which the applicant signs the receipt: for the cover of the paper policy.

    It is stored nowhere, and reading it changes nothing. None where nobody is known to whom it leads: whom an issued
    policy reaches is kept right after its issue.
    """
    row = session.get(Addressee, delivery)
    if row is None:
        return None
    return f"{house.public_url.rstrip('/')}/r/delivery/{house.links.link(delivery, row.person)}"
