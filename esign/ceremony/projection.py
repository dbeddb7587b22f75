"""The rows that people query, each made from an envelope as it stands, so that they can be made again at any time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Update, bindparam, delete, update
from sqlalchemy.orm import Session

from esign.ceremony.domain import Envelope, deadlines, event_of, evolve
from esign.ceremony.domain.state import DocumentProgress, Recipient, Signal
from esign.ceremony.models import DocumentRow, EnvelopeRow, RecipientRow
from esign.ceremony.signal_models import SignalRow
from esign.infra.database import Base
from esign.infra.statements import forget_rows, insert_or_change, rows_changed, table_of
from esign.trail.consumers import Projection
from esign.trail.event import Event, LoggedEvent
from esign.trail.log import read_stream

PREFIX = "env_"


def _change_of(model: type[Base]) -> Update:
    table = table_of(model)
    return update(table).where(table.c.id == bindparam("row"))


_CHANGE: Final[Mapping[type[Base], Update]] = {
    model: _change_of(model) for model in (EnvelopeRow, RecipientRow, DocumentRow)
}
_MOVING: Final = ("state", "version", "updated_at", "due_at")
_MAKE_ENVELOPE: Final = insert_or_change(EnvelopeRow, *_MOVING)
_MAKE_CREATED: Final = insert_or_change(EnvelopeRow, *_MOVING, "created_at")
"""While all rows are made anew, a later event may have made the row of one that is created."""
_MAKE_RECIPIENTS: Final = insert_or_change(
    RecipientRow, "number", "role", "signing_group", "state", "person", "device", unless_none=("signed_at",)
)
_MAKE_DOCUMENTS: Final = insert_or_change(DocumentRow, "current", "sealed")


def project(session: Session, before: Envelope | None, envelope: Envelope, recorded: Sequence[Event]) -> None:
    """Bring the rows to the envelope as it stands after these events, in the caller's transaction.

    `before` is how it stood: what did not change is not written, and nothing is read.
    """
    if before is None or not _update_rows(session, before, envelope, recorded):
        _make_rows(session, envelope, recorded)
    _project_signals(session, () if before is None else before.signals, envelope)


def _project_signals(session: Session, before: Sequence[Signal], envelope: Envelope) -> None:
    """Write the signals that were raised or cleared."""
    if envelope.signals == before:
        return
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
    earlier = {one.id: one for one in before.recipients}
    if earlier.keys() != {one.id for one in envelope.recipients}:
        return False
    if not _change(session, EnvelopeRow, envelope.id, _envelope_values(envelope, recorded[-1])):
        return False
    signed = _signing_times(recorded)
    for recipient in envelope.recipients:
        values = _recipient_values(recipient)
        if recipient.id in signed:
            values["signed_at"] = signed[recipient.id]
        elif values == _recipient_values(earlier[recipient.id]):
            continue
        if not _change(session, RecipientRow, recipient.id, values):
            return False
    for document, was in zip(envelope.documents, before.documents, strict=True):
        values = _document_values(document)
        if values != _document_values(was) and not _change(session, DocumentRow, document.plan.id, values):
            return False
    return True


def _change(session: Session, model: type[Base], row: str, values: Mapping[str, object]) -> bool:
    """Change a row; return whether it was there."""
    forget_rows(session, model, [row])
    return rows_changed(session.execute(_CHANGE[model], {"row": row, **values})) == 1


def _envelope_values(envelope: Envelope, last: Event) -> dict[str, object]:
    """Return what can change of an envelope's row."""
    return {
        "state": envelope.state.value,
        "version": last.version,
        "updated_at": last.time,
        "due_at": min((due.at for due in deadlines(envelope)), default=None),
    }


def _recipient_values(recipient: Recipient) -> dict[str, object]:
    """Return what can change of a recipient's row, but for the time of signing."""
    return {
        "state": recipient.state.value,
        "person": recipient.plan.person,
        "device": recipient.session.device,
    }


def _document_values(document: DocumentProgress) -> dict[str, object]:
    """Return what can change of a document's row."""
    return {"current": document.current, "sealed": document.sealed}


def _signing_times(recorded: Iterable[Event]) -> dict[str, datetime]:
    return {str(e.payload["recipient"]): e.time for e in recorded if e.type == "recipient.signed"}


def _make_rows(session: Session, envelope: Envelope, recorded: Sequence[Event]) -> None:
    """Make the rows, or make them right, whichever of them are there."""
    first, last, signed = recorded[0], recorded[-1], _signing_times(recorded)
    row = {
        "id": envelope.id,
        "client": envelope.client,
        "external_id": envelope.settings.external_id,
        "institution": envelope.institution,
        "salesperson": envelope.salesperson,
        "mode": envelope.settings.mode.value,
        "created_at": first.time,
        "expires_at": envelope.settings.expires_at,
        **_envelope_values(envelope, last),
    }
    recipients = [
        {
            "id": one.id,
            "envelope": envelope.id,
            "number": number,
            "role": one.plan.role.value,
            "signing_group": one.plan.group,
            "signed_at": signed.get(one.id),
            **_recipient_values(one),
        }
        for number, one in enumerate(envelope.recipients, start=1)
    ]
    documents = [
        {
            "id": one.plan.id,
            "envelope": envelope.id,
            "number": number,
            "pages": one.plan.pages,
            "original": one.plan.original,
            "prepared": one.plan.prepared,
            **_document_values(one),
        }
        for number, one in enumerate(envelope.documents, start=1)
    ]
    session.execute(_MAKE_CREATED if first.version == 1 else _MAKE_ENVELOPE, row)
    session.execute(_MAKE_RECIPIENTS, recipients)
    session.execute(_MAKE_DOCUMENTS, documents)
    forget_rows(session, EnvelopeRow, [envelope.id])
    forget_rows(session, RecipientRow, [one.id for one in envelope.recipients])
    forget_rows(session, DocumentRow, [one.plan.id for one in envelope.documents])


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
