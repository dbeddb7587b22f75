"""What can have happened to the signals of an envelope: raised, looked into, cleared, and holding the seal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from esign.ceremony.domain.event import Event, RecipientEvent
from esign.ceremony.domain.forms import Code, Id
from esign.ceremony.domain.values import SignalStrength
from esign.trail.event import EventType


@dataclass(frozen=True, kw_only=True)
class SignalRaised(RecipientEvent):
    """Something about the recipient's act looks like another person's: `finding` says what.

    What it was compared with is named: another recipient and the envelope of theirs, or a member of staff.
    """

    type: ClassVar[EventType] = EventType("recipient.signal-raised")
    signal: Id
    finding: Code
    strength: SignalStrength
    with_recipient: Id | None
    with_envelope: Id | None
    with_member: Id | None


@dataclass(frozen=True, kw_only=True)
class CapturesShown(Event):
    """`by` looked at the handwriting that the signal is about, beside that of the other recipient.

    It is told in the streams of both envelopes, with the same signal.
    """

    type: ClassVar[EventType] = EventType("signal.captures-shown")
    signal: Id
    by: Id


@dataclass(frozen=True, kw_only=True)
class SignalCleared(Event):
    """`by` looked into the signal and found, for a reason (a code, and perhaps own words in a record), no harm."""

    type: ClassVar[EventType] = EventType("signal.cleared")
    signal: Id
    by: Id
    reason: Code
    note: Id | None


@dataclass(frozen=True, kw_only=True)
class EnvelopeHeld(Event):
    """Everybody has signed, and the seal waits until these signals are cleared."""

    type: ClassVar[EventType] = EventType("envelope.held")
    signals: tuple[Id, ...]
