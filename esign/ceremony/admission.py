"""Who a session token is of, as things stand: asked for every act of a recipient's, and for every look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from esign.ceremony.domain import Envelope, Recipient
from esign.ceremony.domain.refusal import Refusal
from esign.ceremony.domain.values import Presence
from esign.ceremony.entrance import SESSION_LIFE
from esign.ceremony.envelopes import Envelopes
from esign.ceremony.errors import LinkRefused
from esign.ceremony.handovers import Handovers
from esign.ceremony.tokens import SessionToken, Tokens
from esign.infra.clock import ClientClocks


@dataclass(frozen=True)
class Admitted:
    """Who a session is of, as things stand: the envelope, the recipient, the device, the client's time."""

    envelope: Envelope
    recipient: Recipient
    device: str
    now: datetime


class Admission:
    """Admits session tokens, in the caller's transaction.

    Each method raises `LinkRefused`: `session-unknown`, `session-over`, `another-device`, and `handover-over` for a
    session on a tablet that was given back.
    """

    def __init__(self, envelopes: Envelopes, tokens: Tokens, clocks: ClientClocks, handovers: Handovers) -> None:
        self._envelopes = envelopes
        self._tokens = tokens
        self._clocks = clocks
        self._handovers = handovers

    def known(self, token: str) -> SessionToken:
        """Return whose session it is, which we made; whether it goes on is not looked at yet."""
        known = self._tokens.read_session(token)
        if known is None:
            raise _no_session()
        return known

    def home_of(self, known: SessionToken) -> str:
        """Return the envelope in which the recipient of the session is."""
        try:
            return self._envelopes.home_of(known.recipient)
        except Refusal as refused:
            raise _no_session() from refused

    def admitted(self, session: Session, token: str) -> Admitted:
        """Return who the session is of."""
        known = self.known(token)
        envelope = self._envelopes.find_of_recipient(session, known.recipient)
        if envelope is None:
            raise _no_session()
        return self.admitted_to(session, known, envelope)

    def admitted_to(self, session: Session, known: SessionToken, envelope: Envelope) -> Admitted:
        """Return who the session is of, in this envelope."""
        recipient = envelope.find(known.recipient)
        if recipient is None:
            raise _no_session()
        identity = recipient.session.identity
        if recipient.session.device != known.device or identity is None:
            raise LinkRefused("another-device", "the ceremony goes on elsewhere now", "answer a new code to go on here")
        if identity.presence is Presence.IN_PERSON:
            self._handovers.require_open_on(session, known.device)
        now = self._clocks.now(session, envelope.client)
        if not identity.at <= now < identity.at + SESSION_LIFE:
            raise LinkRefused("session-over", "the session has lasted its time", "answer a new code; nothing is lost")
        return Admitted(envelope, recipient, known.device, now)


def _no_session() -> LinkRefused:
    return LinkRefused("session-unknown", "this is no session of ours", "open the link and answer a new code")
