"""Underwriting by a decision table: what is computed from a proposal, what the table makes of it, and why.

Everything the table compares is computed here, from what was signed; nothing comes from outside but the sum that the
insured has in force at this insurer. Of the rows that fire the gravest decides: to decline, to ask for something, to
refer to a person, to accept. Loadings add up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any, Final

from esign.public.values import Words
from policy.domain.values import Outcome, RequirementKind
from policy.errors import UnderwritingFailed
from policy.products.catalogue import Product
from policy.products.occupations import find_occupation
from policy.proposal import ADULT_FROM, Proposal, Relation, age_on
from policy.proposing.quoting import Quote
from policy.underwriting.tables import FOLDER, Column, DecisionTable, Evaluation, Row, table_for, tables_in

COLUMNS: Final[Mapping[str, Column]] = {
    "kind": Column.WORD,
    "age": Column.NUMBER,
    "total_sum": Column.NUMBER,
    "minor_death_cover": Column.NUMBER,
    "bmi": Column.NUMBER,
    "smoker": Column.FLAG,
    "occupation_class": Column.NUMBER,
    "income_multiple": Column.NUMBER,
    "premium_share": Column.NUMBER,
    "applicant_is": Column.WORD,
    "interest": Column.WORD,
    "outside_family": Column.FLAG,
    "yes": Column.WORDS,
}
"""What a table can compare, and of which type it is."""

STANDARD: Final = "standard"
MOST: Final = 9_999
"""What a multiple of no income is taken for."""
_GRAVITY: Final = (Outcome.DECLINE, Outcome.ASK, Outcome.REFER, Outcome.ACCEPT)


@dataclass(frozen=True)
class Wanted:
    """What the table asks for, for a reason (a code), until a day."""

    kind: RequirementKind
    reason: str
    due: date


@dataclass(frozen=True)
class Assessment:
    """What the table makes of a proposal.

    `reasons` are the codes of the rows that fired, the gravest first, or `standard` alone. `loading` in percent comes
    with an acceptance only; `suggested_loading` is what the rows say in any case, for the person it is referred to.
    """

    outcome: Outcome
    reasons: tuple[str, ...]
    loading: int
    suggested_loading: int
    wanted: tuple[Wanted, ...]
    table: DecisionTable
    evaluation: Evaluation

    def words(self) -> tuple[Words, ...]:
        """Return the reasons in words."""
        return tuple(self.table.reasons[reason] for reason in self.reasons)


@cache
def load_tables() -> tuple[DecisionTable, ...]:
    """Return every version of the table, the oldest first. Raises `PolicyDataBroken` (`decision-table`)."""
    return tables_in(FOLDER, COLUMNS)


def assess(
    proposal: Proposal,
    product: Product,
    quote: Quote,
    *,
    in_force: Decimal,
    on: date,
    tables: Sequence[DecisionTable] | None = None,
) -> Assessment:
    """Return what underwriting by table makes of a valid proposal on a day.

    `in_force` is the sum in yuan that the insured has at this insurer already. Raises `UnderwritingFailed`, and
    `PolicyDataBroken` where a table cannot be used.
    """
    table = table_for(load_tables() if tables is None else tables, on)
    evaluation = table.evaluate(inputs_of(proposal, product, quote, in_force=in_force))
    fired = sorted(
        (row for row in evaluation.rows if row.reason != STANDARD), key=lambda row: _GRAVITY.index(row.outcome)
    )
    outcome = fired[0].outcome if fired else Outcome.ACCEPT
    suggested = sum(row.loading for row in fired)
    return Assessment(
        outcome=outcome,
        reasons=tuple(row.reason for row in fired) or (STANDARD,),
        loading=suggested if outcome is Outcome.ACCEPT else 0,
        suggested_loading=suggested,
        wanted=tuple(_wanted(row, on) for row in fired if row.ask is not None and outcome is Outcome.ASK),
        table=table,
        evaluation=evaluation,
    )


def inputs_of(proposal: Proposal, product: Product, quote: Quote, *, in_force: Decimal) -> dict[str, Any]:
    """Return what the table compares. Amounts in whole yuan, `bmi` with one decimal, shares in percent.

    Raises `UnderwritingFailed` for a proposal that cannot be valid.
    """
    insured, health = proposal.insured, proposal.health
    occupation = find_occupation(insured.occupation)
    if occupation is None or in_force < 0 or health.height_cm <= 0:
        raise UnderwritingFailed(
            "underwriting-inputs",
            "the proposal holds what cannot be so",
            "validate the proposal before underwriting it",
        )
    age = age_on(insured.born, proposal.applied_on)
    total = proposal.sum_insured + in_force
    earner = insured if age >= ADULT_FROM else proposal.applicant
    yearly = quote.premium if quote.term.years > 1 else quote.premium / 10
    return {
        "kind": product.kind.value,
        "age": age,
        "total_sum": int(total),
        "minor_death_cover": _minor_death_cover(proposal, product, total) if age < ADULT_FROM else 0,
        "bmi": _one_decimal(Decimal(health.weight_kg) * 10_000 / health.height_cm**2),
        "smoker": health.smoker,
        "occupation_class": occupation.risk_class,
        "income_multiple": _ratio(total, earner.annual_income),
        "premium_share": _ratio(yearly * 100, proposal.applicant.annual_income),
        "applicant_is": proposal.applicant_is.value,
        "interest": proposal.interest.value,
        "outside_family": any(one.is_insureds in (Relation.OTHER, Relation.EMPLOYER) for one in proposal.beneficiaries),
        "yes": sorted(question for question, answer in health.answers.items() if answer.yes),
    }


def _minor_death_cover(proposal: Proposal, product: Product, total: Decimal) -> int:
    """The death cover of a minor at all insurers counts together (保险法 33, 保监发〔2015〕90号)."""
    here = total if product.death_cover else total - proposal.sum_insured
    return int(here + proposal.cover_elsewhere)


def _ratio(amount: Decimal, income: Decimal) -> float:
    return _one_decimal(min(Decimal(MOST), amount / income)) if income > 0 else float(MOST)


def _one_decimal(number: Decimal) -> float:
    return float(number.quantize(Decimal("0.1"), ROUND_HALF_UP))


def _wanted(row: Row, on: date) -> Wanted:
    if row.ask is None:
        raise ValueError("the row asks for nothing")
    return Wanted(row.ask, row.reason, on + timedelta(days=row.due_days))
