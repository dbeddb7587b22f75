"""A proposal as it would have been typed: where a new one begins with what an earlier one says, or one is amended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from policy.drafts.reading import NO, SUPPORTED, YES
from policy.proposal import Health, Party, Proposal, Relation

AMENDS: Final = "amends"
"""Where a draft says which proposal it amends: no field of a form, so nobody types it."""


def typed_of(proposal: Proposal) -> dict[str, str]:
    """Return the fields for a new proposal; the health declaration is never taken over: it is asked for anew."""
    return {name: text for name, text in _fields(proposal) if text}


def amending(proposal: Proposal, id: str) -> dict[str, str]:
    """Return all fields of the proposal that is to be amended, health too: they are declared and not signed."""
    return {**typed_of(proposal), **{name: text for name, text in _health(proposal.health) if text}, AMENDS: id}


def _fields(proposal: Proposal) -> Iterator[tuple[str, str]]:
    insured, payment = proposal.insured, proposal.payment
    yield "product", proposal.product
    yield "applicant_is", proposal.applicant_is.value
    yield "insured.born", insured.born.isoformat()
    yield "insured.gender", insured.gender.value
    yield "sum_insured", f"{proposal.sum_insured.normalize():f}"
    yield "payment.years", f"{payment.years}:{payment.frequency.value}"
    yield from _party(proposal.applicant, "applicant")
    if proposal.applicant_is is not Relation.SELF:
        yield "applicant.born", proposal.applicant.born.isoformat()
        yield "applicant.gender", proposal.applicant.gender.value
        yield from _party(insured, "insured")
    if proposal.applicant_is in SUPPORTED:
        yield "interest", proposal.interest.value
    if proposal.guardian is not None:
        if proposal.guardian.party == proposal.applicant:
            yield "guardian.same", YES
        else:
            yield from _party(proposal.guardian.party, "guardian.party")
            yield "guardian.is_insureds", proposal.guardian.is_insureds.value
    yield from _heirs(proposal)
    yield "payment.bank", payment.bank
    yield "payment.account", payment.account
    yield "cover_elsewhere", f"{proposal.cover_elsewhere.normalize():f}" if proposal.cover_elsewhere else ""
    yield "delivery", proposal.delivery.value
    yield "sales.licence", proposal.sales.licence


def typed_heirs(proposal: Proposal) -> dict[str, str]:
    """Return the fields of the beneficiaries alone."""
    return {name: text for name, text in _heirs(proposal) if text}


def _heirs(proposal: Proposal) -> Iterator[tuple[str, str]]:
    yield "beneficiaries.by_law", NO if proposal.beneficiaries else YES
    for row, one in enumerate(proposal.beneficiaries):
        name = f"beneficiaries[{row}]"
        yield f"{name}.name", one.name
        yield f"{name}.id_number", one.id_number or ""
        yield f"{name}.is_insureds", one.is_insureds.value
        yield f"{name}.share", str(one.share)
        yield f"{name}.second", YES if one.order > 1 else ""


def _health(health: Health) -> Iterator[tuple[str, str]]:
    yield "health.height_cm", str(health.height_cm)
    yield "health.weight_kg", str(health.weight_kg)
    yield "health.smoker", YES if health.smoker else NO
    for question, answer in health.answers.items():
        yield f"health.answers.{question}", YES if answer.yes else NO
        yield f"health.answers.{question}.words", answer.words


def _party(party: Party, name: str) -> Iterator[tuple[str, str]]:
    yield f"{name}.name", party.name
    yield f"{name}.id_number", party.id_number
    yield f"{name}.id_valid_until", "" if party.id_valid_until is None else party.id_valid_until.isoformat()
    yield f"{name}.id_for_good", YES if party.id_valid_until is None else ""
    yield f"{name}.phone", party.phone
    yield f"{name}.address", party.address
    yield f"{name}.occupation", party.occupation
    yield f"{name}.annual_income", f"{party.annual_income.normalize():f}"
    yield f"{name}.email", party.email or ""
