"""Premiums, cash values and paid-up sums of the invented products.

A textbook model: Makeham mortality, a rising incidence of cancer, one interest rate, a Zillmer reserve, and a surrender
factor that grows from 80 % to 100 % over the premium term. The figures hang together; they are no real company's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from policy.products.catalogue import Kind
from policy.proposal import Gender

LAST_AGE: Final = 105
TERM_ENDS_AT: Final = 70
LOADING: Final = 0.11  # of each gross premium
FIRST_YEAR_COST: Final = 0.58  # of one gross premium where ten are paid or more, recovered over the premium term
FIRST_SURRENDER_FACTOR: Final = 0.80

DEAREST: Final = 2  # premiums for the sum insured: beyond it, no premium pays for benefits that grow with it

_DISCOUNT: Final = 1 / 1.02
_CENT: Final = Decimal("0.01")
_ROUNDS: Final = 2000
"""A premium that pays for benefits which grow with it is looked for step by step; it is there long before."""


@dataclass(frozen=True)
class YearValues:
    """What the contract is worth at the end of one policy year; amounts in yuan, two decimals.

    `benefit` is what would be paid if the insured event came in that year: on death, or for a cancer. `paid_up_sum` is
    the reduced sum insured if premiums stop here, None once all premiums are paid, or where there is no such right.
    """

    year: int
    age: int
    premiums_paid: Decimal
    benefit: Decimal
    cash_value: Decimal
    paid_up_sum: Decimal | None


@dataclass(frozen=True)
class Basis:
    """What a kind of product rests on, for one gender.

    `rate(age)` is the probability that the insured event comes within the year. The cover ends at the age `ends_at`. It
    `saves` where the benefit never falls below a share of the premiums paid, and the last year pays for certain.
    """

    rate: Callable[[int], float]
    ends_at: int
    saves: bool


def _makeham(steady: float, start: float) -> Callable[[int], float]:
    return lambda age: steady + start * 1.1165**age


def _until_the_last_age(rate: Callable[[int], float]) -> Callable[[int], float]:
    return lambda age: 1.0 if age >= LAST_AGE - 1 else rate(age)


def _incidence(steady: float, start: float, growth: float) -> Callable[[int], float]:
    return lambda age: min(0.035, steady + start * growth**age)


_DEATH: Final[Mapping[Gender, Callable[[int], float]]] = {
    Gender.MALE: _makeham(0.0005, 7.4e-6),
    Gender.FEMALE: _makeham(0.0003, 4.9e-6),
}
_CANCER: Final[Mapping[Gender, Callable[[int], float]]] = {
    Gender.MALE: _incidence(0.0006, 6.0e-5, 1.08),
    Gender.FEMALE: _incidence(0.0008, 4.0e-5, 1.075),
}


def basis_of(kind: Kind, gender: Gender) -> Basis:
    """Return what a product of that kind rests on.

    Cancer cover pays out its cash value on death, so that death has no weight of its own in it.
    """
    if kind is Kind.WHOLE_LIFE:
        return Basis(_until_the_last_age(_DEATH[gender]), LAST_AGE, saves=True)
    if kind is Kind.TERM_LIFE:
        return Basis(_DEATH[gender], TERM_ENDS_AT, saves=False)
    return Basis(_CANCER[gender], LAST_AGE, saves=False)


def annual_premium(basis: Basis, *, age: int, sum_insured: Decimal, years: int) -> Decimal:
    """The yearly gross premium in yuan, in steps of ten yuan per hundred thousand insured.

    The benefit may depend on the premiums paid, so the premium that pays for its own benefits is looked for. Raises
    ValueError where there is none, or the premiums would outlast the cover.
    """
    if age + years > basis.ends_at:
        raise ValueError(f"{years} premiums from age {age} outlast the cover")
    premium = Decimal(0)
    annuity = _annuity(basis, age, years)
    for _ in range(_ROUNDS):
        benefits = [float(b) for b in _benefits(basis, age, sum_insured, years, premium)]
        gross = _insurance(basis, age, benefits) / annuity / (1 - LOADING)
        steps = Decimal(gross / float(sum_insured) * 10_000).quantize(Decimal(1), ROUND_HALF_UP)
        found = (steps * 10 * sum_insured / 100_000).quantize(_CENT)
        if found == premium:
            return premium
        if found > DEAREST * sum_insured:
            break
        premium = found
    raise ValueError(f"no premium pays for its own benefits at age {age} over {years} years")


def year_values(
    basis: Basis, *, age: int, sum_insured: Decimal, years: int, premium: Decimal
) -> tuple[YearValues, ...]:
    """One row for the end of each policy year up to the end of the cover."""
    benefits = _benefits(basis, age, sum_insured, years, premium)
    amounts = [float(b) for b in benefits]
    annuity = _annuity(basis, age, years)
    net = _insurance(basis, age, amounts) / annuity
    first_cost = FIRST_YEAR_COST * min(1.0, years / 10) * float(premium)
    at_the_end = amounts[-1] if basis.saves else 0.0
    rows = []
    for year in range(1, basis.ends_at - age + 1):
        now, left = age + year, max(0, years - year)
        unpaid = (net + first_cost / annuity) * _annuity(basis, now, left)
        ahead = _insurance(basis, now, amounts[year:]) if now < basis.ends_at else at_the_end
        factor = FIRST_SURRENDER_FACTOR + (1 - FIRST_SURRENDER_FACTOR) * min(year, years) / years
        cash = Decimal(max(0.0, ahead - unpaid) * factor).quantize(_CENT, ROUND_HALF_UP)
        rows.append(
            YearValues(
                year=year,
                age=now,
                premiums_paid=premium * min(year, years),
                benefit=max(benefits[year - 1], cash),
                cash_value=cash,
                paid_up_sum=_paid_up(basis, now, cash) if left and basis.saves else None,
            )
        )
    return tuple(rows)


def _paid_up(basis: Basis, age: int, cash: Decimal) -> Decimal:
    unit = _insurance(basis, age, [1.0] * (basis.ends_at - age))
    return Decimal(float(cash) / unit).quantize(_CENT, ROUND_HALF_UP)


def _insurance(basis: Basis, age: int, benefits: Sequence[float]) -> float:
    """Present value of benefits[t] paid at the end of the year of event t."""
    value = 0.0
    for t in reversed(range(len(benefits))):
        rate = basis.rate(age + t)
        value = (rate * benefits[t] + (1 - rate) * value) * _DISCOUNT
    return value


def _annuity(basis: Basis, age: int, years: int) -> float:
    """Present value of 1 at the beginning of each of `years` years while the insured event has not come."""
    value = 0.0
    for t in reversed(range(years)):
        value = 1 + (1 - basis.rate(age + t)) * value * _DISCOUNT
    return value


def _paid_ratio(age: int) -> Decimal:
    """The share of the premiums paid that the death benefit never falls below (article 2.4 of the terms)."""
    if age <= 40:
        return Decimal("1.6")
    return Decimal("1.4") if age <= 60 else Decimal("1.2")


def _benefits(basis: Basis, age: int, sum_insured: Decimal, years: int, premium: Decimal) -> list[Decimal]:
    if not basis.saves:
        return [sum_insured.quantize(_CENT)] * (basis.ends_at - age)
    return [
        max(sum_insured, premium * min(year, years) * _paid_ratio(age + year)).quantize(_CENT)
        for year in range(1, basis.ends_at - age + 1)
    ]
