"""Signals of signing for somebody else as the client sees them: what was found, and never whom else it concerns.

Another envelope may be another client's, and a member of staff is none of the client's business: a client learns of
other recipients only where they are in the same envelope.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from esign.ceremony.domain import Envelope
from esign.ceremony.domain.signals import SIGNALS
from esign.ceremony.domain.state import Signal
from esign.ceremony.domain.values import SignalStrength


class SignalView(BaseModel):
    """A reason to look whether somebody signed for somebody else. It is no verdict."""

    id: str
    recipient: str
    finding: str = Field(json_schema_extra={"enum": [*sorted(SIGNALS)]})
    strength: SignalStrength = Field(description="weak has everyday reasons too, strong has hardly any.")
    reason: str = Field(description="What was compared, in a sentence of English.")
    with_recipient: str | None = Field(description="The other recipient, where it is one of this envelope.")
    holds: bool = Field(description="Whether the seal waits for it.")
    raised_at: datetime
    cleared_at: datetime | None = Field(description="When a supervisor found no harm in it.")
    cleared_for: str | None = Field(description="The code of the supervisor's reason.")


def signals_of(envelope: Envelope) -> list[SignalView]:
    """Return the envelope's signals in the order in which they were raised."""
    holding = {one.id for one in envelope.holding}
    return [_view(envelope, one, holds=one.id in holding) for one in envelope.signals]


def _view(envelope: Envelope, signal: Signal, *, holds: bool) -> SignalView:
    other = envelope.find(signal.with_recipient) if signal.with_recipient is not None else None
    cleared = signal.cleared
    return SignalView(
        id=signal.id,
        recipient=signal.recipient,
        finding=signal.finding,
        strength=signal.strength,
        reason=SIGNALS[signal.finding].en_reason,
        with_recipient=None if other is None else other.id,
        holds=holds,
        raised_at=signal.at,
        cleared_at=None if cleared is None else cleared.at,
        cleared_for=None if cleared is None else cleared.reason,
    )
