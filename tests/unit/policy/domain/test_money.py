"""Debits and refunds, against a bank that is late, silent, doubtful or wrong."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from policy.bank.port import CONDUCT, BankAnswer, BankOutcome, BankSilent, DebitOrder, RefundOrder, SimulatedBank
from policy.domain import commands as c
from policy.domain import events as e
from policy.domain.values import DebitState, ProposalState, RefundState
from tests.unit.policy.proposal_play import ACCEPTED, FAILED, FEN, ISSUED, PAID, UNKNOWN, Play, at

S = ProposalState


def kinds(events: tuple[e.Event, ...]) -> list[type[e.Event]]:
    return [type(event) for event in events]


def test_a_premium_that_is_collected_pays_for_the_policy() -> None:
    play = at(*PAID)
    assert play.proposal.state is S.PAID
    assert play.proposal.collected is not None
    assert play.proposal.collected.fen == FEN


def test_an_answer_that_comes_twice_counts_once() -> None:
    play = at(*PAID)
    assert play.do(play.command(c.RecordCollected)) == ()
    assert play.do(play.command(c.RecordUnanswered)) == ()
    play = at(*FAILED)
    assert play.do(play.command(c.RecordDebitFailed)) == ()


@pytest.mark.parametrize(("says", "state"), [(c.RecordCollected, S.PAID), (c.RecordDebitFailed, S.DEBIT_FAILED)])
def test_a_silent_debit_is_asked_about_and_settled_late(says: type[c.Command], state: ProposalState) -> None:
    play = at(*UNKNOWN)
    assert play.refused(c.OrderDebit) == "proposal-debit-unknown"
    assert play.refused(c.Withdraw) == "proposal-debit-unknown"
    (settled,) = play.do(play.command(says, asked_at=play.now))
    assert isinstance(settled, e.DebitCollected | e.DebitFailed)
    assert settled.late
    assert play.proposal.state is state


def test_a_failed_debit_is_ordered_anew_under_another_id() -> None:
    play = at(*FAILED, c.OrderDebit, c.RecordCollected)
    assert [one.state for one in play.proposal.debits] == [DebitState.FAILED, DebitState.COLLECTED]


def test_a_debit_that_failed_and_was_made_after_all_pays_while_nothing_else_does() -> None:
    play = at(*FAILED)
    (collected,) = play.do(play.command(c.RecordCollected))
    assert isinstance(collected, e.DebitCollected)
    assert collected.late
    assert play.proposal.state is S.PAID


@pytest.mark.parametrize(
    "make",
    [
        lambda: at(*FAILED, c.OrderDebit),
        lambda: at(*FAILED, c.OrderDebit, c.RecordCollected),
        lambda: at(*FAILED, c.OrderDebit, c.RecordCollected, c.Issue),
        lambda: at(*FAILED, c.Withdraw),
    ],
)
def test_money_that_is_not_wanted_any_more_goes_back_at_once(make: Callable[[], Play]) -> None:
    play = make()
    state = play.proposal.state
    surplus, owed = play.do(play.command(c.RecordCollected, debit="dbt_1", refund="rfd_back"))
    assert isinstance(surplus, e.DebitFoundSurplus)
    assert isinstance(owed, e.RefundOwed)
    assert (owed.refund, owed.debit, owed.fen, owed.reason) == ("rfd_back", "dbt_1", FEN, "surplus")
    assert play.proposal.state is state
    assert play.do(play.command(c.RecordCollected, debit="dbt_1")) == ()


def test_a_bank_that_says_yes_and_then_no_is_asked_before_anything_is_issued() -> None:
    play = at(*PAID)
    assert kinds(play.do(play.command(c.RecordDebitFailed))) == [e.DebitContradicted]
    assert play.proposal.state is S.DEBIT_UNKNOWN
    assert play.refused(c.Issue) == "proposal-debit-unknown"
    for says in (c.RecordDebitFailed, c.RecordCollected):
        assert play.do(play.command(says)) == (), "what it says unasked may be either answer once more"
        assert play.do(play.command(says, asked_at=play.now)) == (), "so may an answer to a question before"
    asked_at = play.later(minutes=5).now
    (collected,) = play.do(play.command(c.RecordCollected, asked_at=asked_at))
    assert isinstance(collected, e.DebitCollected)
    assert collected.late
    assert play.go(c.Issue).proposal.state is S.ISSUED


def test_what_is_paid_and_withdrawn_goes_back_through_the_bank() -> None:
    play = at(*PAID, c.Withdraw)
    (refund,) = play.proposal.refunds
    assert (refund.fen, refund.state, refund.reason) == (FEN, RefundState.OWED, "withdrawn")
    play.go(c.OrderRefund, c.RecordRefundFailed)
    assert play.proposal.refunds[0].failure == "account-closed"
    play.go(c.OrderRefund, c.RecordRefunded)
    assert play.proposal.refunds[0].state is RefundState.PAID
    assert play.do(play.command(c.OrderRefund)) == () == play.do(play.command(c.RecordRefunded))


def test_a_refund_that_failed_and_was_paid_after_all_is_paid() -> None:
    play = at(*PAID, c.Withdraw, c.OrderRefund, c.RecordRefundFailed, c.RecordRefunded)
    assert play.proposal.refunds[0].state is RefundState.PAID


# The domain and the simulated bank together, as a job would join them.


def order_of(play: Play, ending: str) -> DebitOrder:
    debit = play.proposal.debits[-1]
    return DebitOrder(debit.id, debit.fen, "栖川银行望潮支行", f"62009901060{ending}", "于文山")


def record_answer(play: Play, answer: BankAnswer, **asked: object) -> None:
    if answer.outcome is BankOutcome.MADE:
        play.go(c.RecordCollected, debit=answer.id, fen=answer.fen, **asked)
    else:
        play.go(c.RecordDebitFailed, debit=answer.id, reason=answer.reason, **asked)


@pytest.mark.parametrize("ending", [*CONDUCT, "5183"])
def test_whatever_the_account_one_premium_is_kept_for_a_policy_and_none_without(ending: str) -> None:
    bank, play = SimulatedBank(), at(*ACCEPTED)
    for account in (ending, "5183"):
        play.go(c.OrderDebit)
        try:
            record_answer(play, bank.collect(order_of(play, account)))
        except BankSilent:
            play.go(c.RecordUnanswered)
            found = bank.find(play.proposal.debits[-1].id)
            if found is None:
                play.go(c.RecordDebitFailed, reason="never-arrived", asked_at=play.now)
            else:
                record_answer(play, found, asked_at=play.now)
        for answer in bank.unasked():
            record_answer(play, answer)
        if play.proposal.state is S.PAID:
            break
    play.go(c.Issue)
    for refund in play.proposal.refunds:
        play.go(c.OrderRefund, refund=refund.id)
        bank.refund(RefundOrder(refund.id, refund.debit, refund.fen))
        play.go(c.RecordRefunded, refund=refund.id)
    moved = sum(bank.collected(one.id) for one in play.proposal.debits)
    assert moved - sum(one.fen for one in play.proposal.refunds) == FEN
    assert play.proposal.state is S.ISSUED


def test_an_issued_policy_has_exactly_its_premium() -> None:
    assert [one.state for one in at(*ISSUED).proposal.debits] == [DebitState.COLLECTED]
