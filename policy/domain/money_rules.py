"""Money: one open debit at a time, an unanswered one is asked about and never ordered anew, and what was taken without
need goes back.

The bank's answers are taken down in every state of the proposal, ends too: that it answers late, twice, or first no
and then yes, is in the nature of banks.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from policy.domain import commands as c
from policy.domain import events as e
from policy.domain.refusal import refusal
from policy.domain.rule import Rule
from policy.domain.state import Debit, Proposal, Refund, find
from policy.domain.values import DebitState, ProposalState, RefundState

DEBITS_AT_MOST: Final = 10
"""Of one proposal: after so many the customer pays in another way, or the proposal is withdrawn."""


def refund_owed(state: Proposal, debit: Debit, refund: str, at: datetime, *, reason: str) -> e.RefundOwed:
    """Return the event that all the money of a debit has to go back. Raises `PolicyRefused` (`refund-known`)."""
    require_new_refund(state, refund)
    return e.RefundOwed(at=at, refund=refund, debit=debit.id, fen=debit.fen, reason=reason)


def require_new_refund(state: Proposal, refund: str) -> None:
    """Raise `PolicyRefused` (`refund-known`) where the proposal has a refund of that id."""
    if find(state.refunds, refund) is not None:
        raise refusal("refund-known", (refund,))


def _is_ordered(state: Proposal, command: c.OrderDebit) -> bool:
    found = find(state.debits, command.debit)
    return found is not None and found.state is DebitState.ORDERED


def _order_debit(state: Proposal, command: c.OrderDebit) -> tuple[e.Event, ...]:
    if find(state.debits, command.debit) is not None:
        raise refusal("debit-known", (command.debit,))
    if state.recording_wanted:
        raise refusal("recording-first")
    if len(state.debits) >= DEBITS_AT_MOST:
        raise refusal("debits-too-many")
    return (e.DebitOrdered(at=command.at, debit=command.debit, fen=state.fen, account=command.account),)


def _is_collected(state: Proposal, command: c.RecordCollected) -> bool:
    debit = _debit(state, command.debit)
    if command.fen != debit.fen:
        raise refusal("amount-differs", (debit.id,))
    return debit.state in (DebitState.COLLECTED, DebitState.SURPLUS) or _settles_nothing(debit, command)


def _record_collected(state: Proposal, command: c.RecordCollected) -> tuple[e.Event, ...]:
    debit = _debit(state, command.debit)
    if debit.state is DebitState.FAILED and state.state is not ProposalState.DEBIT_FAILED:
        surplus = e.DebitFoundSurplus(at=command.at, debit=debit.id, fen=debit.fen)
        return (surplus, refund_owed(state, debit, command.refund, command.at, reason="surplus"))
    late = debit.state is not DebitState.ORDERED
    return (e.DebitCollected(at=command.at, debit=debit.id, fen=debit.fen, late=late),)


def _has_failed(state: Proposal, command: c.RecordDebitFailed) -> bool:
    debit = _debit(state, command.debit)
    return debit.state is DebitState.FAILED or _settles_nothing(debit, command)


def _record_failed(state: Proposal, command: c.RecordDebitFailed) -> tuple[e.Event, ...]:
    debit = _debit(state, command.debit)
    if debit.state is DebitState.SURPLUS or (
        debit.state is DebitState.COLLECTED and state.state is not ProposalState.PAID
    ):
        raise refusal("debit-settled", (debit.id,))
    if debit.state is DebitState.COLLECTED:
        return (e.DebitContradicted(at=command.at, debit=debit.id, reason=command.reason),)
    late = debit.state is not DebitState.ORDERED
    return (e.DebitFailed(at=command.at, debit=debit.id, reason=command.reason, late=late),)


def _settles_nothing(debit: Debit, command: c.BankSaid) -> bool:
    """Where the bank contradicted itself, only what it is asked after that counts: the rest may be old answers."""
    since = debit.contradicted_at
    return since is not None and (command.asked_at is None or command.asked_at <= since)


def _was_answered(state: Proposal, command: c.RecordUnanswered) -> bool:
    return _debit(state, command.debit).state is not DebitState.ORDERED


def _record_unanswered(_state: Proposal, command: c.RecordUnanswered) -> tuple[e.Event, ...]:
    return (e.DebitUnanswered(at=command.at, debit=command.debit),)


def _debit(state: Proposal, debit: str) -> Debit:
    found = find(state.debits, debit)
    if found is None:
        raise refusal("no-debit", (debit,))
    return found


def _is_on_its_way(state: Proposal, command: c.OrderRefund) -> bool:
    return _refund(state, command.refund).state is not RefundState.OWED


def _order_refund(_state: Proposal, command: c.OrderRefund) -> tuple[e.Event, ...]:
    return (e.RefundOrdered(at=command.at, refund=command.refund),)


def _is_refunded(state: Proposal, command: c.RecordRefunded) -> bool:
    return _ordered_refund(state, command.refund).state is RefundState.PAID


def _record_refunded(_state: Proposal, command: c.RecordRefunded) -> tuple[e.Event, ...]:
    return (e.RefundPaid(at=command.at, refund=command.refund),)


def _refund_has_failed(state: Proposal, command: c.RecordRefundFailed) -> bool:
    refund = _refund(state, command.refund)
    return refund.state is RefundState.OWED and refund.failure is not None


def _record_refund_failed(state: Proposal, command: c.RecordRefundFailed) -> tuple[e.Event, ...]:
    if _ordered_refund(state, command.refund).state is RefundState.PAID:
        raise refusal("refund-settled", (command.refund,))
    return (e.RefundFailed(at=command.at, refund=command.refund, reason=command.reason),)


def _refund(state: Proposal, refund: str) -> Refund:
    found = find(state.refunds, refund)
    if found is None:
        raise refusal("no-refund", (refund,))
    return found


def _ordered_refund(state: Proposal, refund: str) -> Refund:
    """Return a refund that the bank was asked for, though it may have said no."""
    found = _refund(state, refund)
    if found.state is RefundState.OWED and found.failure is None:
        raise refusal("refund-not-ordered", (refund,))
    return found


MONEY_RULES: Final[Mapping[type[c.Command], Rule]] = {
    c.OrderDebit: Rule(_is_ordered, _order_debit),
    c.RecordCollected: Rule(_is_collected, _record_collected),
    c.RecordDebitFailed: Rule(_has_failed, _record_failed),
    c.RecordUnanswered: Rule(_was_answered, _record_unanswered),
    c.OrderRefund: Rule(_is_on_its_way, _order_refund),
    c.RecordRefunded: Rule(_is_refunded, _record_refunded),
    c.RecordRefundFailed: Rule(_refund_has_failed, _record_refund_failed),
}
