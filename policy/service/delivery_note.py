"""The delivery note (送达信息): all that whoever delivers a contract has to know of it, in one sealed record.

Rooms do not import each other. `policy.issued` names the record, and another room reads it: canonical JSON (RFC 8785)
with a version of its own, described in docs/policy.md. It is personal, so it stands in no event, and goes when the
people of the proposal are erased.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from pydantic import TypeAdapter

from esign.public.values import encode_canonical
from policy.domain.values import Delivery
from policy.proposal import Proposal

SCHEMA: Final = "policy-delivery-note/1"
KIND: Final = "delivery-note"
PREFIX: Final = "pdn"
"""What begins the ids of these records."""


class IdType(StrEnum):
    """Of what kind the applicant's number is."""

    RESIDENT_CARD = "resident-identity-card"


@dataclass(frozen=True)
class Addressee:
    """Who is given the contract. `locale` is the language in which they are written to; `email` may be missing."""

    name: str
    phone: str
    email: str | None
    address: str
    id_type: IdType
    id_number: str
    locale: str


@dataclass(frozen=True)
class Seller:
    """`id` is a member of staff, `institution` an institution's id."""

    id: str
    name: str
    institution: str


@dataclass(frozen=True)
class DeliveryNote:
    """Days are the insurer's, in China. `underwritten_on` is the day of the decision that accepted the proposal."""

    policy: str
    product: str
    delivery: Delivery
    applicant: Addressee = field(repr=False)
    insured: str = field(repr=False)
    sales: Seller = field(repr=False)
    underwritten_on: date
    effective_on: date
    hesitation_days: int
    schema: str = SCHEMA


_NOTE: Final = TypeAdapter(DeliveryNote)


def note_of(
    proposal: Proposal,
    *,
    policy: str,
    product: str,
    underwritten_on: date,
    effective_on: date,
    hesitation_days: int,
) -> DeliveryNote:
    """Return the note of a policy that is issued; `product` is its name in the applicant's language."""
    applicant, sales = proposal.applicant, proposal.sales
    return DeliveryNote(
        policy=policy,
        product=product,
        delivery=proposal.delivery,
        applicant=Addressee(
            applicant.name,
            applicant.phone,
            applicant.email,
            applicant.address,
            IdType.RESIDENT_CARD,
            applicant.id_number,
            applicant.locale,
        ),
        insured=proposal.insured.name,
        sales=Seller(sales.id, sales.name, sales.institution),
        underwritten_on=underwritten_on,
        effective_on=effective_on,
        hesitation_days=hesitation_days,
    )


def encode_note(note: DeliveryNote) -> bytes:
    """Return the note as it is kept: equal notes are equal bytes."""
    return encode_canonical(_NOTE.dump_python(note, mode="json"))
