"""The bank makes every trouble that a bank can make, and no claim is paid twice."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from claims.models import PaymentEntry
from claims.payment.books import PayingBooks
from claims.payment.port import PaymentNotTaken, PaymentOrder, PaymentSilent
from tests.claims_shell import ClaimsHouse


def advance(claims: ClaimsHouse, claim: str) -> str:
    """Do the task as a worker does: again where the bank was silent."""
    for _ in range(3):
        try:
            claims.advance(claim)
        except PaymentSilent:
            continue
        break
    claims.paying.listen()
    return claims.state(claim).state.value


def moved(claims: ClaimsHouse, claim: str) -> int:
    """Return how often the bank's books say that it paid something for the claim."""
    ids = [one.id for one in claims.state(claim).payments]
    chosen = select(func.count()).where(
        PaymentEntry.id.in_(ids), PaymentEntry.kind == "payment", PaymentEntry.outcome == "made"
    )
    with claims.house.database.reading() as session:
        return session.scalar(chosen) or 0


@pytest.mark.parametrize(
    ("ending", "state"),
    [
        ("5183", "closed"),
        ("9001", "payment-failed"),
        ("9004", "closed"),
        ("9005", "closed"),
        ("9006", "payment-failed"),
        ("9007", "payment-failed"),
    ],
)
def test_whatever_the_bank_does_a_claim_is_paid_once_or_waits_for_somebody(
    claims: ClaimsHouse, ending: str, state: str
) -> None:
    claim = claims.agreed(ending)
    assert advance(claims, claim) == state
    assert advance(claims, claim) == state
    assert moved(claims, claim) == (state == "closed")


def test_a_failure_that_is_corrected_later_is_no_second_payment(claims: ClaimsHouse) -> None:
    claim = claims.agreed("9008")
    assert advance(claims, claim) == "paid"
    assert advance(claims, claim) == "closed"
    assert claims.state(claim).paid == 39_000


def test_money_that_comes_back_is_asked_about_and_then_somebody_sees_to_it(claims: ClaimsHouse) -> None:
    claim = claims.agreed("9009")
    assert advance(claims, claim) == "payment-unknown"
    assert advance(claims, claim) == "payment-failed"
    assert claims.state(claim).paid == 0


def test_a_payee_who_is_not_the_insured_waits_for_a_second_person(claims: ClaimsHouse) -> None:
    claim = claims.report()
    claims.to_offer(claim).agree(claim).payee(claim, name="别的人")
    assert advance(claims, claim) == "agreed"
    assert claims.state(claim).payments == ()


def test_naming_the_same_account_again_keeps_one_record(claims: ClaimsHouse) -> None:
    claim = claims.agreed("5183")
    state = claims.state(claim)
    before, digits = state.payee, f"62000{state.reported.policy[-7:]}5183"
    claims.payee(claim, " ".join(digits[start : start + 4] for start in range(0, 16, 4)))
    assert claims.state(claim).payee == before


def test_the_bank_takes_the_same_order_once_and_no_other_under_its_id(claims: ClaimsHouse) -> None:
    bank = PayingBooks(claims.house.database)
    order = PaymentOrder("pay_test1", 100, "江一帆", "102331000018", "6200000000005183")
    assert bank.pay(order) == bank.pay(order) == bank.find("pay_test1")
    assert bank.pay(order).simulated
    with pytest.raises(PaymentNotTaken):
        bank.pay(PaymentOrder("pay_test1", 101, "江一帆", "102331000018", "6200000000005183"))
    assert bank.find("pay_none") is None
