"""Who has to sign a proposal: the applicant, and the insured, or the guardian of an insured who is a minor (保险法 34).

A person signs once, however many parts they have: who insures themselves signs as the applicant, and so does a parent
who applies for a child and is its guardian.
"""

from __future__ import annotations

from datetime import date

from policy.domain.values import Signer
from policy.proposal import ADULT_FROM, Party, Proposal, age_on


def signers_of(proposal: Proposal) -> tuple[Signer, ...]:
    """Return the parts that sign, each of another person, the applicant first."""
    part = Signer.INSURED if proposal.guardian is None else Signer.GUARDIAN
    if party_of(proposal, part).is_same_as(proposal.applicant):
        return (Signer.APPLICANT,)
    return (Signer.APPLICANT, part)


def consenting(proposal: Proposal, day: date) -> Signer:
    """Return who agrees for the insured's side on that day: a child who came of age agrees by itself (民法典 17).

    It is the applicant where they are one person.
    """
    is_minor = age_on(proposal.insured.born, day) < ADULT_FROM
    part = Signer.GUARDIAN if proposal.guardian is not None and is_minor else Signer.INSURED
    return Signer.APPLICANT if party_of(proposal, part).is_same_as(proposal.applicant) else part


def party_of(proposal: Proposal, signer: Signer) -> Party:
    """Return the person who signs in that part. Raises LookupError for a guardian where there is none."""
    if signer is Signer.APPLICANT:
        return proposal.applicant
    if signer is Signer.INSURED:
        return proposal.insured
    if proposal.guardian is None:
        raise LookupError("the proposal has no guardian")
    return proposal.guardian.party
