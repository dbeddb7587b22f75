"""The rows that people query, each made from an envelope as it stands, so that they can be made again at any time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Update, delete, update
from sqlalchemy.orm import Session

from esign.ceremony.domain import Envelope, deadlines, event_of, evolve
from esign.ceremony.domain.state import DocumentProgress, Recipient, Signal
from esign.ceremony.models import DocumentRow, EnvelopeRow, RecipientRow
from esign.ceremony.signal_models import SignalRow
from esign.infra.statements import rows_changed
from esign.trail.consumers import Projection
from esign.trail.event import Event, LoggedEvent
from esign.trail.log import read_stream

PREFIX = "env_"


def project(session: Session, before: Envelope | None, envelope: Envelope, recorded: Sequence[Event]) -> None:
    """Bring the rows to the envelope as it stands after these events, in the caller's transaction.

    `before` is how it stood: what did not change is not written, and nothing is read.
    """
    if before is None or not _update_rows(session, before, envelope, recorded):
        _make_rows(session, envelope, recorded)
    _project_signals(session, () if before is None else before.signals, envelope)


def _project_signals(session: Session, before: Sequence[Signal], envelope: Envelope) -> None:
    """Write the signals that were raised or cleared."""
    for signal in set(envelope.signals) - set(before):
        row = session.get(SignalRow, signal.id)
        if row is None:
            row = SignalRow(
                id=signal.id,
                envelope=envelope.id,
                recipient=signal.recipient,
                finding=signal.finding,
                strength=signal.strength.value,
                holds=signal.finding in envelope.settings.hold_on,
                with_recipient=signal.with_recipient,
                with_envelope=signal.with_envelope,
                with_member=signal.with_member,
                raised_at=signal.at,
            )
            session.add(row)
        row.cleared_at = None if signal.cleared is None else signal.cleared.at
        row.cleared_by = None if signal.cleared is None else signal.cleared.by
    session.flush()


def _update_rows(session: Session, before: Envelope, envelope: Envelope, recorded: Sequence[Event]) -> bool:
    """Write what changed; return whether every row was there to be changed."""
    last, earlier = recorded[-1], {one.id: one for one in before.recipients}
    if earlier.keys() != {one.id for one in envelope.recipients}:
        return False
    changes: list[Update] = [
        update(EnvelopeRow)
        .where(EnvelopeRow.id == envelope.id)
        .values(state=envelope.state.value, version=last.version, updated_at=last.time, due_at=_due_at(envelope))
    ]
    signed = _signing_times(recorded)
    for recipient in envelope.recipients:
        values = _recipient_values(recipient)
        if recipient.id in signed:
            values["signed_at"] = signed[recipient.id]
        elif values == _recipient_values(earlier[recipient.id]):
            continue
        changes.append(update(RecipientRow).where(RecipientRow.id == recipient.id).values(values))
    for document, was in zip(envelope.documents, before.documents, strict=True):
        if (document.current, document.sealed) != (was.current, was.sealed):
            values = {"current": document.current, "sealed": document.sealed}
            changes.append(update(DocumentRow).where(DocumentRow.id == document.plan.id).values(values))
    return all(rows_changed(session.execute(change)) == 1 for change in changes)


def _recipient_values(recipient: Recipient) -> dict[str, object]:
    """Return what can change of a recipient's row, but for the time of signing."""
    return {
        "state": recipient.state.value,
        "person": recipient.plan.person,
        "device": recipient.session.device,
    }


def _due_at(envelope: Envelope) -> datetime | None:
    return min((due.at for due in deadlines(envelope)), default=None)


def _signing_times(recorded: Iterable[Event]) -> dict[str, datetime]:
    return {str(e.payload["recipient"]): e.time for e in recorded if e.type == "recipient.signed"}


def _make_rows(session: Session, envelope: Envelope, recorded: Sequence[Event]) -> None:
    """Make the rows, or make them right, whichever of them are there."""
    times = [(event.version, event.time) for event in recorded]
    version, updated_at = times[-1]
    row = session.get(EnvelopeRow, envelope.id)
    fresh = row is None
    if row is None:
        row = EnvelopeRow(
            id=envelope.id,
            client=envelope.client,
            external_id=envelope.settings.external_id,
            institution=envelope.institution,
            salesperson=envelope.salesperson,
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
    row.due_at = _due_at(envelope)
    signed = _signing_times(recorded)
    for number, recipient in enumerate(envelope.recipients, start=1):
        known = None if fresh else session.get(RecipientRow, recipient.id)
        _project_recipient(session, known, envelope.id, number, recipient, signed.get(recipient.id))
    for number, document in enumerate(envelope.documents, start=1):
        kept = None if fresh else session.get(DocumentRow, document.plan.id)
        _project_document(session, kept, envelope.id, number, document)
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
        project(session, state, after, [event])

    def clear(session: Session) -> None:
        states.clear()
        for model in (SignalRow, RecipientRow, DocumentRow, EnvelopeRow):
            session.execute(delete(model))

    return Projection("envelopes", handle, clear)


def _project_recipient(
    session: Session,
    row: RecipientRow | None,
    envelope: str,
    number: int,
    recipient: Recipient,
    signed_at: datetime | None,
) -> None:
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


def _project_document(
    session: Session, row: DocumentRow | None, envelope: str, number: int, document: DocumentProgress
) -> None:
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
