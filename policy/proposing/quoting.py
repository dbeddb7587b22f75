"""The quote: what the premium is, and until which day it holds, and why that day.

Premiums go by the age of the insured in full years on the day of the quote. So a quote is over on the insured's next
birthday; and earlier where the product is withdrawn, its rates end, or the applicant's birthday brings another rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from policy.amounts import yuan_of
from policy.products.actuary import YearValues, basis_of, year_values
from policy.products.catalogue import PaymentTerm, Product
from policy.products.files import SUM_UNIT
from policy.proposal import Gender, Proposal, age_on
from policy.proposing.findings import Finding, ProposalRefused


class HoldsUntil(StrEnum):
    """Why a quote ends on its day: what would be another premium, or another rule, on the day after."""

    INSURED_BIRTHDAY = "insured-birthday"
    APPLICANT_BIRTHDAY = "applicant-birthday"
    WITHDRAWAL = "withdrawal"
    RATES_END = "rates-end"


@dataclass(frozen=True)
class Inquiry:
    """What a quote is asked for: all that the premium goes by. `sum_insured` in yuan; `on` is the day of the quote."""

    insured_born: date
    insured_gender: Gender
    applicant_born: date
    sum_insured: Decimal
    term: PaymentTerm
    on: date


@dataclass(frozen=True)
class Quote:
    """`premium` in yuan is what is paid each year, or once; `total` is all of it over the term.

    It holds up to and including `holds_until`, for the reason `holds_because`.
    """

    term: PaymentTerm
    sum_insured: Decimal
    premium: Decimal
    total: Decimal
    holds_until: date
    holds_because: HoldsUntil


def inquiry_of(proposal: Proposal) -> Inquiry:
    """Return what the proposal asks, as on its day of application."""
    return Inquiry(
        proposal.insured.born,
        proposal.insured.gender,
        proposal.applicant.born,
        proposal.sum_insured,
        PaymentTerm(proposal.payment.years, proposal.payment.frequency),
        proposal.applied_on,
    )


def quote(product: Product, inquiry: Inquiry) -> Quote:
    """Return the quote. Raises `ProposalRefused` with everything that stands against it."""
    findings = tuple(quote_findings(product, inquiry))
    rate = _rate(product, inquiry)
    if findings or rate is None:
        raise ProposalRefused(findings)
    premium = yuan_of(rate * int(inquiry.sum_insured) // SUM_UNIT)
    until, because = min(_ends(product, inquiry), key=lambda end: end[0])
    total = premium * inquiry.term.years
    return Quote(inquiry.term, inquiry.sum_insured, premium, total, until, because)


def quote_findings(product: Product, inquiry: Inquiry) -> Iterator[Finding]:
    """Yield everything that stands against a quote, in the order of the form."""
    on = inquiry.on
    if on < product.effective_from:
        yield Finding("product-not-yet-sold", "version", (product.effective_from.isoformat(),))
    if product.withdrawn_on is not None and on >= product.withdrawn_on:
        yield Finding("product-withdrawn", "version", (product.withdrawn_on.isoformat(),))
    if product.rates.until is not None and on > product.rates.until:
        yield Finding("rates-ended", "version", (product.rates.until.isoformat(),))
    yield from _age_findings(product, inquiry)
    yield from _sum_findings(product, inquiry.sum_insured)
    age = age_on(inquiry.insured_born, on)
    if inquiry.term not in product.payment_terms:
        yield Finding("payment-term-unknown", "payment.years")
    elif product.insured_ages[0] <= age <= product.insured_ages[1] and _rate(product, inquiry) is None:
        yield Finding("payment-term-too-long", "payment.years")


def cash_values(product: Product, inquiry: Inquiry, premium: Decimal) -> tuple[YearValues, ...]:
    """Return what the contract is worth at the end of each policy year, for an inquiry that was quoted."""
    return year_values(
        basis_of(product.kind, inquiry.insured_gender),
        age=age_on(inquiry.insured_born, inquiry.on),
        sum_insured=inquiry.sum_insured,
        years=inquiry.term.years,
        premium=premium,
    )


def next_birthday(born: date, day: date) -> date:
    """Return the first day after `day` on which the age in full years is one more; 1 March for who was born on the
    29th of February, in a year that has no such day."""
    year = day.year if (day.month, day.day) < (born.month, born.day) else day.year + 1
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def _rate(product: Product, inquiry: Inquiry) -> int | None:
    return product.rates.rate(inquiry.insured_gender, inquiry.term, age_on(inquiry.insured_born, inquiry.on))


def _age_findings(product: Product, inquiry: Inquiry) -> Iterator[Finding]:
    least, most = product.insured_ages
    age = age_on(inquiry.insured_born, inquiry.on)
    if age < least:
        yield Finding("insured-too-young", "insured.born", (str(least),))
    elif (inquiry.on - inquiry.insured_born).days < product.insured_days:
        yield Finding("insured-newborn", "insured.born", (str(product.insured_days),))
    if age > most:
        yield Finding("insured-too-old", "insured.born", (str(most),))
    least, most = product.applicant_ages
    if not least <= age_on(inquiry.applicant_born, inquiry.on) <= most:
        yield Finding("applicant-age", "applicant.born", (str(least), str(most)))


def _sum_findings(product: Product, sum_insured: Decimal) -> Iterator[Finding]:
    sums = product.sums
    if not sum_insured.is_finite() or not sums.least <= sum_insured <= sums.most:
        yield Finding("sum-out-of-limits", "sum_insured", (f"{sums.least:,}", f"{sums.most:,}"))
    elif (sum_insured - sums.least) % sums.step:
        yield Finding("sum-off-step", "sum_insured", (f"{sums.step:,}",))


def _ends(product: Product, inquiry: Inquiry) -> Iterator[tuple[date, HoldsUntil]]:
    """Yield the days up to which the quote would hold, each with its reason; of two on one day the first counts."""
    day = timedelta(days=1)
    yield next_birthday(inquiry.insured_born, inquiry.on) - day, HoldsUntil.INSURED_BIRTHDAY
    coming = age_on(inquiry.applicant_born, inquiry.on) + 1
    if coming in (product.recorded_from_age, product.applicant_ages[1] + 1):
        yield next_birthday(inquiry.applicant_born, inquiry.on) - day, HoldsUntil.APPLICANT_BIRTHDAY
    if product.withdrawn_on is not None:
        yield product.withdrawn_on - day, HoldsUntil.WITHDRAWAL
    if product.rates.until is not None:
        yield product.rates.until, HoldsUntil.RATES_END
