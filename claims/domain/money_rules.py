"""Money: one open payment at a time, an unanswered one is asked about and never ordered anew, and what people approved
is exactly what is paid.

The bank's answers are taken down in every state of the claim: that it answers late, twice, or first no and then yes, is
in the nature of banks.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from claims.domain import commands as c
from claims.domain import events as e
from claims.domain.refusal import refusal
from claims.domain.rule import Rule
from claims.domain.state import Claim, Payee, Payment, find
from claims.domain.values import ClaimState, PaymentKind, PaymentState

PAYMENTS_AT_MOST: Final = 20
"""Of one claim: after so many somebody has to talk to the customer about their account."""
OVER: Final = (ClaimState.REFUSED, ClaimState.WITHDRAWN, ClaimState.JOINED)


def fallen(state: Claim, at: datetime, reason: str) -> tuple[e.Event, ...]:
    """Return that the approvals fall, where there are any."""
    return (e.ApprovalFallen(at=at, reason=reason),) if state.approved_by else ()


def _is_payee(state: Claim, command: c.SetPayee) -> bool:
    """After a payment that failed, the same account again means that it is right: the bank is asked once more."""
    return _is_same(state, command) and state.state is not ClaimState.PAYMENT_FAILED


def _is_same(state: Claim, command: c.SetPayee) -> bool:
    return state.payee is not None and state.payee.account == command.account


def _set_payee(state: Claim, command: c.SetPayee) -> tuple[e.Event, ...]:
    """Whoever names a payee may not approve it, nor whoever approved a payment that falls because of it.

    While a payment is under way nobody is named: the bank is asked for what was ordered, and it goes nowhere else.
    """
    if state.open_payment is not None:
        raise refusal("payment-open")
    barred = (*(() if command.by is None else (command.by,)), *state.approved_by, *state.fallen)
    payee = e.PayeeSet(**vars(command), barred=tuple(dict.fromkeys(barred)))
    return (payee,) if _is_same(state, command) else (*fallen(state, command.at, "payee-changed"), payee)


def _payee(state: Claim, account: str) -> Payee:
    if state.payee is None:
        raise refusal("no-payee")
    if state.payee.account != account:
        raise refusal("payee-changed")
    return state.payee


def _is_payee_approved(state: Claim, command: c.ApprovePayee) -> bool:
    return _payee(state, command.account).approved_by is not None


def _approve_payee(state: Claim, command: c.ApprovePayee) -> tuple[e.Event, ...]:
    payee = _payee(state, command.account)
    if payee.is_good:
        raise refusal("payee-good")
    if command.by in payee.barred:
        raise refusal("payee-second-person")
    return (e.PayeeApproved(**vars(command)),)


def _has_approved(state: Claim, command: c.ApprovePayment) -> bool:
    return command.by in state.approved_by and command.fen == state.payable


def _approve(state: Claim, command: c.ApprovePayment) -> tuple[e.Event, ...]:
    if not _payee(state, command.account).is_good:
        raise refusal("payee-unapproved")
    if command.fen != state.payable:
        raise refusal("payment-changed")
    if state.block_waits:
        raise refusal("block-first")
    if state.assessment is not None and command.by == state.assessment.by:
        raise refusal("own-assessment")
    if state.settlement is not None and command.by == state.settlement.by:
        raise refusal("own-settlement")
    if state.approvals_missing == 0:
        raise refusal("approved-enough")
    return (e.PaymentApproved(**vars(command)),)


def _allow_advance(state: Claim, command: c.AllowAdvance) -> tuple[e.Event, ...]:
    if state.paid + command.fen > state.loss:
        raise refusal("advance-above-loss")
    if state.paid + command.fen > state.second_above:  # all of them together: one person allows no more
        raise refusal("advance-above-limit")
    if state.block_waits:
        raise refusal("block-first")
    if state.assessment is not None and command.by == state.assessment.by:
        raise refusal("own-assessment")
    if state.open_payment is not None:
        raise refusal("payment-open")
    return (e.AdvanceAllowed(**vars(command)),)


def _is_ordered(state: Claim, command: c.OrderPayment) -> bool:
    found = find(state.payments, command.payment)
    return found is not None and found.state is PaymentState.ORDERED


def _order(state: Claim, command: c.OrderPayment) -> tuple[e.Event, ...]:
    payee = _payee(state, command.account)
    if find(state.payments, command.payment) is not None:
        raise refusal("payment-known", (command.payment,))
    if state.open_payment is not None:
        raise refusal("payment-open")
    if not payee.is_good:
        raise refusal("payee-unapproved")
    if state.block_waits:
        raise refusal("block-first")
    if len(state.payments) >= PAYMENTS_AT_MOST:
        raise refusal("claim-too-long")
    (_require_advance if command.kind is PaymentKind.ADVANCE else _require_final)(state, command)
    return (e.PaymentOrdered(**vars(command), payee=payee.record),)


def _require_advance(state: Claim, command: c.OrderPayment) -> None:
    if state.state in (ClaimState.AGREED, ClaimState.PAYMENT_FAILED) or state.advance != command.fen:
        raise refusal("no-advance")


def _require_final(state: Claim, command: c.OrderPayment) -> None:
    if state.state not in (ClaimState.AGREED, ClaimState.PAYMENT_FAILED):
        raise refusal("not-agreed")
    if not state.payable:
        raise refusal("nothing-payable")
    if command.fen != state.payable:
        raise refusal("payment-changed")
    if state.approvals_missing:
        raise refusal("payment-approval-missing")


def _is_paid(state: Claim, command: c.RecordPaid) -> bool:
    payment = _payment(state, command.payment)
    if command.fen != payment.fen:
        raise refusal("payment-differs", (payment.id,))
    return payment.state in (PaymentState.MADE, PaymentState.SURPLUS) or _settles_nothing(payment, command)


def _record_paid(state: Claim, command: c.RecordPaid) -> tuple[e.Event, ...]:
    payment = _payment(state, command.payment)
    if payment.state is PaymentState.FAILED and not _is_wanted(state, payment):
        return (e.PaymentFoundSurplus(at=command.at, payment=payment.id, fen=payment.fen),)
    late = payment.state is not PaymentState.ORDERED
    made = e.PaymentMade(at=command.at, payment=payment.id, fen=payment.fen, late=late)
    return (made, *_fallen_by(state, payment, command.at))


def _is_wanted(state: Claim, payment: Payment) -> bool:
    """Whether money of a payment that had failed is still owed to the customer."""
    if state.state in OVER or state.open_payment is not None:
        return False
    owed = state.loss if state.settlement is None else state.settlement.fen
    return state.paid + payment.fen <= owed


def _fallen_by(state: Claim, payment: Payment, at: datetime) -> tuple[e.Event, ...]:
    """Money that came otherwise than was awaited changes the amount that people approved."""
    awaited = payment.kind is PaymentKind.FINAL and state.state is not ClaimState.AGREED
    return () if awaited else fallen(state, at, "amount-changed")


def _has_failed(state: Claim, command: c.RecordPaymentFailed) -> bool:
    payment = _payment(state, command.payment)
    return payment.state is PaymentState.FAILED or _settles_nothing(payment, command)


def _record_failed(state: Claim, command: c.RecordPaymentFailed) -> tuple[e.Event, ...]:
    payment = _payment(state, command.payment)
    if payment.state is PaymentState.SURPLUS:
        raise refusal("payment-settled", (payment.id,))
    if payment.state is PaymentState.MADE:
        contradicted = e.PaymentContradicted(at=command.at, payment=payment.id, reason=command.reason)
        return (contradicted, *_fallen_by(state, payment, command.at))
    late = payment.state is not PaymentState.ORDERED
    return (e.PaymentFailed(at=command.at, payment=payment.id, reason=command.reason, late=late),)


def _settles_nothing(payment: Payment, command: c.BankSaid) -> bool:
    """Where the bank contradicted itself, only what it is asked after that counts: the rest may be old answers."""
    since = payment.contradicted_at
    return since is not None and (command.asked_at is None or command.asked_at <= since)


def _was_answered(state: Claim, command: c.RecordUnanswered) -> bool:
    return _payment(state, command.payment).state is not PaymentState.ORDERED


def _record_unanswered(_state: Claim, command: c.RecordUnanswered) -> tuple[e.Event, ...]:
    return (e.PaymentUnanswered(at=command.at, payment=command.payment),)


def _payment(state: Claim, id: str) -> Payment:
    found = find(state.payments, id)
    if found is None:
        raise refusal("no-payment", (id,))
    return found


def _is_allowed(state: Claim, command: c.AllowAdvance) -> bool:
    return state.advance == command.fen


MONEY_RULES: Final[Mapping[type[c.Command], Rule]] = {
    c.SetPayee: Rule(_is_payee, _set_payee),
    c.ApprovePayee: Rule(_is_payee_approved, _approve_payee),
    c.ApprovePayment: Rule(_has_approved, _approve),
    c.AllowAdvance: Rule(_is_allowed, _allow_advance),
    c.OrderPayment: Rule(_is_ordered, _order),
    c.RecordPaid: Rule(_is_paid, _record_paid),
    c.RecordPaymentFailed: Rule(_has_failed, _record_failed),
    c.RecordUnanswered: Rule(_was_answered, _record_unanswered),
}
