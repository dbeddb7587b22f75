"""Who acts next on a proposal, and by which day: so that none is ever stuck without a name on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from policy.domain.state import Proposal
from policy.domain.table import TABLE, Actor
from policy.domain.values import DebitState, ProposalState, RefundState

S = ProposalState
RECORDED_BY = (S.SIGNED, S.REFERRED, S.WANTING, S.OFFERED, S.ACCEPTED, S.DEBIT_FAILED)
"""Where what is proposed cannot change any more, and money was not taken: the recording is due here at the latest."""


@dataclass(frozen=True)
class Move:
    """An act that is awaited: whose, which (a code), up to and including which day, and about which part, if one."""

    actor: Actor
    act: str
    due: date | None = None
    about: str | None = None


def next_moves(state: Proposal) -> tuple[Move, ...]:
    """Return who acts next: at least one move. A proposal that awaits nobody says so with one of `Actor.NOBODY`."""
    moves = (*_of_state(state), *_of_recording(state), *_of_visit(state), *_of_refunds(state))
    return moves or (Move(Actor.NOBODY, "none"),)


def due_day(state: Proposal) -> date | None:
    """Return the first day that something has to happen by, None where there is none: it puts proposals in order."""
    return min((move.due for move in next_moves(state) if move.due is not None), default=None)


def _of_state(state: Proposal) -> tuple[Move, ...]:
    row = TABLE[state.state]
    if row.actor is Actor.NOBODY or (state.state is S.ACCEPTED and state.recording_wanted):
        return ()
    if state.state in (S.ENTERED, S.SENT, S.LAPSED):
        return (Move(row.actor, row.act, state.contents.holds_until, state.envelope),)
    if state.state is S.OFFERED and state.envelope is not None:
        return (Move(Actor.CUSTOMER, "sign-offer", None, state.envelope),)
    if state.state is S.WANTING:
        return tuple(Move(row.actor, row.act, one.due, one.id) for one in state.open_requirements)
    if state.state is S.REFERRED:
        return (Move(row.actor, row.act, None, state.case),)
    waiting = (DebitState.ORDERED, DebitState.UNANSWERED)
    open_debit = next((one.id for one in state.debits if one.state in waiting), None)
    return (Move(row.actor, row.act, None, open_debit),)


def _of_recording(state: Proposal) -> tuple[Move, ...]:
    if state.state not in RECORDED_BY or not state.recording_wanted:
        return ()
    waiting = [one for one in state.recordings if one.content == state.contents.digest and one.passed is None]
    if waiting:
        return (Move(Actor.REVIEWER, "review-recording", None, waiting[0].id),)
    return (Move(Actor.SALESPERSON, "add-recording"),)


def _of_visit(state: Proposal) -> tuple[Move, ...]:
    if state.visit is not None and state.visit.answered:
        concerned = state.visit.awaits_somebody
        return (Move(Actor.REVIEWER, "see-to-visit", None, state.visit.id),) if concerned else ()
    if state.state is not S.ISSUED or state.policy is None or not state.received:
        return ()
    ends = state.policy.hesitation_ends
    if state.visits:
        return (Move(Actor.CUSTOMER, "answer-visit", ends, state.visits[-1].id),)
    return (Move(Actor.SERVICE, "invite-visit", ends),)


def _of_refunds(state: Proposal) -> tuple[Move, ...]:
    moves = []
    for one in state.refunds:
        if one.state is RefundState.ORDERED:
            moves.append(Move(Actor.SERVICE, "ask-bank-refund", None, one.id))
        elif one.state is RefundState.OWED:
            actor = Actor.SERVICE if one.failure is None else Actor.OPERATIONS
            moves.append(Move(actor, "order-refund", None, one.id))
    return tuple(moves)
