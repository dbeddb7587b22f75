"""A quote: the premium, the day up to which it holds, and why that day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.products.actuary import annual_premium, basis_of
from policy.products.catalogue import PaymentTerm
from policy.proposal import Frequency, Gender, age_on
from policy.proposing.findings import ProposalRefused
from policy.proposing.quoting import HoldsUntil, Inquiry, cash_values, inquiry_of, next_birthday, quote, quote_findings
from tests.unit.policy.policy_people import CANCER, MOTHER, SON, TERM_LIFE, TODAY, product, proposal

TEN, ONCE = PaymentTerm(10, Frequency.ANNUAL), PaymentTerm(1, Frequency.ONCE)
ASKED = inquiry_of(proposal())
DAYS = st.dates(date(1930, 1, 1), date(2027, 12, 31))


def test_the_premium_is_the_rate_for_the_sum_and_the_total_is_all_of_it() -> None:
    given_quote = quote(product(), ASKED)
    assert given_quote.premium == annual_premium(
        basis_of(product().kind, Gender.FEMALE), age=64, sum_insured=Decimal(300_000), years=10
    )
    assert given_quote.total == given_quote.premium * 10


def test_who_pays_once_pays_it_all_at_once() -> None:
    given_quote = quote(product(), replace(ASKED, term=ONCE, insured_born=SON.born, applicant_born=SON.born))
    assert given_quote.total == given_quote.premium > Decimal(100_000)


def test_it_holds_until_the_day_before_the_insureds_birthday() -> None:
    given_quote = quote(product(), ASKED)
    assert given_quote.holds_until == date(2027, 3, 7)
    assert given_quote.holds_because is HoldsUntil.INSURED_BIRTHDAY


def test_it_ends_earlier_where_the_applicant_comes_to_the_age_of_recording() -> None:
    given_quote = quote(product(), replace(ASKED, applicant_born=date(1967, 1, 10)))
    assert (given_quote.holds_until, given_quote.holds_because) == (date(2027, 1, 9), HoldsUntil.APPLICANT_BIRTHDAY)


def test_another_birthday_of_the_applicant_does_not_matter() -> None:
    given_quote = quote(product(), replace(ASKED, applicant_born=date(1968, 1, 10)))
    assert given_quote.holds_because is HoldsUntil.INSURED_BIRTHDAY


def test_it_ends_earlier_where_the_applicant_grows_too_old() -> None:
    given_quote = quote(product(), replace(ASKED, applicant_born=date(1955, 12, 1)))
    assert (given_quote.holds_until, given_quote.holds_because) == (date(2026, 11, 30), HoldsUntil.APPLICANT_BIRTHDAY)


def test_it_ends_the_day_before_the_product_is_withdrawn() -> None:
    old = replace(ASKED, insured_born=SON.born, insured_gender=Gender.MALE, on=date(2026, 8, 20))
    given_quote = quote(product(TERM_LIFE, "2025-1"), old)
    assert (given_quote.holds_until, given_quote.holds_because) == (date(2026, 8, 31), HoldsUntil.WITHDRAWAL)


def test_it_ends_with_the_rate_table() -> None:
    late = replace(ASKED, sum_insured=Decimal(100_000), on=date(2027, 12, 20))
    given_quote = quote(product(CANCER), late)
    assert (given_quote.holds_until, given_quote.holds_because) == (date(2027, 12, 31), HoldsUntil.RATES_END)


@given(DAYS, st.integers(0, 60_000))
def test_the_next_birthday_is_the_first_day_of_a_new_age(born: date, later: int) -> None:
    day = born + timedelta(days=later)
    birthday = next_birthday(born, day)
    assert birthday > day
    assert age_on(born, birthday) == age_on(born, day) + 1
    assert age_on(born, birthday - timedelta(days=1)) == age_on(born, day)


@given(st.dates(date(1961, 11, 28), date(2000, 1, 1)), st.integers(0, 400), st.sampled_from(Gender))
def test_the_same_premium_is_asked_up_to_the_last_day_and_not_beyond_without_reason(
    born: date, ahead: int, gender: Gender
) -> None:
    asked = Inquiry(born, gender, SON.born, Decimal(300_000), ONCE, TODAY)
    given_quote = quote(product(), asked)
    day = TODAY + timedelta(days=ahead)
    if day <= given_quote.holds_until:
        assert quote(product(), replace(asked, on=day)) == given_quote
    elif day == given_quote.holds_until + timedelta(days=1) and age_on(born, day) <= 65:
        assert quote(product(), replace(asked, on=day)).premium > given_quote.premium


@given(st.integers(5, 300), st.sampled_from((1, 3, 5, 10, 20)))
def test_premiums_are_exact_to_the_fen_and_grow_with_the_sum(tens: int, years: int) -> None:
    term = PaymentTerm(years, Frequency.ONCE if years == 1 else Frequency.ANNUAL)
    asked = replace(ASKED, insured_born=SON.born, term=term, sum_insured=Decimal(tens * 10_000))
    given_quote = quote(product(), asked)
    least = quote(product(), replace(asked, sum_insured=Decimal(50_000)))
    assert given_quote.premium == least.premium * tens / 5
    assert given_quote.premium.as_tuple().exponent == -2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"on": date(2025, 12, 31)}, "product-not-yet-sold"),
        ({"insured_born": date(1960, 11, 1)}, "insured-too-old"),
        ({"insured_born": TODAY - timedelta(days=27)}, "insured-newborn"),
        ({"applicant_born": date(2010, 1, 1)}, "applicant-age"),
        ({"sum_insured": Decimal(40_000)}, "sum-out-of-limits"),
        ({"sum_insured": Decimal(3_010_000)}, "sum-out-of-limits"),
        ({"sum_insured": Decimal("NaN")}, "sum-out-of-limits"),
        ({"sum_insured": Decimal(305_000)}, "sum-off-step"),
        ({"sum_insured": Decimal("300000.01")}, "sum-off-step"),
        ({"term": PaymentTerm(7, Frequency.ANNUAL)}, "payment-term-unknown"),
        ({"term": PaymentTerm(20, Frequency.ANNUAL)}, "payment-term-too-long"),
    ],
)
def test_what_cannot_be_quoted_says_why(changes: dict[str, object], code: str) -> None:
    with pytest.raises(ProposalRefused) as refused:
        quote(product(), replace(ASKED, **changes))  # type: ignore[arg-type]
    assert [one.code for one in refused.value.findings] == [code]


def test_a_product_for_grown_ups_says_from_which_age() -> None:
    young = replace(ASKED, insured_born=date(2009, 5, 5), sum_insured=Decimal(200_000))
    (finding,) = quote_findings(product(TERM_LIFE), young)
    assert (finding.code, finding.about) == ("insured-too-young", ("18",))


@pytest.mark.parametrize("on", [date(2026, 9, 1), date(2026, 11, 1)])
def test_a_withdrawn_version_is_not_quoted(on: date) -> None:
    asked = replace(ASKED, insured_born=SON.born, on=on)
    assert [one.code for one in quote_findings(product(TERM_LIFE, "2025-1"), asked)] == ["product-withdrawn"]


def test_rates_that_have_ended_are_not_quoted() -> None:
    asked = replace(ASKED, sum_insured=Decimal(100_000), on=date(2028, 1, 1))
    assert [one.code for one in quote_findings(product(CANCER), asked)] == ["rates-ended"]


def test_cash_values_belong_to_the_quote() -> None:
    given_quote = quote(product(), ASKED)
    values = cash_values(product(), ASKED, given_quote.premium)
    assert values[0].age == age_on(MOTHER.born, TODAY) + 1
    assert values[9].premiums_paid == given_quote.total
