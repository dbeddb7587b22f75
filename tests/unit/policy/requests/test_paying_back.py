"""What a policy is worth when it ends: all of it, or the cash value of what was paid for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from policy.domain import commands as c
from policy.domain.state import Proposal as State
from policy.proposal import Frequency, Payment
from policy.proposing.quoting import cash_values, inquiry_of, quote
from policy.requests.paying_back import cancellation, surrender
from tests.unit.policy.policy_people import ACCOUNT, SON, product, proposal
from tests.unit.policy.proposal_play import ISSUED, RECEIVED, at

ISSUED_ON = date(2026, 11, 27)
SOLD = proposal()
ONCE = proposal(payment=Payment("栖川银行望潮支行", ACCOUNT, SON.name, 1, Frequency.ONCE))


def paid(fen: int, *road: type[c.Command]) -> State:
    return at(*(road or RECEIVED), fen=fen).proposal


def fen(one: object) -> int:
    assert isinstance(one, type(SOLD))
    return int(quote(product(), inquiry_of(one)).premium * 100)


def test_a_cancellation_pays_all_back_to_the_account_that_paid() -> None:
    told = cancellation(paid(2_412_000), SOLD)
    assert (told.refund, told.cost) == (Decimal("24120.00"), 0)
    assert (told.account, told.holder) == (ACCOUNT, SON.name)
    assert (told.received_on, told.last_day) == (ISSUED_ON, ISSUED_ON + timedelta(days=15))


def test_a_contract_that_was_not_received_has_no_period_yet() -> None:
    told = cancellation(paid(2_412_000, *ISSUED), SOLD)
    assert (told.received_on, told.last_day) == (None, None)


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2026, 12, 13), 1),
        (date(2027, 11, 26), 1),
        (date(2027, 11, 27), 2),
        (date(2036, 11, 26), 10),
        (date(2090, 1, 1), 41),
    ],
)
def test_what_was_paid_at_once_is_worth_the_year_that_runs(day: date, year: int) -> None:
    premium = quote(product(), inquiry_of(ONCE)).premium
    told = surrender(paid(int(premium * 100)), ONCE, product(), day)
    assert told.cash_value == cash_values(product(), inquiry_of(ONCE), premium)[year - 1].cash_value


def test_what_is_paid_year_by_year_is_worth_the_one_premium_that_was_collected() -> None:
    state = paid(fen(SOLD))
    first = surrender(state, SOLD, product(), date(2026, 12, 20))
    later = surrender(state, SOLD, product(), date(2029, 12, 20))
    assert 0 < first.refund < first.premiums_paid
    assert later.refund == first.refund, "nobody is paid back what they never paid"


def test_a_premium_with_a_loading_is_the_one_that_counts() -> None:
    loaded = replace(paid(fen(SOLD) * 2))
    assert surrender(loaded, SOLD, product(), date(2026, 12, 20)).premiums_paid == Decimal(fen(SOLD) * 2) / 100
