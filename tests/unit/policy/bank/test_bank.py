"""The simulated bank: plainly simulated, and as difficult as a real one. Whatever is asked, money moves once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.bank.port import (
    CONDUCT,
    BankOutcome,
    BankRefused,
    BankSilent,
    DebitOrder,
    RefundOrder,
    SimulatedBank,
)


def order(ending: str = "5183", debit: str = "dbt_1", fen: int = 2_412_000) -> DebitOrder:
    return DebitOrder(debit, fen, "栖川银行望潮支行", f"62009901060{ending}", "于文山")


def test_an_ordinary_account_pays_and_the_answer_says_that_no_bank_said_so() -> None:
    bank = SimulatedBank()
    answer = bank.collect(order())
    assert (answer.outcome, answer.fen, answer.reason) == (BankOutcome.MADE, 2_412_000, None)
    assert answer.simulated
    assert bank.simulated
    assert bank.find("dbt_1") == answer
    assert bank.unasked() == ()


@pytest.mark.parametrize(
    ("ending", "reason"), [("9001", "insufficient-funds"), ("9002", "account-closed"), ("9003", "holder-differs")]
)
def test_some_accounts_fail_with_a_code(ending: str, reason: str) -> None:
    bank = SimulatedBank()
    answer = bank.collect(order(ending))
    assert (answer.outcome, answer.reason) == (BankOutcome.FAILED, reason)
    assert bank.collected("dbt_1") == 0


def test_one_account_answers_twice_and_takes_the_money_once() -> None:
    bank = SimulatedBank()
    answer = bank.collect(order("9004"))
    assert bank.unasked() == (answer,)
    assert bank.unasked() == ()
    assert bank.collected("dbt_1") == answer.fen


def test_one_account_times_out_and_was_made() -> None:
    bank = SimulatedBank()
    with pytest.raises(BankSilent) as silent:
        bank.collect(order("9005"))
    assert silent.value.code == "bank-silent"
    found = bank.find("dbt_1")
    assert found is not None
    assert found.outcome is BankOutcome.MADE


def test_one_account_times_out_and_was_not_made() -> None:
    bank = SimulatedBank()
    with pytest.raises(BankSilent):
        bank.collect(order("9006"))
    assert bank.find("dbt_1") is None
    assert bank.collected("dbt_1") == 0


def test_one_account_times_out_and_failed() -> None:
    bank = SimulatedBank()
    with pytest.raises(BankSilent):
        bank.collect(order("9007"))
    found = bank.find("dbt_1")
    assert found is not None
    assert (found.outcome, found.reason) == (BankOutcome.FAILED, "insufficient-funds")


def test_one_account_fails_and_was_made_after_all() -> None:
    bank = SimulatedBank()
    assert bank.collect(order("9008")).outcome is BankOutcome.FAILED
    (corrected,) = bank.unasked()
    assert corrected.outcome is BankOutcome.MADE
    assert bank.find("dbt_1") == corrected


@given(st.sampled_from((*CONDUCT, "5183")), st.integers(1, 4))
def test_the_same_order_again_moves_nothing(ending: str, times: int) -> None:
    bank = SimulatedBank()
    for _ in range(times):
        try:
            bank.collect(order(ending))
        except BankSilent:
            continue
    assert bank.collected("dbt_1") in (0, 2_412_000)


def test_another_order_under_a_known_id_is_refused() -> None:
    bank = SimulatedBank()
    bank.collect(order())
    with pytest.raises(BankRefused) as refused:
        bank.collect(order(fen=1))
    assert refused.value.code == "debit-differs"


def test_money_goes_back_once_and_never_more_than_came() -> None:
    bank = SimulatedBank()
    bank.collect(order())
    half = RefundOrder("rfd_1", "dbt_1", 1_206_000)
    assert bank.refund(half) == bank.refund(half) == bank.find("rfd_1")
    assert bank.refund(RefundOrder("rfd_2", "dbt_1", 1_206_000)).outcome is BankOutcome.MADE
    with pytest.raises(BankRefused) as refused:
        bank.refund(RefundOrder("rfd_3", "dbt_1", 1))
    assert refused.value.code == "refund-unfounded"


def test_another_refund_under_a_known_id_is_refused() -> None:
    bank = SimulatedBank()
    bank.collect(order())
    bank.refund(RefundOrder("rfd_1", "dbt_1", 100))
    with pytest.raises(BankRefused) as refused:
        bank.refund(RefundOrder("rfd_1", "dbt_1", 200))
    assert refused.value.code == "refund-differs"


@pytest.mark.parametrize("fen", [0, -1])
def test_nothing_is_no_refund(fen: int) -> None:
    bank = SimulatedBank()
    bank.collect(order())
    with pytest.raises(BankRefused):
        bank.refund(RefundOrder("rfd_1", "dbt_1", fen))


def test_what_was_never_collected_does_not_go_back() -> None:
    bank = SimulatedBank()
    bank.collect(order("9001"))
    with pytest.raises(BankRefused):
        bank.refund(RefundOrder("rfd_1", "dbt_1", 1))
