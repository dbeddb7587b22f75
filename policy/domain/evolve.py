"""How events make a proposal what it is: `evolve(state, event) -> state`, pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from policy.domain import events as e
from policy.domain.refusal import broken
from policy.domain.state import (
    Contents,
    Debit,
    Decision,
    Offer,
    Policy,
    Proposal,
    Recording,
    Refund,
    Requirement,
    Signed,
    Visit,
    changed,
)
from policy.domain.table import MOVES
from policy.domain.values import DebitState, Outcome, ProposalState, RefundState, RequirementState, day_of

S = ProposalState


def evolve(state: Proposal | None, event: e.Event) -> Proposal:
    """Return the proposal after `event`. Raises `PolicyTrailBroken` for an event that cannot follow `state`."""
    if isinstance(event, e.ProposalEntered):
        if state is not None:
            raise broken("a proposal was entered twice")
        return Proposal(_contents(event), event.salesperson, event.institution, event.client)
    step = _STEPS.get(type(event))
    if state is None or step is None:
        raise broken("an event stands where no proposal is, or is none of a proposal")
    after = step(state, event)
    if after.state is not state.state and (state.state, after.state) not in MOVES:
        raise broken(f"{event.type.name} cannot follow where a proposal is {state.state}")
    return after


def fold(events: Iterable[e.Event], state: Proposal | None = None) -> Proposal | None:
    """Return the proposal after all `events`, in order, starting from `state`. Raises `PolicyTrailBroken`."""
    for event in events:
        state = evolve(state, event)
    return state


def _contents(event: e.Content) -> Contents:
    return Contents(
        event.record,
        event.digest,
        event.product,
        event.product_version,
        event.fen,
        event.holds_until,
        event.signers,
        event.needs_recording,
        event.hesitation_days,
    )


def _amended(state: Proposal, event: e.ProposalAmended) -> Proposal:
    return replace(state, contents=_contents(event))


def _sent(state: Proposal, event: e.ProposalSent) -> Proposal:
    return replace(state, state=S.SENT, envelope=event.envelope, sent=(*state.sent, event.envelope))


def _signed(state: Proposal, event: e.ProposalSigned) -> Proposal:
    signed = Signed(event.envelope, state.contents.digest, event.document, event.signers)
    return replace(state, state=S.SIGNED, envelope=None, signed=signed)


def _returned(state: Proposal, _event: e.ProposalReturned) -> Proposal:
    return replace(state, state=S.LAPSED, envelope=None)


def _refused(state: Proposal, _event: e.ProposalRefused) -> Proposal:
    return replace(state, state=S.REFUSED_BY_CUSTOMER, envelope=None)


def _withdrawn(state: Proposal, _event: e.ProposalWithdrawn) -> Proposal:
    return replace(state, state=S.WITHDRAWN, envelope=None)


def _decided(state: Proposal, event: e.UnderwritingDecided) -> Proposal:
    decision = Decision(event.outcome, event.content, event.trace, event.reasons, event.loading)
    return _after_outcome(replace(state, decision=decision), event.outcome)


def _case_decided(state: Proposal, event: e.CaseDecided) -> Proposal:
    decided = replace(state, case=None, decided_cases=(*state.decided_cases, event.case))
    return _after_outcome(decided, event.outcome)


def _after_outcome(state: Proposal, outcome: Outcome) -> Proposal:
    """Referring and asking are events of their own, which follow at once."""
    if outcome is Outcome.ACCEPT:
        return replace(state, state=S.ACCEPTED, accepted=True)
    return replace(state, state=S.DECLINED) if outcome is Outcome.DECLINE else state


def _referred(state: Proposal, event: e.UnderwritingReferred) -> Proposal:
    return replace(state, state=S.REFERRED, case=event.case)


def _opened(state: Proposal, event: e.RequirementOpened) -> Proposal:
    opened = Requirement(event.requirement, event.kind, event.owner, event.due)
    return replace(state, state=S.WANTING, requirements=(*state.requirements, opened))


def _met(state: Proposal, event: e.RequirementMet) -> Proposal:
    closed = changed(state.requirements, event.requirement, state=RequirementState.MET)
    return replace(state, requirements=closed)


def _waived(state: Proposal, event: e.RequirementWaived) -> Proposal:
    closed = changed(state.requirements, event.requirement, state=RequirementState.WAIVED)
    return replace(state, requirements=closed)


def _offer_made(state: Proposal, event: e.OfferMade) -> Proposal:
    return replace(state, state=S.OFFERED, offer=Offer(event.loading, event.fen))


def _offer_sent(state: Proposal, event: e.OfferSent) -> Proposal:
    return replace(state, envelope=event.envelope, sent=(*state.sent, event.envelope))


def _offer_signed(state: Proposal, event: e.OfferSigned) -> Proposal:
    if state.offer is None:
        raise broken("an offer was signed that nobody made")
    return replace(state, state=S.ACCEPTED, envelope=None, offer=replace(state.offer, signed=event.document))


def _offer_returned(state: Proposal, _event: e.OfferReturned) -> Proposal:
    return replace(state, envelope=None)


def _recorded(state: Proposal, event: e.RecordingAdded) -> Proposal:
    added = Recording(event.recording, event.content, event.by)
    return replace(state, recordings=(*state.recordings, added))


def _reviewed(state: Proposal, event: e.RecordingReviewed) -> Proposal:
    return replace(state, recordings=changed(state.recordings, event.recording, passed=event.passed))


def _debit_ordered(state: Proposal, event: e.DebitOrdered) -> Proposal:
    return replace(state, state=S.DEBITING, debits=(*state.debits, Debit(event.debit, event.fen)))


def _collected(state: Proposal, event: e.DebitCollected) -> Proposal:
    debits = changed(state.debits, event.debit, state=DebitState.COLLECTED, contradicted_at=None)
    return replace(state, state=S.PAID, debits=debits)


def _failed(state: Proposal, event: e.DebitFailed) -> Proposal:
    debits = changed(state.debits, event.debit, state=DebitState.FAILED, contradicted_at=None)
    return replace(state, state=S.DEBIT_FAILED, debits=debits)


def _unanswered(state: Proposal, event: e.DebitUnanswered) -> Proposal:
    return replace(state, state=S.DEBIT_UNKNOWN, debits=changed(state.debits, event.debit, state=DebitState.UNANSWERED))


def _contradicted(state: Proposal, event: e.DebitContradicted) -> Proposal:
    debits = changed(state.debits, event.debit, state=DebitState.UNANSWERED, contradicted_at=event.at)
    return replace(state, state=S.DEBIT_UNKNOWN, debits=debits)


def _surplus(state: Proposal, event: e.DebitFoundSurplus) -> Proposal:
    return replace(state, debits=changed(state.debits, event.debit, state=DebitState.SURPLUS))


def _refund_owed(state: Proposal, event: e.RefundOwed) -> Proposal:
    return replace(state, refunds=(*state.refunds, Refund(event.refund, event.debit, event.fen, event.reason)))


def _refund_ordered(state: Proposal, event: e.RefundOrdered) -> Proposal:
    refunds = changed(state.refunds, event.refund, state=RefundState.ORDERED, failure=None)
    return replace(state, refunds=refunds)


def _refund_paid(state: Proposal, event: e.RefundPaid) -> Proposal:
    return replace(state, refunds=changed(state.refunds, event.refund, state=RefundState.PAID))


def _refund_failed(state: Proposal, event: e.RefundFailed) -> Proposal:
    refunds = changed(state.refunds, event.refund, state=RefundState.OWED, failure=event.reason)
    return replace(state, refunds=refunds)


def _issued(state: Proposal, event: e.PolicyIssued) -> Proposal:
    policy = Policy(event.policy, event.effective_on, event.contract, day_of(event.at))
    return replace(state, state=S.ISSUED, policy=policy)


def _received(state: Proposal, event: e.PolicyReceived) -> Proposal:
    if state.policy is None:
        raise broken("a contract was received that was never issued")
    return replace(state, policy=replace(state.policy, hesitation_ends=event.hesitation_ends))


def _invited(state: Proposal, event: e.VisitInvited) -> Proposal:
    return replace(state, visits=(*state.visits, Visit(event.visit, event.questionnaire)))


def _reminded(state: Proposal, event: e.VisitReminded) -> Proposal:
    return replace(state, visits=changed(state.visits, event.visit, reminded=True))


def _answered(state: Proposal, event: e.VisitAnswered) -> Proposal:
    answered = {"in_time": event.in_time, "way": event.way, "digest": event.digest, "concerns": event.concerns}
    return replace(state, visits=changed(state.visits, event.visit, **answered))


def _seen_to(state: Proposal, event: e.VisitSeenTo) -> Proposal:
    return replace(state, visits=changed(state.visits, event.visit, note=event.note))


def _cancelled(state: Proposal, _event: e.PolicyCancelled) -> Proposal:
    return replace(state, state=S.CANCELLED)


def _surrendered(state: Proposal, _event: e.PolicySurrendered) -> Proposal:
    return replace(state, state=S.SURRENDERED)


_STEPS: Final[Mapping[type[e.Event], Callable[[Proposal, Any], Proposal]]] = {
    e.ProposalAmended: _amended,
    e.ProposalSent: _sent,
    e.ProposalSigned: _signed,
    e.ProposalReturned: _returned,
    e.ProposalRefused: _refused,
    e.ProposalWithdrawn: _withdrawn,
    e.UnderwritingDecided: _decided,
    e.UnderwritingReferred: _referred,
    e.RequirementOpened: _opened,
    e.RequirementMet: _met,
    e.RequirementWaived: _waived,
    e.CaseDecided: _case_decided,
    e.OfferMade: _offer_made,
    e.OfferSent: _offer_sent,
    e.OfferSigned: _offer_signed,
    e.OfferReturned: _offer_returned,
    e.RecordingAdded: _recorded,
    e.RecordingReviewed: _reviewed,
    e.DebitOrdered: _debit_ordered,
    e.DebitCollected: _collected,
    e.DebitFailed: _failed,
    e.DebitUnanswered: _unanswered,
    e.DebitContradicted: _contradicted,
    e.DebitFoundSurplus: _surplus,
    e.RefundOwed: _refund_owed,
    e.RefundOrdered: _refund_ordered,
    e.RefundPaid: _refund_paid,
    e.RefundFailed: _refund_failed,
    e.PolicyIssued: _issued,
    e.PolicyReceived: _received,
    e.VisitInvited: _invited,
    e.VisitReminded: _reminded,
    e.VisitAnswered: _answered,
    e.VisitSeenTo: _seen_to,
    e.PolicyCancelled: _cancelled,
    e.PolicySurrendered: _surrendered,
}
