"""What the events of money make of a claim. Where it stands after an answer of the bank follows from all payments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from claims.domain import events as e
from claims.domain.refusal import broken
from claims.domain.replacing import replace
from claims.domain.state import Claim, Payee, Payment, changed
from claims.domain.values import SCORED_AT_PAYEE, ClaimState, PaymentKind, PaymentState

S = ClaimState
MONEY_STATES: Final = frozenset({S.PAYING, S.PAYMENT_FAILED, S.PAYMENT_UNKNOWN, S.PAID, S.CLOSED})


def _payee_set(state: Claim, event: e.PayeeSet) -> Claim:
    if state.payee is not None and state.payee.account == event.account:
        return _approvable(state, event)  # confirmed as it was: nobody has to look at it anew
    agreed = state.offer is not None and state.offer.agreed_at is not None
    changed_late = state.payee is not None and bool(agreed or state.fallen or state.payments)
    payee = Payee(event.payee, event.account, event.matches, changed_late, event.barred)
    return _approvable(replace(state, payee=payee, unscored=state.unscored.union(SCORED_AT_PAYEE)), event)


def _payee_approved(state: Claim, event: e.PayeeApproved) -> Claim:
    if state.payee is None:
        raise broken("a payee was approved that nobody named")
    return replace(state, payee=replace(state.payee, approved_by=event.by))


def _approved(state: Claim, event: e.PaymentApproved) -> Claim:
    return replace(state, approved_by=(*state.approved_by, event.by))


def _fallen(state: Claim, event: e.ApprovalFallen) -> Claim:
    fallen = tuple(dict.fromkeys((*state.fallen, *state.approved_by)))
    return _approvable(replace(state, approved_by=(), fallen=fallen), event)


def _approvable(state: Claim, event: e.Event) -> Claim:
    """A payment that failed, and has to be approved anew, waits where payments are approved."""
    return replace(state, state=S.AGREED, since=event.at) if state.state is S.PAYMENT_FAILED else state


def _advance_allowed(state: Claim, event: e.AdvanceAllowed) -> Claim:
    return replace(state, advance=event.fen)


def _ordered(state: Claim, event: e.PaymentOrdered) -> Claim:
    payments = (*state.payments, Payment(event.payment, event.kind, event.fen, event.account))
    if event.kind is PaymentKind.ADVANCE:
        return replace(state, payments=payments, advance=None)
    return replace(state, payments=payments, state=S.PAYING, since=event.at)


def _made(state: Claim, event: e.PaymentMade) -> Claim:
    return _after(state, event, event.payment, state=PaymentState.MADE, contradicted_at=None)


def _failed(state: Claim, event: e.PaymentFailed) -> Claim:
    return _after(state, event, event.payment, state=PaymentState.FAILED, contradicted_at=None)


def _unanswered(state: Claim, event: e.PaymentUnanswered) -> Claim:
    return _after(state, event, event.payment, state=PaymentState.UNANSWERED)


def _contradicted(state: Claim, event: e.PaymentContradicted) -> Claim:
    return _after(state, event, event.payment, state=PaymentState.UNANSWERED, contradicted_at=event.at)


def _surplus(state: Claim, event: e.PaymentFoundSurplus) -> Claim:
    return replace(state, payments=changed(state.payments, event.payment, state=PaymentState.SURPLUS))


def _after(before: Claim, event: e.Event, payment: str, **members: Any) -> Claim:
    """Return the claim with one payment changed, and where all payments together leave it."""
    after = replace(before, payments=changed(before.payments, payment, **members))
    if before.state not in MONEY_STATES:
        return after
    states = {one.state for one in after.payments}
    if PaymentState.UNANSWERED in states:
        to = S.PAYMENT_UNKNOWN
    elif PaymentState.ORDERED in states:
        to = S.PAYING
    elif after.payable:
        to = S.PAYMENT_FAILED
    else:
        to = S.CLOSED if before.state is S.CLOSED else S.PAID
    return after if to is before.state else replace(after, state=to, since=event.at)


MONEY_STEPS: Final[Mapping[type[e.Event], Callable[[Claim, Any], Claim]]] = {
    e.PayeeSet: _payee_set,
    e.PayeeApproved: _payee_approved,
    e.PaymentApproved: _approved,
    e.ApprovalFallen: _fallen,
    e.AdvanceAllowed: _advance_allowed,
    e.PaymentOrdered: _ordered,
    e.PaymentMade: _made,
    e.PaymentFailed: _failed,
    e.PaymentUnanswered: _unanswered,
    e.PaymentContradicted: _contradicted,
    e.PaymentFoundSurplus: _surplus,
}
