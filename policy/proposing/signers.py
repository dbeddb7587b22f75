"""Who has to sign a proposal: the applicant, and the insured, or the guardian of an insured who is a minor (保险法 34).

A person signs once, however many parts they have: who insures themselves signs as the applicant, and so does a parent
who applies for a child and is its guardian.
"""

from __future__ import annotations

from policy.domain.values import Signer
from policy.proposal import Party, Proposal


def signers_of(proposal: Proposal) -> tuple[Signer, ...]:
    """Return the parts that sign, each of another person, the applicant first."""
    part = Signer.INSURED if proposal.guardian is None else Signer.GUARDIAN
    if party_of(proposal, part).is_same_as(proposal.applicant):
        return (Signer.APPLICANT,)
    return (Signer.APPLICANT, part)


def party_of(proposal: Proposal, signer: Signer) -> Party:
    """Return the person who signs in that part. Raises LookupError for a guardian where there is none."""
    if signer is Signer.APPLICANT:
        return proposal.applicant
    if signer is Signer.INSURED:
        return proposal.insured
    if proposal.guardian is None:
        raise LookupError("the proposal has no guardian")
    return proposal.guardian.party
