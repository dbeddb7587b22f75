"""Checks of who is what to whom: insurable interest, minors and guardians, beneficiaries (保险法 31 to 40)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from esign.public.values import is_resident_id_number
from policy.products.catalogue import Product
from policy.proposal import ADULT_FROM, Beneficiary, Interest, Party, Proposal, Relation, age_on
from policy.proposing.findings import Finding
from policy.proposing.person_checks import name_findings

BENEFICIARIES_AT_MOST: Final = 10

R = Relation
_BY_LAW: Final = frozenset({R.SELF, R.SPOUSE, R.CHILD, R.PARENT})
_SUPPORTED: Final = frozenset({R.SIBLING, R.GRANDPARENT, R.GRANDCHILD, R.FAMILY})
_CLOSE: Final = frozenset({R.SPOUSE, R.CHILD, R.PARENT, R.SIBLING, R.GRANDPARENT, R.GRANDCHILD})
_GUARDIANS: Final = frozenset({R.PARENT, R.GRANDPARENT, R.SIBLING, R.FAMILY, R.OTHER})
_OLDER: Final = frozenset({R.PARENT, R.GRANDPARENT})
_YOUNGER: Final = frozenset({R.CHILD, R.GRANDCHILD})


def interest_findings(proposal: Proposal, product: Product | None) -> Iterator[Finding]:
    """Yield what stands between the applicant and the insured."""
    applicant, insured, relation = proposal.applicant, proposal.insured, proposal.applicant_is
    if relation is R.SELF:
        if applicant != insured:
            yield Finding("self-but-different", "applicant_is")
    else:
        if applicant.is_same_as(insured):
            yield Finding("same-person", "insured.id_number")
        yield from _ages_against(applicant, relation, insured, "applicant_is")
    if not _has_interest(proposal):
        yield Finding("interest-missing", "interest")
    if not proposal.insured_is_minor:
        return
    if proposal.interest is Interest.CONSENT:
        yield Finding("minor-cannot-consent", "interest")
    if product is not None and product.death_cover and relation is not R.PARENT:
        yield Finding("minor-insured-by-other", "applicant_is")


def _has_interest(proposal: Proposal) -> bool:
    relation = proposal.applicant_is
    return {
        Interest.KINSHIP: relation in _BY_LAW,
        Interest.SUPPORT: relation in _SUPPORTED,
        Interest.EMPLOYMENT: relation is R.EMPLOYER,
        Interest.CONSENT: True,
    }[proposal.interest]


def guardian_findings(proposal: Proposal) -> Iterator[Finding]:
    """Yield what is the matter with the guardian, or with there being none."""
    guardian = proposal.guardian
    if guardian is None:
        if proposal.insured_is_minor:
            yield Finding("guardian-missing", "guardian")
        return
    if not proposal.insured_is_minor:
        yield Finding("guardian-not-needed", "guardian")
        return
    if age_on(guardian.party.born, proposal.applied_on) < ADULT_FROM:
        yield Finding("guardian-minor", "guardian.party.born")
    if guardian.is_insureds not in _GUARDIANS:
        yield Finding("guardian-relation", "guardian.is_insureds")
    if guardian.party.is_same_as(proposal.insured):
        yield Finding("same-person", "guardian.party.id_number")
    yield from _ages_against(guardian.party, guardian.is_insureds, proposal.insured, "guardian.is_insureds")


def _ages_against(one: Party, relation: Relation, other: Party, field: str) -> Iterator[Finding]:
    """Parents are older than their children, and so on; `one` is the `relation` of the `other`."""
    if (relation in _OLDER and one.born >= other.born) or (relation in _YOUNGER and one.born <= other.born):
        yield Finding("relation-against-ages", field)


def beneficiary_findings(proposal: Proposal, product: Product | None) -> Iterator[Finding]:
    """Yield what is the matter with the beneficiaries, each by itself and all together."""
    named = proposal.beneficiaries
    if named and product is not None and not product.death_cover:
        yield Finding("beneficiaries-not-in-product", "beneficiaries")
        return
    if len(named) > BENEFICIARIES_AT_MOST:
        yield Finding("beneficiaries-too-many", "beneficiaries", (str(BENEFICIARIES_AT_MOST),))
        return
    for place, one in enumerate(named):
        yield from _one(proposal, one, f"beneficiaries[{place}]")
        if any(_is_same(one, earlier) for earlier in named[:place]):
            yield Finding("beneficiary-duplicate", f"beneficiaries[{place}]")
    orders = sorted({one.order for one in named})
    if orders != list(range(1, len(orders) + 1)):
        yield Finding("order-gap", "beneficiaries")
    for order in orders:
        total = sum(one.share for one in named if one.order == order)
        if total != 100:
            yield Finding("shares-not-hundred", "beneficiaries", (str(order), str(total)))


def _one(proposal: Proposal, one: Beneficiary, field: str) -> Iterator[Finding]:
    yield from name_findings(one.name, f"{field}.name")
    if one.id_number is not None and not is_resident_id_number(one.id_number):
        yield Finding("id-number-malformed", f"{field}.id_number")
    if one.is_insureds is R.SELF or (one.id_number or "").upper() == proposal.insured.id_number.upper():
        yield Finding("beneficiary-is-insured", f"{field}.is_insureds")
    elif proposal.applicant_is is R.EMPLOYER and one.is_insureds not in _CLOSE:
        yield Finding("beneficiary-of-employer", f"{field}.is_insureds")
    if not 1 <= one.share <= 100:
        yield Finding("share-out-of-limits", f"{field}.share")


def _is_same(one: Beneficiary, other: Beneficiary) -> bool:
    if one.id_number is None or other.id_number is None:
        return one.name == other.name
    return one.id_number.upper() == other.id_number.upper()
