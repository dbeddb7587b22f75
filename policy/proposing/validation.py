"""Whether a proposal can be taken: every problem at once, each with its field, as a professional would ask.

What an underwriter weighs (health, occupation, income, the sums of minors) is for the decision table; here is what
cannot be so, or may not be by law.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from policy.products.catalogue import Catalogue, Product
from policy.proposal import Proposal
from policy.proposing.findings import Finding, ProposalRefused
from policy.proposing.person_checks import is_amount, is_text, party_findings
from policy.proposing.printed_checks import unseen_findings
from policy.proposing.quoting import inquiry_of, quote_findings
from policy.proposing.relation_checks import beneficiary_findings, guardian_findings, interest_findings

APPLICATION_DAYS_AT_MOST: Final = 30
WORDS_AT_MOST: Final = 500


def require_valid(proposal: Proposal, catalogue: Catalogue, today: date) -> Product:
    """Return the product version of a proposal that can be taken. Raises `ProposalRefused` with all findings."""
    product = catalogue.find(proposal.product, proposal.version)
    findings = findings_of(proposal, product, today)
    if product is None or findings:
        raise ProposalRefused(findings)
    return product


def findings_of(proposal: Proposal, product: Product | None, today: date) -> tuple[Finding, ...]:
    """Return everything that is the matter with a proposal on the insurer's day `today`, each thing once.

    `product` is the version that the proposal names, None where there is none.
    """
    return tuple(dict.fromkeys(_findings(proposal, product, today)))


def _findings(proposal: Proposal, product: Product | None, today: date) -> Iterator[Finding]:
    if proposal.applied_on > today:
        yield Finding("application-in-future", "applied_on")
    elif (today - proposal.applied_on).days > APPLICATION_DAYS_AT_MOST:
        yield Finding("application-too-old", "applied_on", (str(APPLICATION_DAYS_AT_MOST),))
    if product is None:
        yield Finding("product-unknown", "product")
    else:
        yield from quote_findings(product, inquiry_of(proposal))
    yield from _people(proposal)
    yield from interest_findings(proposal, product)
    yield from guardian_findings(proposal)
    yield from beneficiary_findings(proposal, product)
    yield from _payment(proposal)
    yield from _health(proposal, product)
    known = {finding.field for finding in _people(proposal)}  # a name that is none is told once
    yield from (one for one in unseen_findings(proposal) if one.field not in known)
    if not is_amount(proposal.cover_elsewhere):
        yield Finding("amount-malformed", "cover_elsewhere")


def _people(proposal: Proposal) -> Iterator[Finding]:
    on = proposal.applied_on
    people = {"applicant": proposal.applicant, "insured": proposal.insured}
    if proposal.guardian is not None:
        people["guardian.party"] = proposal.guardian.party
    for field, party in people.items():
        minor = field == "insured" and proposal.insured_is_minor
        yield from party_findings(party, field, on, needs_phone=not minor)
        if party.phone and party.phone == proposal.sales.phone:
            yield Finding("phone-of-salesperson", f"{field}.phone")


def _payment(proposal: Proposal) -> Iterator[Finding]:
    payment = proposal.payment
    if not is_text(payment.bank, 2, 60):
        yield Finding("bank-malformed", "payment.bank")
    if not (payment.account.isascii() and payment.account.isdigit() and 8 <= len(payment.account) <= 30):
        yield Finding("account-malformed", "payment.account")
    if payment.holder != proposal.applicant.name:
        yield Finding("account-of-other", "payment.holder")


def _health(proposal: Proposal, product: Product | None) -> Iterator[Finding]:
    health = proposal.health
    if not 30 <= health.height_cm <= 230:
        yield Finding("measures-implausible", "health.height_cm")
    if not 1 <= health.weight_kg <= 300:
        yield Finding("measures-implausible", "health.weight_kg")
    if product is None:
        return
    asked = [one.id for one in product.questions]
    for number, question in enumerate(asked, 1):
        field, answer = f"health.answers.{question}", health.answers.get(question)
        if answer is None:
            yield Finding("question-unanswered", field, (str(number),))
        elif answer.yes and not answer.words.strip():
            yield Finding("answer-without-words", field, (str(number),))
        elif len(answer.words) > WORDS_AT_MOST:
            yield Finding("answer-too-long", field, (str(number), str(WORDS_AT_MOST)))
    if not health.answers.keys() <= set(asked):
        yield Finding("question-unknown", "health.answers")
