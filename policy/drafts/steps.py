"""The screens of a new proposal: which there are, which fields each asks for, and which findings it shows."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from policy.drafts.reading import of_row
from policy.products.catalogue import Product
from policy.proposal import Proposal, Relation
from policy.proposing.findings import Finding
from policy.proposing.relation_checks import BENEFICIARIES_AT_MOST


class Step(StrEnum):
    """A screen, in their order."""

    COVER = "cover"
    APPLICANT = "applicant"
    INSURED = "insured"
    BENEFICIARIES = "beneficiaries"
    PAYMENT = "payment"
    HEALTH = "health"
    CHECK = "check"


LONGEST_TEXT: Final = 500
ROWS: Final = "beneficiaries.rows"
"""How many rows for beneficiaries the screen shows."""
_PARTY: Final = (
    *("name", "id_number", "id_valid_until", "id_for_good", "phone", "address", "address_same"),
    *("occupation", "annual_income", "email"),
)
_ROW: Final = ("name", "id_number", "is_insureds", "share", "second")
_FIELDS: Final[Mapping[Step, tuple[str, ...]]] = {
    Step.COVER: (
        *("product", "applicant_is", "insured.born", "insured.gender", "applicant.born", "applicant.gender"),
        *("sum_insured", "payment.years"),
    ),
    Step.APPLICANT: tuple(f"applicant.{one}" for one in _PARTY),
    Step.INSURED: (
        *("interest", "guardian.same", "guardian.is_insureds"),
        *(f"insured.{one}" for one in _PARTY),
        *(f"guardian.party.{one}" for one in _PARTY),
    ),
    Step.BENEFICIARIES: (
        "beneficiaries.by_law",
        *(f"beneficiaries[{row}].{one}" for row in range(BENEFICIARIES_AT_MOST) for one in _ROW),
    ),
    Step.PAYMENT: ("payment.bank", "payment.account", "cover_elsewhere", "delivery"),
    Step.HEALTH: ("health.height_cm", "health.weight_kg", "health.smoker"),
    Step.CHECK: ("sales.licence",),
}
_BY_FIELD: Final = {name: step for step, names in _FIELDS.items() for name in names}


def steps_of(proposal: Proposal, product: Product | None) -> tuple[Step, ...]:
    """Return the screens that this proposal needs: who insures themselves has one for both people."""
    left_out = set()
    if proposal.applicant_is is Relation.SELF:
        left_out.add(Step.INSURED)
    if product is not None and not product.death_cover:
        left_out.add(Step.BENEFICIARIES)
    return tuple(step for step in Step if step not in left_out)


def fields_of(step: Step, product: Product | None) -> tuple[str, ...]:
    """Return the fields that a screen asks for; nothing else is taken from it."""
    if step is not Step.HEALTH or product is None:
        return _FIELDS[step]
    asked = [f"health.answers.{one.id}" for one in product.questions]
    return (*_FIELDS[step], *asked, *(f"{name}.words" for name in asked))


def taken(form: Mapping[str, str], step: Step, product: Product | None) -> dict[str, str]:
    """Return what a screen's form brought: every field of that screen, empty where it was left so."""
    return {name: cleaned(form.get(name, "")) for name in fields_of(step, product)}


def cleaned(text: str) -> str:
    """Return a text without what no record holds: lone surrogates and control characters, ends of lines aside."""
    kept = (one for one in text[:LONGEST_TEXT] if one == "\n" or unicodedata.category(one) not in {"Cc", "Cs"})
    return "".join(kept).strip()


def without_gaps(typed: Mapping[str, str]) -> dict[str, str]:
    """Return the fields of the beneficiaries with the rows that nothing stands in moved out of the way."""
    rows = [row for row in range(BENEFICIARIES_AT_MOST) if any(typed.get(name) for name in of_row(row))]
    closed = {name: text for name, text in typed.items() if not name.startswith("beneficiaries[")}
    for place in range(BENEFICIARIES_AT_MOST):
        for one in _ROW:
            source = f"beneficiaries[{rows[place]}].{one}" if place < len(rows) else ""
            closed[f"beneficiaries[{place}].{one}"] = typed.get(source, "")
    return closed


def rows_shown(typed: Mapping[str, str]) -> int:
    """Return how many rows for beneficiaries are shown: those that are filled in, and those that were asked for."""
    filled = [row + 1 for row in range(BENEFICIARIES_AT_MOST) if any(typed.get(name) for name in of_row(row))]
    asked = typed.get(ROWS, "")
    return min(max(*filled, 1, int(asked) if asked.isascii() and asked.isdigit() else 1), BENEFICIARIES_AT_MOST)


def step_of(finding: Finding) -> Step:
    """Return the screen on which a problem is mended."""
    name = finding.field
    if name in _BY_FIELD:
        return _BY_FIELD[name]
    beginnings = {"guardian": Step.INSURED, "beneficiaries": Step.BENEFICIARIES, "payment": Step.PAYMENT}
    beginnings |= {"health": Step.HEALTH, "sales": Step.CHECK, "applicant": Step.APPLICANT, "insured": Step.INSURED}
    return next((step for start, step in beginnings.items() if name.startswith(start)), Step.COVER)


def findings_at(findings: Iterable[Finding], step: Step) -> tuple[Finding, ...]:
    """Return the findings that a screen shows."""
    return tuple(one for one in findings if step_of(one) is step)
