"""Whether all that a proposal says can be printed, as it was written: before anybody is asked to sign it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

from esign.public.typesetting import Typeface
from policy.proposal import Proposal
from policy.proposing.findings import Finding
from policy.typefaces import lacking

_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})
"""Categories of characters that nobody sees, or that turn the direction of those that one does."""


def unseen_findings(proposal: Proposal) -> Iterator[Finding]:
    """Yield the fields with characters that nobody sees; an explanation may have several lines."""
    for field, text in _texts(proposal):
        if any(unicodedata.category(one) in _INVISIBLE for one in text.replace("\n", "")):
            yield Finding("text-unprintable", field)
    if not proposal.sales.name.strip() or "\n" in proposal.sales.name + proposal.sales.licence:
        yield Finding("text-unprintable", "sales.name")


def glyph_findings(proposal: Proposal, typefaces: Sequence[Typeface]) -> Iterator[Finding]:
    """Yield the fields with a character that one of the typefaces cannot draw."""
    if lacking("".join(text for _field, text in _texts(proposal)), typefaces):
        for field, text in _texts(proposal):
            if lacking(text, typefaces):
                yield Finding("text-unprintable", field)


def _texts(proposal: Proposal) -> Iterator[tuple[str, str]]:
    """Yield all that stands in documents as somebody wrote it, each with its field."""
    people = {"applicant": proposal.applicant, "insured": proposal.insured}
    if proposal.guardian is not None:
        people["guardian.party"] = proposal.guardian.party
    for field, party in people.items():
        yield f"{field}.name", party.name
        yield f"{field}.address", party.address
    for number, beneficiary in enumerate(proposal.beneficiaries):
        yield f"beneficiaries[{number}].name", beneficiary.name
    yield "payment.bank", proposal.payment.bank
    yield "sales.name", proposal.sales.name
    yield "sales.licence", proposal.sales.licence
    for question, answer in proposal.health.answers.items():
        yield f"health.answers.{question}", answer.words
