"""Who acts next, and by when: so that no envelope is ever stuck without a name on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from esign.ceremony.domain.state import Envelope, Recipient
from esign.ceremony.domain.table import ENVELOPE_TABLE, RECIPIENT_TABLE, Actor
from esign.ceremony.domain.values import EnvelopeState, RecipientState


@dataclass(frozen=True)
class Move:
    """An act that is awaited: whose, which (a code), and about which recipient, if one."""

    actor: Actor
    act: str
    recipient: str | None = None


def next_actor(state: Envelope) -> tuple[Move, ...]:
    """Return who acts next: at least one move, several where people sign side by side.

    An envelope that has ended awaits nobody, and says so with the one move of `Actor.NOBODY`.
    """
    if state.state is not EnvelopeState.IN_PROGRESS:
        row = ENVELOPE_TABLE[state.state]
        return (Move(row.actor, row.act),)
    moves = [_move(one) for one in state.signers if RECIPIENT_TABLE[one.state].actor is not Actor.NOBODY]
    statements = [
        Move(Actor.SALESPERSON, "state-face", one.id) for one in state.signers if state.awaits_face_statement(one)
    ]
    reviewed = dict.fromkeys(signal.recipient for signal in state.holding)
    reviews = [Move(Actor.SUPERVISOR, "review-signal", recipient) for recipient in reviewed]
    return (*moves, *statements, *reviews)


def awaits_people(state: Envelope) -> bool:
    """Tell whether somebody outside this service has yet to act; false where only our own work is left."""
    return any(move.actor not in (Actor.SERVICE, Actor.NOBODY) for move in next_actor(state)) or any(
        one.state is RecipientState.PENDING for one in state.signers
    )


@dataclass(frozen=True)
class Due:
    """What a sweep must do from `at` on: `expire` the envelope, or `remind` a recipient (reminder `number`)."""

    at: datetime
    act: str
    recipient: str | None = None
    number: int | None = None


def deadlines(state: Envelope) -> tuple[Due, ...]:
    """Return everything that time will do to this envelope, soonest first; nothing once everybody has signed."""
    if state.state not in (EnvelopeState.DRAFT, EnvelopeState.IN_PROGRESS):
        return ()
    dues = [Due(state.settings.expires_at, "expire")] if awaits_people(state) else []
    for recipient in state.signers:
        at = reminder_due(state, recipient)
        if at is not None and at < state.settings.expires_at:
            dues.append(Due(at, "remind", recipient.id, recipient.reminders + 1))
    return tuple(sorted(dues, key=lambda due: due.at))


def reminder_due(state: Envelope, recipient: Recipient) -> datetime | None:
    """Return when the schedule sends this recipient the next reminder, or None where it sends none."""
    plan = state.settings.reminders
    awaited = RECIPIENT_TABLE[recipient.state].actor is Actor.RECIPIENT
    if plan is None or not awaited or recipient.noticed_at is None or recipient.reminders >= plan.at_most:
        return None
    hours = plan.every_hours if recipient.reminders else plan.first_after_hours
    return recipient.noticed_at + timedelta(hours=hours)


def _move(recipient: Recipient) -> Move:
    row = RECIPIENT_TABLE[recipient.state]
    return Move(row.actor, row.act, recipient.id)
