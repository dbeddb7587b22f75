"""What was typed becomes a wish about a policy, with a finding where nothing right stands; and back, to begin with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from policy.domain.request_events import RequestKind
from policy.drafts.reading import Reader, beneficiaries_typed
from policy.drafts.steps import ROWS, Step, cleaned, taken, without_gaps
from policy.drafts.writing import typed_heirs
from policy.products.catalogue import Product
from policy.proposal import Proposal
from policy.proposing.findings import Finding
from policy.proposing.request_checks import CONTACTS
from policy.wish import Wish


@dataclass(frozen=True)
class ReadWish:
    """What was typed, as a wish, and where nothing, or nothing right, stands."""

    wish: Wish = field(repr=False)
    findings: tuple[Finding, ...]


def read_wish(kind: RequestKind, typed: Mapping[str, str]) -> ReadWish:
    """Return what was typed in the form of a kind. A contact that is left empty stays as it is."""
    reader = Reader(typed)
    if kind is RequestKind.BENEFICIARY:
        heirs = tuple(beneficiaries_typed(reader))
        return ReadWish(Wish(kind, beneficiaries=heirs), tuple(reader.findings))
    if kind is RequestKind.ADDRESS:
        address, phone, email = (reader.text(name, needed=False) for name in CONTACTS)
        wish = Wish(kind, address=address or None, phone=phone.replace(" ", "") or None, email=email or None)
        return ReadWish(wish, ())
    return ReadWish(Wish(kind), ())


def wish_taken(kind: RequestKind, form: Mapping[str, str], product: Product) -> dict[str, str]:
    """Return what a form of a kind brought: its own fields and no others, as they can be kept."""
    if kind is RequestKind.BENEFICIARY:
        typed = taken(form, Step.BENEFICIARIES, product)
        return {**without_gaps(typed), ROWS: form.get(ROWS, "")}
    return {name: cleaned(form.get(name, "")) for name in CONTACTS} if kind is RequestKind.ADDRESS else {}


def typed_now(kind: RequestKind, content: Proposal) -> dict[str, str]:
    """Return what stands in the form before anybody types: the beneficiaries in force; contacts are typed anew."""
    return typed_heirs(content) if kind is RequestKind.BENEFICIARY else {}
