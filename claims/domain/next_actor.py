"""Who acts next on a claim: so that none is ever stuck without a name on it. Until when is told by the clocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from claims.domain import commands as c
from claims.domain.state import Claim, Supply
from claims.domain.table import TABLE, Actor
from claims.domain.values import (
    SCORED_AT_ASSESSMENT,
    SCORED_AT_REPORT,
    SCORED_BY_FORM,
    SCORED_STEPS,
    Agreement,
    ClaimState,
    Lane,
    PaymentState,
    SurveyWay,
)

S = ClaimState
_FOUND: Final = "_next_moves"


@dataclass(frozen=True)
class Move:
    """An act that is awaited: whose, which (a code), and about which part, if one."""

    actor: Actor
    act: str
    about: str | None = None


def next_moves(state: Claim) -> tuple[Move, ...]:
    """Return who acts next: at least one move. A claim that awaits nobody says so with one of `Actor.NOBODY`.

    Many ask the same of one state, which never changes: what was found is kept beside its members.
    """
    known: tuple[Move, ...] | None = vars(state).get(_FOUND)
    if known is None:
        known = vars(state)[_FOUND] = _moves(state)
    return known


def _moves(state: Claim) -> tuple[Move, ...]:
    moves = (*_of_block(state), *_of_forms(state), *_of_state(state), *_beside(state), *_of_money(state))
    return moves or (Move(Actor.NOBODY, "none"),)


def _of_block(state: Claim) -> tuple[Move, ...]:
    return (Move(Actor.TEAM_LEAD, "review-block"),) if state.block_waits and not state.ended else ()


def _of_forms(state: Claim) -> tuple[Move, ...]:
    """What was seen is scored at once, before anything else goes on; whoever is to be paid waits for all scores."""
    takes = c.RecordScore in TABLE[state.state].accepts and state.state is not S.AGREED
    score = _of_score(state, SCORED_BY_FORM) if takes else None
    return () if score is None else (score,)


def _of_state(state: Claim) -> tuple[Move, ...]:
    row, make = TABLE[state.state], _MOVES.get(state.state)
    awaits_bank = state.open_payment is not None and state.state in (S.AGREED, S.PAYMENT_FAILED, S.PAID)
    if row.actor is Actor.NOBODY or awaits_bank or state.state in (S.PAYING, S.PAYMENT_UNKNOWN):
        return ()  # which payment is asked about is told by the payments
    if make is not None:
        return (make(state),)
    return (Move(row.actor, row.act),)


def _by_itself(state: Claim) -> bool:
    """Whether the service may decide here: nobody asked for a person, and no block does."""
    return state.lane is not Lane.BLOCKED and not state.person_asked


def _of_reported(state: Claim) -> Move:
    """A triage waits for the scores of the report: it goes by the highest."""
    return _of_score(state, SCORED_AT_REPORT) or Move(Actor.SERVICE, "triage")


def _of_score(state: Claim, steps: tuple[str, ...] = SCORED_STEPS) -> Move | None:
    step = next((one for one in state.to_score if one in steps), None)
    return None if step is None else Move(Actor.SERVICE, "score", step)


def _of_verifying(state: Claim) -> Move:
    if (score := _of_score(state, SCORED_AT_ASSESSMENT)) is not None:
        return score
    alone = _by_itself(state) and state.lane is Lane.EXPRESS and state.is_small
    actor = Actor.SERVICE if alone else Actor.TEAM_LEAD
    return Move(actor, "verify", None if state.assessment is None else state.assessment.id)


def _of_adjudicating(state: Claim) -> Move:
    clear = state.survey is not None and state.survey.fault is not None and not _papers_missing(state)
    alone = clear and _by_itself(state) and state.lane is Lane.EXPRESS and state.is_small
    return Move(Actor.SERVICE if alone else Actor.HANDLER, "adjudicate")


def _of_settling(state: Claim) -> Move:
    return Move(Actor.SERVICE if _by_itself(state) else Actor.HANDLER, "make-offer")


def _of_dispute(state: Claim) -> Move:
    dispute = state.dispute
    if dispute is None:
        return Move(Actor.HANDLER, "answer-dispute")
    passed = dispute.passed_at is not None
    return Move(Actor.QUOTATION_DESK if passed else Actor.HANDLER, "answer-dispute", dispute.id)


def _of_failed(state: Claim) -> Move:
    return Move(Actor.HANDLER, "mend-payment", state.payments[-1].id if state.payments else None)


def _of_survey(state: Claim) -> Move:
    survey = state.survey
    if survey is None or (survey.way is SurveyWay.SELF_SERVICE and (state.person_asked or state.lane is Lane.BLOCKED)):
        return Move(Actor.HANDLER, "choose-survey", None if survey is None else survey.id)
    if survey.way is SurveyWay.SELF_SERVICE:
        return Move(Actor.CUSTOMER, "survey-by-phone", survey.id)
    if survey.surveyor is None:
        if survey.nobody_free:
            return Move(Actor.TEAM_LEAD, "find-surveyor", survey.id)
        return Move(Actor.HANDLER, "dispatch-surveyor", survey.id)
    if survey.awaits_answer:
        return Move(Actor.SURVEYOR, "answer-dispatch", survey.id)
    return Move(Actor.SURVEYOR, "survey", survey.id)


def _of_offer(state: Claim) -> Move:
    offer = state.offer
    if offer is not None and offer.agreement is Agreement.SIGNATURE:
        if offer.envelope is None:
            return Move(Actor.HANDLER, "send-agreement", offer.id)
        return Move(Actor.CUSTOMER, "sign", offer.envelope)
    return Move(Actor.CUSTOMER, "agree", None if offer is None else offer.id)


def _of_agreed(state: Claim) -> Move:
    if not state.payable:
        return Move(Actor.HANDLER if state.lane is Lane.BLOCKED and not state.paid else Actor.SERVICE, "close")
    if state.payee is None:
        return Move(Actor.CUSTOMER, "name-payee")
    if (score := _of_score(state)) is not None:  # before people approve: they see it
        return score
    if not state.payee.is_good:
        return Move(Actor.MANAGER, "approve-payee", state.payee.record)
    if state.approvals_missing:
        return Move(Actor.MANAGER if state.approved_by else Actor.TEAM_LEAD, "approve-payment")
    return Move(Actor.SERVICE, "order-payment")


def _beside(state: Claim) -> tuple[Move, ...]:
    """What is awaited beside the way of the claim itself."""
    moves = []
    if state.state is not S.JOINED:
        moves += [Move(Actor.HANDLER, "call-back", one.id) for one in state.callbacks if not one.done]
        moves += [_of_supply(one) for one in state.supplies if one.is_open]
    if state.papers is not None and _papers_missing(state) and not state.ended:
        moves.append(Move(Actor.CUSTOMER, "send-papers", state.papers.request))
    if state.state is S.REFUSED and state.notice is None:
        moves.append(Move(Actor.HANDLER, "notify-refusal"))
    return tuple(moves)


def _of_supply(supply: Supply) -> Move:
    return Move(Actor.HANDLER, "order-parts" if supply.ordered is None else "receive-parts", supply.id)


def _of_money(state: Claim) -> tuple[Move, ...]:
    moves = []
    for one in state.payments:
        if one.state is PaymentState.ORDERED:
            moves.append(Move(Actor.SERVICE, "await-bank", one.id))
        elif one.state is PaymentState.UNANSWERED:
            moves.append(Move(Actor.SERVICE, "ask-bank", one.id))
        elif one.state is PaymentState.SURPLUS and not state.recoveries:
            moves.append(Move(Actor.MANAGER, "reclaim-surplus", one.id))
    moves += _of_advance(state)
    if state.overpaid and state.state in (S.PAID, S.CLOSED) and not state.recoveries:
        moves.append(Move(Actor.MANAGER, "recover-overpaid"))
    moves += [Move(Actor.HANDLER, "recover", one.id) for one in state.recoveries if not one.closed]
    return tuple(moves)


def _of_advance(state: Claim) -> list[Move]:
    waits = state.advance is not None and state.open_payment is None and not state.block_waits
    if not waits or state.ended or state.state in (S.AGREED, S.PAYMENT_FAILED):
        return []
    if state.payee is None:
        return [Move(Actor.CUSTOMER, "name-payee")]
    if (score := _of_score(state)) is not None:
        return [score]
    if not state.payee.is_good:
        return [Move(Actor.MANAGER, "approve-payee", state.payee.record)]
    return [Move(Actor.SERVICE, "order-advance")]


def _papers_missing(state: Claim) -> bool:
    return state.papers is not None and bool(state.papers.missing)


_MOVES: Final[Mapping[ClaimState, Callable[[Claim], Move]]] = {
    S.REPORTED: _of_reported,
    S.SURVEYING: _of_survey,
    S.VERIFYING: _of_verifying,
    S.ADJUDICATING: _of_adjudicating,
    S.SETTLING: _of_settling,
    S.OFFERED: _of_offer,
    S.DISPUTED: _of_dispute,
    S.AGREED: _of_agreed,
    S.PAYMENT_FAILED: _of_failed,
}
"""Where who acts depends on more than the state."""
