"""Erasing: an envelope's private evidence, for good and everywhere, while its signatures stay valid.

Deleting the wrapped envelope key is what erases: nobody opens sealed items any more, in whatever copy of the PDF they
are (SIGNING.md, Private evidence and erasure). With it go the working copies that the service itself kept. The trail
names the envelope and who erased it, so that a restored backup can be cleaned again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final, TypeAlias

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from esign.ceremony.about import about_record
from esign.ceremony.domain.refusal import refusal
from esign.ceremony.envelopes import Envelopes
from esign.ceremony.errors import EnvelopeError
from esign.ceremony.models import EnvelopeKeyRow, EnvelopeRow, RecipientRow
from esign.ceremony.screens import records_of
from esign.infra.models import DataKey
from esign.infra.personal_records import PersonalRecords
from esign.trail.event import Event, EventType, plain_payload
from esign.trail.log import Trail, read_stream, stream_version
from esign.trail.vocabulary import Vocabulary

STREAM: Final = "erasures"
ERASED: Final = EventType("evidence.erased")
VOCABULARY: Final = Vocabulary((ERASED,))
CERTIFICATE: Final = "crt_"


def certificate_record(envelope: str) -> str:
    """Return the id of the record under whose key the envelope's completion certificate is kept."""
    return f"{CERTIFICATE}{envelope.removeprefix('env_')}"


RecordsAbout: TypeAlias = Callable[[Session, Collection[str]], Sequence[str]]
"""Names the records that another room keeps about these subjects: envelope and recipients."""


def nothing_else(_session: Session, _subjects: Collection[str]) -> Sequence[str]:
    """Know no other room: for tests of this one."""
    return ()


class Eraser:
    """Erases what was kept of people in an envelope that is over."""

    def __init__(
        self,
        envelopes: Envelopes,
        records: PersonalRecords,
        trail: Trail,
        records_about: RecordsAbout = nothing_else,
    ) -> None:
        """`trail` is one whose vocabulary has `evidence.erased`."""
        self._envelopes = envelopes
        self._records = records
        self._trail = trail
        self._records_about = records_about

    def erase(self, envelope: str, *, by: str, approved_by: str, reason: str, now: datetime) -> int:
        """Erase the envelope's private evidence; return how many records that were. Doing it again erases none.

        `by` and `approved_by` are the ids of two people, `reason` is a code. Raises `Refusal` (`no-envelope`,
        `own-approval`), `EnvelopeError` (`envelope-not-over`: what is being signed is still needed), `EventRefused`
        for an id or reason that is not one word.
        """
        if by == approved_by:
            raise refusal("own-approval")
        with self._envelopes.database.transaction() as session:
            state = self._envelopes.get(session, envelope)
            if not state.ended:
                raise EnvelopeError(
                    "envelope-not-over", "the envelope is not over yet", "complete or void it first, then erase"
                )
            had_key = session.get(EnvelopeKeyRow, envelope) is not None
            count = self._erase(session, envelope, now)
            if had_key or count:
                event = ERASED(envelope=envelope, by=by, approved_by=approved_by, reason=reason, records=count)
                version = stream_version(session, STREAM)
                self._trail.append(session, STREAM, version, [event], actor="operator", time=now)
            return count

    def replay(self, *, now: datetime) -> int:
        """Erase anew what the trail says was erased: after a backup was restored. Return how many records were back."""
        with self._envelopes.database.reading() as session:
            erased = dict.fromkeys(str(event.payload["envelope"]) for event in read_stream(session, STREAM))
        back = 0
        for envelope in erased:
            with self._envelopes.database.transaction() as session:
                back += self._erase(session, envelope, now)
        with self._envelopes.database.transaction() as session:
            return back + self._records.replay_erasures(session)

    def _erase(self, session: Session, envelope: str, now: datetime) -> int:
        # Held, so that no screen that is on its way is kept behind the erasure (`Screens.keep`).
        session.execute(select(EnvelopeRow.id).where(EnvelopeRow.id == envelope).with_for_update())
        session.execute(delete(EnvelopeKeyRow).where(EnvelopeKeyRow.envelope == envelope))
        recipients = session.scalars(select(RecipientRow.id).where(RecipientRow.envelope == envelope)).all()
        named = dict.fromkeys(
            (
                *_records_of(envelope, read_stream(session, envelope)),
                *records_of(session, envelope),
                *self._records_about(session, (envelope, *recipients)),
            )
        )
        left = [record for record in named if not self._records.is_erased(session, record)]
        for record in left:
            self._records.erase(session, record, at=now)
        return len(left) + self._erase_certificate(session, envelope, now)

    def _erase_certificate(self, session: Session, envelope: str, now: datetime) -> int:
        """Erase the completion certificate, which names people; where there is none, there will be none any more."""
        record = certificate_record(envelope)
        was_there = session.get(DataKey, record) is not None
        self._records.erase(session, record, at=now)
        return int(was_there)


def _records_of(envelope: str, events: Iterable[Event]) -> Iterator[str]:
    """Yield every record with people's data that the envelope ever named: also captures that were made anew."""
    yield about_record(envelope)
    for event in events:
        payload = plain_payload(event)
        yield from (str(payload[name]) for name in ("person", "record", "note") if payload.get(name) is not None)
        yield from (str(planned["person"]) for planned in payload.get("recipients", ()))
