"""Whether what a customer wants changed can be so: the checks of a proposal, for what changes of it alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from esign.public.typesetting import Typeface
from policy.domain.request_events import RequestKind
from policy.products.catalogue import Product
from policy.proposal import Proposal
from policy.proposing.findings import Finding
from policy.proposing.names import with_unprintable_names
from policy.proposing.person_checks import party_findings
from policy.proposing.printed_checks import glyph_findings, unseen_findings
from policy.proposing.relation_checks import beneficiary_findings
from policy.wish import Wish

CONTACTS: Final = ("address", "phone", "email")
_HEIRS: Final = "beneficiaries"
_APPLICANT: Final = "applicant."


def wish_findings(
    wish: Wish, content: Proposal, product: Product, today: date, typefaces: Sequence[Typeface]
) -> tuple[Finding, ...]:
    """Return everything that is the matter with a wish about what is in force, each thing once.

    Fields are those of the wish: `beneficiaries[0].share`, `phone`.
    """
    of_others = tuple(_of_others(wish))
    if of_others:
        return of_others
    if wish.kind is RequestKind.BENEFICIARY:
        found = _of_beneficiaries(wish, content, product, typefaces)
    elif wish.kind is RequestKind.ADDRESS:
        found = _of_contacts(wish, content, today, typefaces)
    else:
        found = iter(())
    return tuple(dict.fromkeys(found))


def with_contacts(content: Proposal, wish: Wish) -> Proposal:
    """Return the proposal with the contacts that the wish names."""
    given = {name: getattr(wish, name) for name in CONTACTS if getattr(wish, name) is not None}
    return replace(content, applicant=replace(content.applicant, **given))


def _of_others(wish: Wish) -> Iterator[Finding]:
    """Yield the fields that are filled in and belong to requests of another kind."""
    if wish.beneficiaries is not None and wish.kind is not RequestKind.BENEFICIARY:
        yield Finding("field-of-other-request", _HEIRS)
    if wish.kind is not RequestKind.ADDRESS:
        yield from (Finding("field-of-other-request", name) for name in CONTACTS if getattr(wish, name) is not None)


def _of_beneficiaries(
    wish: Wish, content: Proposal, product: Product, typefaces: Sequence[Typeface]
) -> Iterator[Finding]:
    if not product.death_cover:
        yield Finding("beneficiaries-not-in-product", _HEIRS)
        return
    if wish.beneficiaries is None:
        yield Finding("field-missing", _HEIRS)
        return
    wanted = replace(content, beneficiaries=wish.beneficiaries)
    found = (*beneficiary_findings(wanted, product), *unseen_findings(wanted))
    found = with_unprintable_names(found, wanted, typefaces)
    known = {one.field for one in found}
    found = (*found, *(one for one in glyph_findings(wanted, typefaces) if one.field not in known))
    yield from (one for one in found if one.field.startswith(_HEIRS))
    if wish.beneficiaries == content.beneficiaries:
        yield Finding("nothing-changes", _HEIRS)


def _of_contacts(wish: Wish, content: Proposal, today: date, typefaces: Sequence[Typeface]) -> Iterator[Finding]:
    wanted = with_contacts(content, wish)
    if wanted == content:
        yield Finding("nothing-changes", "address")
        return
    asked = {f"{_APPLICANT}{name}" for name in CONTACTS if getattr(wish, name) is not None}
    found = (*party_findings(wanted.applicant, "applicant", today), *unseen_findings(wanted))
    known = {one.field for one in found}
    found = (*found, *(one for one in glyph_findings(wanted, typefaces) if one.field not in known))
    for one in found:
        if one.field in asked:
            yield replace(one, field=one.field.removeprefix(_APPLICANT))
    if wish.phone and wish.phone == content.sales.phone:
        yield Finding("phone-of-salesperson", "phone")
