"""Erasing: an envelope's private evidence, for good and everywhere, while its signatures stay valid.

Deleting the wrapped envelope key is what erases: nobody opens sealed items any more, in whatever copy of the PDF they
are (SIGNING.md, Private evidence and erasure). With it go the working copies that the service itself kept, and where
that is asked for, the documents. The trail names the envelope and who erased it, so that a restored backup can be
cleaned again. Nothing under a legal hold is erased.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from esign.ceremony.about import about_record
from esign.ceremony.domain.refusal import refusal
from esign.ceremony.domain.state import Envelope
from esign.ceremony.domain.values import PhotoPlacement
from esign.ceremony.envelopes import Envelopes
from esign.ceremony.erasing_documents import are_erased, erase_documents
from esign.ceremony.errors import EnvelopeError
from esign.ceremony.models import EnvelopeKeyRow, EnvelopeRow, RecipientRow
from esign.ceremony.screens import records_of
from esign.completion.models import CompletionCertificate
from esign.infra.models import DataKey
from esign.infra.personal_records import PersonalRecords
from esign.trail.event import Event, EventType, NewEvent, plain_payload
from esign.trail.log import COLUMNS, Trail, event_of_row, read_stream, stream_version
from esign.trail.models import TrailEvent
from esign.trail.vocabulary import Vocabulary

STREAM: Final = "erasures"
ERASED: Final = EventType("evidence.erased")
PHOTOS_ERASED: Final = EventType("photo.erased")
"""`whole` tells that no copy of the face is left, not even a sealed one; `left` of how many recipients one still is."""
DOCUMENTS_ERASED: Final = EventType("documents.erased")
VOCABULARY: Final = Vocabulary((ERASED, PHOTOS_ERASED, DOCUMENTS_ERASED))
CERTIFICATE: Final = "crt_"
RecordsAbout: TypeAlias = Callable[[Session, Collection[str]], Sequence[str]]
"""Names the records that another room keeps about these subjects: envelope and recipients."""
IsHeld: TypeAlias = Callable[[Session, str], bool]
"""Tells of an envelope's id whether a legal hold is on it."""


@dataclass(frozen=True)
class Order:
    """Who has something erased: two ids, and a reason (a code). `approved_by` is None where there were no two yet."""

    by: str
    approved_by: str | None
    reason: str
    actor: str = "operator"


@dataclass(frozen=True)
class Erased:
    """What was erased: so many records, and blobs to be deleted once that is committed."""

    records: int
    blobs: Sequence[str] = field(default=())

    def __add__(self, other: Erased) -> Erased:
        return Erased(self.records + other.records, (*self.blobs, *other.blobs))


def nothing_else(_session: Session, _subjects: Collection[str]) -> Sequence[str]:
    """Know no other room: for tests of this one."""
    return ()


def never_held(_session: Session, _envelope: str) -> bool:
    """Know no legal holds: for tests of this room."""
    return False


def certificate_record(envelope: str) -> str:
    """Return the id of the record under whose key the envelope's completion certificate is kept."""
    return f"{CERTIFICATE}{envelope.removeprefix('env_')}"


class Eraser:
    """Erases what was kept of people in an envelope that is over."""

    def __init__(
        self,
        envelopes: Envelopes,
        records: PersonalRecords,
        trail: Trail,
        records_about: RecordsAbout = nothing_else,
        is_held: IsHeld = never_held,
        bundles_of: RecordsAbout = nothing_else,
    ) -> None:
        """`trail` is one whose vocabulary has the events of this room. `bundles_of` names the bundles that are kept of
        envelopes: they hold the photos, and go with them; `records_about` names them too."""
        self._envelopes = envelopes
        self._records = records
        self._trail = trail
        self._records_about = records_about
        self._is_held = is_held
        self._bundles_of = bundles_of

    def erase(self, envelope: str, *, by: str, approved_by: str, reason: str, now: datetime) -> int:
        """Erase the envelope's private evidence; return how many records that were. Doing it again erases none.

        `by` and `approved_by` are the ids of two people, `reason` is a code. Raises `Refusal` (`no-envelope`,
        `own-approval`), `EnvelopeError` (`envelope-not-over`: what is being signed is still needed; `legal-hold`),
        `EventRefused` for an id or reason that is not one word.
        """
        with self._envelopes.database.transaction() as session:
            return self.erase_evidence(session, envelope, Order(by, approved_by, reason), now=now).records

    def erase_evidence(self, session: Session, envelope: str, order: Order, *, now: datetime) -> Erased:
        """Do as `erase` does, in the caller's transaction.

        What is gone already, and of which the trail does not tell (a restore erased it anew), is told now.
        """
        self._require_erasable(session, envelope, order)
        had_key = session.get(EnvelopeKeyRow, envelope) is not None
        erased = self._erase(session, envelope, now)
        if had_key or erased.records or not self._is_told(session, ERASED, envelope):
            event = ERASED(
                envelope=envelope,
                by=order.by,
                approved_by=order.approved_by,
                reason=order.reason,
                records=erased.records,
            )
            self._tell(session, [event], order, now)
        return erased

    def erase_documents(self, session: Session, envelope: str, order: Order, *, now: datetime) -> Erased:
        """Erase the envelope's documents, in the caller's transaction. Raises as `erase` does."""
        self._require_erasable(session, envelope, order)
        gone = are_erased(session, self._records.data_keys, envelope)
        if gone and self._is_told(session, DOCUMENTS_ERASED, envelope):
            return Erased(0)
        erased = Erased(0) if gone else self._erase_documents(session, envelope, now)
        event = DOCUMENTS_ERASED(
            envelope=envelope,
            by=order.by,
            approved_by=order.approved_by,
            reason=order.reason,
            records=erased.records,
        )
        self._tell(session, [event], order, now)
        return erased

    def erase_photos(
        self, session: Session, envelope: str, order: Order, *, now: datetime, of: Collection[str] | None = None
    ) -> Erased:
        """Erase the photos that the service itself can show, of these recipients or of all. Raises as `erase` does.

        Where the PDF holds the digest alone, no copy is left: bundles that are kept of the envelope go as well. Where
        the PDF holds the photo sealed, that copy lasts as long as the envelope's key, and where it is visible, as long
        as the document.
        """
        state = self._require_erasable(session, envelope, order)
        whole = state.settings.photo_placement is PhotoPlacement.DIGEST_ONLY
        recipients, records = _photos(read_stream(session, envelope), of, with_confirmations=whole)
        left = self._erase_photos(session, envelope, records, now, whole=whole)
        if left or (of is None and not self._is_told(session, PHOTOS_ERASED, envelope)):
            event = PHOTOS_ERASED(
                envelope=envelope,
                recipients=recipients,
                by=order.by,
                approved_by=order.approved_by,
                reason=order.reason,
                records=left,
                whole=whole,
                left=self._with_photos(session, envelope),
            )
            self._tell(session, [event], order, now)
        return Erased(left)

    def replay(self, *, now: datetime, told: Iterable[Event] = ()) -> Erased:
        """Erase anew what the trail says was erased: after a backup was restored. Return what was back.

        `told` are further events of erasures, of a trail that went on after the backup was made. Holds are not asked:
        what was erased before stays erased.
        """
        with self._envelopes.database.reading() as session:
            events = [*read_stream(session, STREAM), *told]
        back = Erased(0)
        for event in events:  # each of them: of photos, every event names its own recipients
            with self._envelopes.database.transaction() as session:
                back += self._again(session, event, now)
        with self._envelopes.database.transaction() as session:
            return back + Erased(self._records.replay_erasures(session))

    def _again(self, session: Session, event: Event, now: datetime) -> Erased:
        envelope, payload = str(event.payload["envelope"]), plain_payload(event)
        if session.get(EnvelopeRow, envelope, with_for_update=True) is None:
            return Erased(0)
        if event.type == ERASED.name:
            return self._erase(session, envelope, now)
        if event.type == DOCUMENTS_ERASED.name:
            if are_erased(session, self._records.data_keys, envelope):
                return Erased(0)
            return self._erase_documents(session, envelope, now)
        stream = read_stream(session, envelope)
        _recipients, records = _photos(stream, payload["recipients"], with_confirmations=payload["whole"])
        return Erased(self._erase_photos(session, envelope, records, now, whole=bool(payload["whole"])))

    def _require_erasable(self, session: Session, envelope: str, order: Order) -> Envelope:
        if order.by == order.approved_by:
            raise refusal("own-approval")
        state = self._envelopes.get(session, envelope)
        # Held, so that no screen that is on its way is kept behind the erasure (`Screens.keep`), and no legal hold
        # is set between the look at it and the erasure.
        session.execute(select(EnvelopeRow.id).where(EnvelopeRow.id == envelope).with_for_update())
        if not state.ended:
            raise EnvelopeError(
                "envelope-not-over", "the envelope is not over yet", "complete or void it first, then erase"
            )
        if self._is_held(session, envelope):
            raise EnvelopeError(
                "legal-hold", "the envelope is under a legal hold", "have two people lift the hold, then erase"
            )
        return state

    def _is_told(self, session: Session, type_: EventType, envelope: str) -> bool:
        """Tell whether the trail says that all of this was erased. Not by reading every erasure there ever was."""
        named = TrailEvent.payload.contains(f'"envelope":"{envelope}"', autoescape=True)
        chosen = select(*COLUMNS).where(TrailEvent.stream == STREAM, TrailEvent.type == type_.name, named)
        events = [event_of_row(row[:]) for row in session.execute(chosen)]
        return any(event.payload["envelope"] == envelope and not event.payload.get("left") for event in events)

    def _tell(self, session: Session, events: Sequence[NewEvent], order: Order, now: datetime) -> None:
        version = stream_version(session, STREAM)
        self._trail.append(session, STREAM, version, events, actor=order.actor, time=now)

    def _erase_photos(
        self, session: Session, envelope: str, photos: Iterable[str], now: datetime, *, whole: bool
    ) -> int:
        """Erase the photos that are still there, and where `whole`, the bundles with them; return how many records."""
        left = [record for record in photos if not self._records.is_erased(session, record)]
        if left and whole:
            kept = self._bundles_of(session, [envelope])
            left += [record for record in kept if not self._records.is_erased(session, record)]
        for record in left:
            self._records.erase(session, record, at=now)
        return len(left)

    def _with_photos(self, session: Session, envelope: str) -> int:
        """Return of how many recipients the service can still show a photo."""
        photos = [event for event in read_stream(session, envelope) if event.type == "recipient.photographed"]
        kept = [one for one in photos if not self._records.is_erased(session, str(one.payload["record"]))]
        return len({str(one.payload["recipient"]) for one in kept})

    def _erase(self, session: Session, envelope: str, now: datetime) -> Erased:
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
        return Erased(len(left)) + self._erase_certificate(session, envelope, now)

    def _erase_documents(self, session: Session, envelope: str, now: datetime) -> Erased:
        """Erase the documents, and what was made of them: the certificate, and what other rooms keep."""
        recipients = session.scalars(select(RecipientRow.id).where(RecipientRow.envelope == envelope)).all()
        for record in self._records_about(session, (envelope, *recipients)):
            self._records.erase(session, record, at=now)
        certificate = self._erase_certificate(session, envelope, now)
        blobs = erase_documents(session, self._records.data_keys, envelope, at=now)
        return Erased(len(blobs), (*blobs, *certificate.blobs))

    def _erase_certificate(self, session: Session, envelope: str, now: datetime) -> Erased:
        """Erase the completion certificate, which names people; where there is none, there will be none any more."""
        record = certificate_record(envelope)
        was_there = session.get(DataKey, record) is not None
        self._records.erase(session, record, at=now)
        if not was_there:
            return Erased(0)
        return Erased(1, tuple(session.scalars(select(CompletionCertificate.blob).filter_by(envelope=envelope))))


def _photos(
    events: Iterable[Event], of: Collection[str] | None, *, with_confirmations: bool
) -> tuple[list[str], list[str]]:
    """Return the recipients who were photographed, and the records with their photos.

    A confirmation holds the photo, too: sealed to the envelope's key, where the PDF has the digest alone.
    """
    stream = list(events)
    photographed = [one for one in stream if one.type == "recipient.photographed"]
    recipients = {str(one.payload["recipient"]) for one in photographed}
    chosen = recipients if of is None else recipients & set(of)
    kinds = {"recipient.photographed"} | ({"recipient.confirmed"} if with_confirmations else set())
    records = [str(one.payload["record"]) for one in stream if one.type in kinds and one.payload["recipient"] in chosen]
    return sorted(chosen), list(dict.fromkeys(records))


def _records_of(envelope: str, events: Iterable[Event]) -> Iterator[str]:
    """Yield every record with people's data that the envelope ever named: also captures that were made anew."""
    yield about_record(envelope)
    for event in events:
        payload = plain_payload(event)
        yield from (str(payload[name]) for name in ("person", "record", "note") if payload.get(name) is not None)
        yield from (str(planned["person"]) for planned in payload.get("recipients", ()))
