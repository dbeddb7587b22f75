"""Handwriting near at hand, to compare a new one with: the envelope's, and the same phone's last ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.ceremony.capture import EarlierHandwriting
from esign.ceremony.domain import Envelope, Recipient
from esign.ceremony.domain.commands import RaiseSignal
from esign.ceremony.envelopes import Envelopes
from esign.ceremony.models import RecipientRow
from esign.ceremony.people import parse_person
from esign.ceremony.records import CeremonyRecords
from esign.ceremony.signals import alike_strokes
from esign.evidence.handwriting import Handwriting
from esign.infra.keystore import KeyStore
from esign.infra.personal_records import PersonalRecords
from esign.infra.search_index import SearchField, normalise

EARLIER_AT_MOST: Final = 20
ALIKE: Final = 1 / 3
"""Likeness from which two people's handwritings are nearly one: twice and a half the distance of a copy.

Of the pairs of 60 invented hands none came nearer than 0.25 (docs/adr/0032); a copy is refused from 0.5 on.
"""


@dataclass(frozen=True)
class NearCapture:
    """An accepted capture, in its JSON form, and whose it is."""

    recipient: str
    envelope: str
    name: str = field(repr=False)
    data: bytes = field(repr=False)


class NearCaptures:
    """Compares handwriting with what is near at hand, in the caller's transaction."""

    def __init__(self, envelopes: Envelopes, records: PersonalRecords, keys: KeyStore) -> None:
        self._envelopes = envelopes
        self._records = records
        self._ceremony_records = CeremonyRecords(records)
        self._earlier = EarlierHandwriting(keys)

    def accept(
        self, session: Session, handwriting: Handwriting, envelope: Envelope, recipient: Recipient, record: str
    ) -> Sequence[NearCapture]:
        """Remember the capture under its record; return those of other people that are nearly the same, nearest first.

        Raises `CaptureRefused` (`handwriting-replayed`) if it is a copy of any.
        """
        own = parse_person(self._records.read(session, recipient.plan.person))
        near = self._near(session, envelope, own.phone)
        alike = self._earlier.compare(handwriting, [one.data for one in near])
        self._earlier.enter(session, handwriting, record)
        name = normalise(SearchField.NAME, own.name)
        others = [
            (likeness, one)
            for likeness, one in zip(alike, near, strict=True)
            if likeness >= ALIKE and one.recipient != recipient.id and normalise(SearchField.NAME, one.name) != name
        ]
        return [one for _likeness, one in sorted(others, key=lambda pair: -pair[0])]

    def _near(self, session: Session, envelope: Envelope, phone: str) -> list[NearCapture]:
        same = self._records.index.find(session, SearchField.PHONE, phone, at_most=EARLIER_AT_MOST)
        recipients = session.execute(
            select(RecipientRow.id, RecipientRow.envelope)
            .where(RecipientRow.person.in_(same) | (RecipientRow.envelope == envelope.id))
            .order_by(RecipientRow.id.desc())
            .limit(2 * EARLIER_AT_MOST)
        )
        found = []
        for recipient_id, envelope_id in recipients:
            recipient = self._envelopes.get(session, envelope_id).find(recipient_id)
            capture = recipient.session.handwriting if recipient else None
            if recipient is None or capture is None or self._records.is_erased(session, capture.record):
                continue
            name = parse_person(self._records.read(session, recipient.plan.person)).name
            data = self._ceremony_records.capture(session, capture.record).data
            found.append(NearCapture(recipient_id, envelope_id, name, data))
        return found


def signals_of(near: Sequence[NearCapture], recipient: Recipient, at: datetime) -> list[RaiseSignal]:
    """Return the signal about the nearest of these; none where there is none."""
    return [alike_strokes(recipient, one.recipient, one.envelope, at) for one in near[:1]]
