"""The model behind the rates: figures that hang together at every age, for each kind of product."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest

from policy.products.actuary import LAST_AGE, TERM_ENDS_AT, annual_premium, basis_of, year_values
from policy.products.catalogue import Kind
from policy.proposal import Gender

SUM = Decimal(300_000)
WHOLE_LIFE = basis_of(Kind.WHOLE_LIFE, Gender.FEMALE)


@pytest.mark.parametrize("age", [0, 18, 30, 45, 56, 60, 64, 65])
def test_whole_life_figures_hang_together_at_every_age(age: int) -> None:
    premium = annual_premium(WHOLE_LIFE, age=age, sum_insured=SUM, years=10)
    rows = year_values(WHOLE_LIFE, age=age, sum_insured=SUM, years=10, premium=premium)
    assert [row.year for row in rows] == list(range(1, LAST_AGE - age + 1))
    assert all(later.cash_value > earlier.cash_value for earlier, later in pairwise(rows))
    assert rows[0].cash_value < premium / 2, "leaving in the first year has to cost, as the notice says"
    assert all(row.benefit >= max(SUM, row.cash_value) for row in rows)
    assert all(row.benefit >= row.premiums_paid * Decimal("1.2") for row in rows)
    assert [row.paid_up_sum is None for row in rows] == [row.year >= 10 for row in rows]
    assert rows[-1].cash_value == rows[-1].benefit


@pytest.mark.parametrize("kind", [Kind.TERM_LIFE, Kind.CANCER])
def test_cover_without_savings_is_worth_nothing_in_the_end(kind: Kind) -> None:
    basis = basis_of(kind, Gender.MALE)
    premium = annual_premium(basis, age=50, sum_insured=SUM, years=10)
    rows = year_values(basis, age=50, sum_insured=SUM, years=10, premium=premium)
    assert rows[-1].age == (TERM_ENDS_AT if kind is Kind.TERM_LIFE else LAST_AGE)
    assert rows[-1].cash_value == 0
    assert {row.benefit for row in rows} == {SUM}
    assert all(row.cash_value < SUM / 2 for row in rows)
    assert all(row.paid_up_sum is None for row in rows)


@pytest.mark.parametrize("kind", Kind)
def test_older_people_and_men_pay_more(kind: Kind) -> None:
    premiums = {
        gender: [annual_premium(basis_of(kind, gender), age=age, sum_insured=SUM, years=5) for age in range(20, 41, 5)]
        for gender in Gender
    }
    assert all(line == sorted(set(line)) for line in premiums.values())
    assert all(man > woman for man, woman in zip(premiums[Gender.MALE], premiums[Gender.FEMALE], strict=True))


def test_one_payment_costs_less_in_all_than_many() -> None:
    once = annual_premium(WHOLE_LIFE, age=40, sum_insured=SUM, years=1)
    assert once < 20 * annual_premium(WHOLE_LIFE, age=40, sum_insured=SUM, years=20)
    first = year_values(WHOLE_LIFE, age=40, sum_insured=SUM, years=1, premium=once)[0]
    assert once * Decimal("0.7") < first.cash_value < once


def test_premiums_that_outlast_the_cover_are_refused() -> None:
    with pytest.raises(ValueError, match="outlast the cover"):
        annual_premium(basis_of(Kind.TERM_LIFE, Gender.MALE), age=65, sum_insured=SUM, years=10)


def test_a_premium_that_never_pays_for_its_own_benefits_is_refused() -> None:
    with pytest.raises(ValueError, match="no premium pays"):
        annual_premium(WHOLE_LIFE, age=100, sum_insured=SUM, years=1)
