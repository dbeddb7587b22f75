"""What follows by itself: the next group is invited, or everybody has signed and the seal can be made,
or waits for signals to be cleared."""

from __future__ import annotations

from datetime import datetime

from esign.ceremony.domain import events as e
from esign.ceremony.domain.evolve import evolve
from esign.ceremony.domain.state import Envelope
from esign.ceremony.domain.values import EnvelopeState, RecipientState


def with_consequences(state: Envelope, *events: e.Event) -> tuple[e.Event, ...]:
    """Return `events` and what follows from them, all at the time of the last."""
    after = state
    for event in events:
        after = evolve(after, event)
    if after.state is not EnvelopeState.IN_PROGRESS:
        return events
    return (*events, *_following(after, events[-1].at))


def _following(state: Envelope, at: datetime) -> tuple[e.Event, ...]:
    unsigned = [one for one in state.signers if one.state is not RecipientState.SIGNED]
    if unsigned:
        group = min(one.plan.group for one in unsigned)
        invited = [one for one in unsigned if one.plan.group == group and one.state is RecipientState.PENDING]
        return tuple(e.RecipientSent(at=at, recipient=one.id) for one in invited)
    if any(state.awaits_face_statement(one) for one in state.signers):
        return ()
    if holding := state.holding:
        held = e.EnvelopeHeld(at=at, signals=tuple(one.id for one in holding))
        return () if state.held else (held,)
    return (e.EnvelopeSigned(at=at),)
