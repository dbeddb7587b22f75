"""The rows of retention, made from the trail alone: kept up to date by a consumer, and made anew at any time.

Holds and requests are also written by the command that records them, in its transaction: whether something is held
must not wait for a consumer. What the consumer then writes is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from esign.ceremony.erasing import DOCUMENTS_ERASED, ERASED, PHOTOS_ERASED
from esign.retention import events
from esign.retention.models import (
    ConcernedMatter,
    ConcernedRecipient,
    LegalHold,
    PersonRequest,
    RetainedEnvelope,
    StoredFace,
)
from esign.retention.periods import day_of
from esign.trail.consumers import Projection
from esign.trail.event import Event, LoggedEvent, plain_payload

NAME: Final = "retention"
UNFINISHED: Final = "unfinished"
"""The term of an envelope of which no contract came: it stands beside the terms of contracts."""
_OUTCOMES: Final = {
    "envelope.completed": "completed",
    "envelope.declined": "declined",
    "envelope.expired": "expired",
    "envelope.voided": "voided",
}
_OWN: Final = frozenset(one.name for one in events.VOCABULARY)
Payload = Mapping[str, Any]


def retention_projection() -> Projection:
    """Return the projection over the whole trail."""

    def handle(session: Session, logged: LoggedEvent) -> None:
        project(session, logged.event)

    def clear(session: Session) -> None:
        for model in (RetainedEnvelope, StoredFace, LegalHold, ConcernedRecipient, ConcernedMatter, PersonRequest):
            session.execute(delete(model))

    return Projection(NAME, handle, clear)


def project(session: Session, event: Event) -> None:
    """Bring the rows to where they stand after this event. Doing it again changes nothing."""
    handler = _HANDLERS.get(event.type)
    if handler is not None:
        handler(session, event, plain_payload(events.VOCABULARY.current(event) if event.type in _OWN else event))


def _created(session: Session, event: Event, told: Payload) -> None:
    if session.get(RetainedEnvelope, event.stream) is None:
        owner = (told.get("institution"), told.get("salesperson"))
        row = RetainedEnvelope(envelope=event.stream, client=told["client"], institution=owner[0], salesperson=owner[1])
        session.add(row)
        session.flush()


def _photographed(session: Session, event: Event, told: Payload) -> None:
    if session.get(StoredFace, told["recipient"]) is None:
        session.add(StoredFace(recipient=told["recipient"], envelope=event.stream))
        session.flush()


def _over(session: Session, event: Event, _told: Payload) -> None:
    row, outcome = session.get(RetainedEnvelope, event.stream), _OUTCOMES[event.type]
    if row is None or row.outcome is not None:
        return
    row.outcome, row.over_at = outcome, event.time
    if outcome != "completed":
        row.term, row.counts_from = UNFINISHED, day_of(event.time).isoformat()
    face = select(StoredFace.recipient).where(StoredFace.envelope == event.stream).limit(1)
    row.photos_since = event.time if session.scalar(face) is not None else None
    session.flush()


def _contract_ended(session: Session, event: Event, told: Payload) -> None:
    row = _row(session, event)
    if row is not None:
        row.term, row.ended_on = told["term"], told["ended_on"]
        row.counts_from = None if row.erased_at and row.documents_erased_at else told["ended_on"]
        row.proposed_at = None
        session.flush()


def _contract_resumed(session: Session, event: Event, _told: Payload) -> None:
    row = _row(session, event)
    if row is not None:
        row.term = row.ended_on = row.counts_from = row.proposed_at = None
        session.flush()


def _proposed(session: Session, event: Event, _told: Payload) -> None:
    row = _row(session, event)
    if row is not None:
        row.proposed_at = event.time
        session.flush()


def _evidence_erased(session: Session, event: Event, told: Payload) -> None:
    _erased(session, told["envelope"], event.time, evidence=True)
    session.execute(delete(StoredFace).where(StoredFace.envelope == told["envelope"]))


def _documents_erased(session: Session, event: Event, told: Payload) -> None:
    _erased(session, told["envelope"], event.time, documents=True)


def _erased(session: Session, envelope: str, at: datetime, *, evidence: bool = False, documents: bool = False) -> None:
    row = session.get(RetainedEnvelope, envelope)
    if row is None:
        return
    if evidence:
        row.erased_at, row.photos_since = row.erased_at or at, None
    if documents:
        row.documents_erased_at = row.documents_erased_at or at
    row.proposed_at = None
    if row.erased_at and row.documents_erased_at:
        row.counts_from = None
    session.flush()


def _photos_erased(session: Session, _event: Event, told: Payload) -> None:
    """Of a photo that is also sealed in the PDF, the face is stored until the envelope's key is gone."""
    if told["whole"]:
        session.execute(delete(StoredFace).where(StoredFace.recipient.in_(told["recipients"])))
    row = session.get(RetainedEnvelope, told["envelope"])
    if row is not None:
        row.photos_since = row.photos_since if told["left"] else None
        row.proposed_at = None
        session.flush()


def _hold_set(session: Session, event: Event, told: Payload) -> None:
    if session.get(LegalHold, event.stream) is None:
        hold = LegalHold(
            id=event.stream,
            subject=told["subject"],
            reason=told["reason"],
            words=told["words"],
            set_by=told["by"],
            set_at=event.time,
            review_on=told["review_on"],
        )
        session.add(hold)
        session.flush()


def _hold_lifted(session: Session, event: Event, told: Payload) -> None:
    hold = session.get(LegalHold, event.stream)
    if hold is not None:
        hold.lifted_at, hold.lifted_by, hold.approved_by = event.time, told["by"], told["approved_by"]
        session.flush()


def _request_received(session: Session, event: Event, told: Payload) -> None:
    if session.get(PersonRequest, event.stream) is not None:
        return
    session.add(
        PersonRequest(
            id=event.stream,
            kind=told["kind"],
            channel=told["channel"],
            institution=told["institution"],
            person=told["person"],
            state="received",
            received_at=event.time,
            due_on=told["due_on"],
            received_by=told["by"],
        )
    )
    for recipient, envelope in told["concerns"]:
        session.add(ConcernedRecipient(request=event.stream, recipient=recipient, envelope=envelope))
    for matter in told["matters"]:
        session.add(ConcernedMatter(request=event.stream, matter=matter))
    session.flush()


def _request_answered(session: Session, event: Event, told: Payload) -> None:
    row = session.get(PersonRequest, event.stream)
    if row is None:
        return
    row.state, row.outcome, row.answer_words = "answered", told["outcome"], told["words"]
    row.answered_at, row.answered_by = event.time, told["by"]
    # Recipients and matters stand in one list: their ids begin differently.
    for name in ("restricted", "corrected"):
        recipients = ConcernedRecipient.request == event.stream, ConcernedRecipient.recipient.in_(told[name])
        matters = ConcernedMatter.request == event.stream, ConcernedMatter.matter.in_(told[name])
        for marked in (update(ConcernedRecipient).where(*recipients), update(ConcernedMatter).where(*matters)):
            session.execute(marked.values({name: True}).execution_options(synchronize_session=False))
    session.flush()
    session.expire_all()


def _request_collected(session: Session, event: Event, _told: Payload) -> None:
    row = session.get(PersonRequest, event.stream)
    if row is not None:
        row.collected_at = row.collected_at or event.time
        session.flush()


def _request_forgotten(session: Session, event: Event, _told: Payload) -> None:
    row = session.get(PersonRequest, event.stream)
    if row is not None:
        row.state = "forgotten"
        session.flush()


def _row(session: Session, event: Event) -> RetainedEnvelope | None:
    envelope = events.envelope_of(event.stream)
    return None if envelope is None else session.get(RetainedEnvelope, envelope)


_HANDLERS: Final[Mapping[str, Callable[[Session, Event, Payload], None]]] = {
    "envelope.created": _created,
    "recipient.photographed": _photographed,
    **dict.fromkeys(_OUTCOMES, _over),
    events.CONTRACT_ENDED.name: _contract_ended,
    events.CONTRACT_RESUMED.name: _contract_resumed,
    events.ERASURE_PROPOSED.name: _proposed,
    ERASED.name: _evidence_erased,
    PHOTOS_ERASED.name: _photos_erased,
    DOCUMENTS_ERASED.name: _documents_erased,
    events.HOLD_SET.name: _hold_set,
    events.HOLD_LIFTED.name: _hold_lifted,
    events.REQUEST_RECEIVED.name: _request_received,
    events.REQUEST_ANSWERED.name: _request_answered,
    events.REQUEST_COLLECTED.name: _request_collected,
    events.REQUEST_FORGOTTEN.name: _request_forgotten,
}
