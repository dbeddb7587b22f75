"""The rows that people query, each made from an envelope as it stands, so that they can be made again at any time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from esign.ceremony.domain import Envelope, deadlines, event_of, evolve
from esign.ceremony.domain.state import DocumentProgress, Recipient
from esign.ceremony.models import DocumentRow, EnvelopeRow, RecipientRow
from esign.trail.consumers import Projection
from esign.trail.event import Event, LoggedEvent
from esign.trail.log import read_stream

PREFIX = "env_"


def project(session: Session, envelope: Envelope, recorded: Iterable[Event]) -> None:
    """Bring the rows to the envelope as it stands after these events, in the caller's transaction."""
    times = [(event.version, event.time, event) for event in recorded]
    version, updated_at, _last = times[-1]
    row = session.get(EnvelopeRow, envelope.id)
    if row is None:
        row = EnvelopeRow(
            id=envelope.id,
            client=envelope.client,
            external_id=envelope.settings.external_id,
            mode=envelope.settings.mode.value,
            created_at=times[0][1],
            expires_at=envelope.settings.expires_at,
        )
        session.add(row)
    if times[0][0] == 1:  # while all rows are made anew, a later event may have made this one
        row.created_at = times[0][1]
    row.state = envelope.state.value
    row.version = version
    row.updated_at = updated_at
    row.due_at = min((due.at for due in deadlines(envelope)), default=None)
    signed = {str(e.payload["recipient"]): at for _version, at, e in times if e.type == "recipient.signed"}
    for number, recipient in enumerate(envelope.recipients, start=1):
        _project_recipient(session, envelope.id, number, recipient, signed.get(recipient.id))
    for number, document in enumerate(envelope.documents, start=1):
        _project_document(session, envelope.id, number, document)
    session.flush()


def envelope_projection() -> Projection:
    """Return the projection over the whole trail, for rebuilding the rows."""
    states: dict[str, tuple[int, Envelope]] = {}

    def handle(session: Session, logged: LoggedEvent) -> None:
        event = logged.event
        if not event.stream.startswith(PREFIX):
            return
        version, state = states.pop(event.stream, (0, None))
        if version != event.version - 1:
            state = None
            for earlier in read_stream(session, event.stream)[: event.version - 1]:
                state = evolve(state, event_of(earlier))
        after = evolve(state, event_of(event))
        states[event.stream] = (event.version, after)
        if len(states) > 1000:
            states.pop(next(iter(states)))
        project(session, after, [event])

    def clear(session: Session) -> None:
        states.clear()
        for model in (RecipientRow, DocumentRow, EnvelopeRow):
            session.execute(delete(model))

    return Projection("envelopes", handle, clear)


def _project_recipient(
    session: Session, envelope: str, number: int, recipient: Recipient, signed_at: datetime | None
) -> None:
    row = session.get(RecipientRow, recipient.id)
    if row is None:
        row = RecipientRow(id=recipient.id, envelope=envelope, signed_at=None)
        session.add(row)
    row.number = number
    row.role = recipient.plan.role.value
    row.group = recipient.plan.group
    row.state = recipient.state.value
    row.person = recipient.plan.person
    row.device = recipient.session.device
    row.signed_at = signed_at or row.signed_at


def _project_document(session: Session, envelope: str, number: int, document: DocumentProgress) -> None:
    row = session.get(DocumentRow, document.plan.id)
    if row is None:
        row = DocumentRow(
            id=document.plan.id,
            envelope=envelope,
            number=number,
            pages=document.plan.pages,
            original=document.plan.original,
            prepared=document.plan.prepared,
        )
        session.add(row)
    row.current = document.current
    row.sealed = document.sealed
