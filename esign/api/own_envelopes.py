"""A client's own envelopes: found, read and changed. Another's id finds nothing, exactly as one that nobody has."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.api.call import Call, Reply
from esign.ceremony.domain import Envelope, Recipient
from esign.ceremony.domain.commands import Command
from esign.ceremony.domain.refusal import refusal
from esign.ceremony.domain.values import EnvelopeMode
from esign.ceremony.envelopes import Change
from esign.ceremony.models import DocumentRow, EnvelopeRow
from esign.service import Service


class OwnEnvelopes:
    """What operations do with envelopes of whoever calls."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def row(self, session: Session, call: Call, envelope: str) -> EnvelopeRow:
        """Return the envelope's row. Raises `Refusal` (`no-envelope`)."""
        chosen = EnvelopeRow.id == envelope, EnvelopeRow.client == call.client.client
        row = session.scalars(select(EnvelopeRow).where(*chosen)).one_or_none()
        if row is None:
            raise refusal("no-envelope")
        return row

    def get(self, session: Session, call: Call, envelope: str) -> Envelope:
        """Return the envelope as it stands. Raises `Refusal` (`no-envelope`)."""
        return self._service.envelopes.get(session, self.row(session, call, envelope).id)

    def recipient(self, session: Session, call: Call) -> tuple[Envelope, Recipient]:
        """Return what a path with `<envelope>` and `<recipient>` names.

        Raises `Refusal` (`no-envelope`, `no-recipient`).
        """
        envelope = self.get(session, call, call.path["envelope"])
        return envelope, find(envelope, call.path["recipient"])

    def document(self, session: Session, call: Call) -> tuple[EnvelopeRow, DocumentRow]:
        """Return what a path with `<document>` names. Raises `Refusal` (`no-document`)."""
        found = session.execute(
            select(EnvelopeRow, DocumentRow)
            .join(DocumentRow, DocumentRow.envelope == EnvelopeRow.id)
            .where(DocumentRow.id == call.path["document"], EnvelopeRow.client == call.client.client)
        ).one_or_none()
        if found is None:
            raise refusal("no-document")
        return found[0], found[1]

    def now(self, session: Session, call: Call) -> datetime:
        """Return the client's time, which in test mode it may have moved."""
        return self._service.clocks.now(session, call.client.client)

    def change(
        self,
        call: Call,
        command_of: Callable[[Session, Envelope, datetime], Command],
        reply_of: Callable[[Session, Change], Reply],
    ) -> Reply:
        """Do to the path's `<envelope>` what `command_of` makes of it as it stands and the client's time.

        What `reply_of` tells of it is kept for a repeated request in the same transaction. Raises `Refusal`.
        """
        with self._service.ports.database.reading() as session:
            envelope = self.row(session, call, call.path["envelope"]).id
        replies: list[Reply] = []

        def command(session: Session, state: Envelope) -> Command:
            return command_of(session, state, self.now(session, call))

        def keep(session: Session, change: Change) -> None:
            replies.append(call.keep(session, reply_of(session, change)))

        self._service.envelopes.change(envelope, command, actor=actor(call), beside=keep)
        return replies[-1]


def find(envelope: Envelope, recipient: str) -> Recipient:
    """Return the recipient. Raises `Refusal` (`no-recipient`)."""
    found = envelope.find(recipient)
    if found is None:
        raise refusal("no-recipient")
    return found


def actor(call: Call) -> str:
    """Return how the trail names who calls."""
    return f"client:{call.client.client}"


def mode(call: Call) -> EnvelopeMode:
    """Return the mode of what the client makes."""
    return EnvelopeMode(call.client.mode)
