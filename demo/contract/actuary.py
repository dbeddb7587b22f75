"""Premium, cash values and paid-up sums of the demo's whole life product.

A textbook model: Makeham mortality, one interest rate, a Zillmer reserve, and a surrender factor that grows
from 80 % to 100 % over the premium term. The figures hang together; they are no real company's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

LAST_AGE = 105
LOADING = 0.11  # of each gross premium
FIRST_YEAR_COST = 0.58  # of one gross premium, recovered over the premium term
FIRST_SURRENDER_FACTOR = 0.80

_DISCOUNT = 1 / 1.02
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class YearValues:
    """What the contract is worth at the end of one policy year; amounts in yuan, two decimals.

    `paid_up_sum` is the reduced sum insured if premiums stop here, None once all premiums are paid.
    """

    year: int
    age: int
    premiums_paid: Decimal
    death_benefit: Decimal
    cash_value: Decimal
    paid_up_sum: Decimal | None


def _death_rate(age: int) -> float:
    return 1.0 if age >= LAST_AGE - 1 else 0.0003 + 4.9e-6 * 1.1165**age


def _insurance(age: int, benefits: Sequence[float]) -> float:
    """Present value of benefits[t] paid at the end of the year of death t."""
    value = 0.0
    for t in reversed(range(len(benefits))):
        rate = _death_rate(age + t)
        value = (rate * benefits[t] + (1 - rate) * value) * _DISCOUNT
    return value


def _annuity(age: int, years: int) -> float:
    """Present value of 1 at the beginning of each of `years` years while alive."""
    value = 0.0
    for t in reversed(range(years)):
        value = 1 + (1 - _death_rate(age + t)) * value * _DISCOUNT
    return value


def _paid_ratio(age: int) -> Decimal:
    """The share of the premiums paid that the death benefit never falls below (article 2.4 of the terms)."""
    if age <= 40:
        return Decimal("1.6")
    return Decimal("1.4") if age <= 60 else Decimal("1.2")


def _benefits(age: int, sum_insured: Decimal, years: int, premium: Decimal) -> list[Decimal]:
    return [
        max(sum_insured, premium * min(year, years) * _paid_ratio(age + year)).quantize(_CENT)
        for year in range(1, LAST_AGE - age + 1)
    ]


def annual_premium(*, age: int, sum_insured: Decimal, years: int) -> Decimal:
    """The yearly gross premium in yuan, in steps of ten yuan per hundred thousand insured.

    The benefit depends on the premiums paid, so the premium that pays for its own benefits is looked for.
    """
    premium = Decimal(0)
    for _ in range(50):
        benefits = [float(b) for b in _benefits(age, sum_insured, years, premium)]
        gross = _insurance(age, benefits) / _annuity(age, years) / (1 - LOADING)
        steps = Decimal(gross / float(sum_insured) * 10_000).quantize(Decimal(1), ROUND_HALF_UP)
        found = (steps * 10 * sum_insured / 100_000).quantize(_CENT)
        if found == premium:
            return premium
        premium = found
    raise ValueError(f"no premium pays for its own benefits at age {age} over {years} years")


def year_values(*, age: int, sum_insured: Decimal, years: int, premium: Decimal) -> tuple[YearValues, ...]:
    """One row for the end of each policy year up to the last age of the table."""
    benefits = _benefits(age, sum_insured, years, premium)
    amounts = [float(b) for b in benefits]
    annuity = _annuity(age, years)
    net = _insurance(age, amounts) / annuity
    rows = []
    for year in range(1, LAST_AGE - age + 1):
        now, left = age + year, max(0, years - year)
        unpaid = (net + FIRST_YEAR_COST * float(premium) / annuity) * _annuity(now, left)
        ahead = _insurance(now, amounts[year:]) if now < LAST_AGE else amounts[-1]
        factor = FIRST_SURRENDER_FACTOR + (1 - FIRST_SURRENDER_FACTOR) * min(year, years) / years
        cash = Decimal(max(0.0, ahead - unpaid) * factor).quantize(_CENT, ROUND_HALF_UP)
        unit = _insurance(now, [1.0] * (LAST_AGE - now)) if now < LAST_AGE else 1.0
        paid_up = Decimal(float(cash) / unit).quantize(_CENT, ROUND_HALF_UP) if left else None
        rows.append(
            YearValues(
                year=year,
                age=now,
                premiums_paid=premium * min(year, years),
                death_benefit=max(benefits[year - 1], cash),
                cash_value=cash,
                paid_up_sum=paid_up,
            )
        )
    return tuple(rows)
