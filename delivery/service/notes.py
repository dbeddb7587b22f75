"""The delivery note (送达信息) of the policy room, which `policy.issued` names: read as what it is, a stranger's.

Its form is described in docs/policy.md. A corrected note is written by this room, in the same form. Cover sheets and
lists, the receipt, messages and pages all read it here.
"""

from __future__ import annotations

from datetime import date
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.orm import Session

from delivery.errors import DeliveryDataBroken
from esign.public.people import Person, PersonalRecords, RecordError, SealedDataError
from esign.public.values import encode_canonical

SCHEMA: Final = "policy-delivery-note/1"
KIND: Final = "delivery-note"
UNREADABLE_TEXT: Final = "读不出来"
"""What stands in the place of a name whose note is broken: it was not erased, and somebody has to look into it."""


class _Form(BaseModel):
    """A later version of the other room may have more members."""

    model_config = ConfigDict(extra="allow", frozen=True)


class Applicant(_Form):
    """Who is given the contract."""

    name: str = Field(min_length=1, max_length=64, repr=False)
    phone: str = Field(pattern=r"^\+?[0-9]{5,15}$", repr=False)
    email: str | None = Field(default=None, repr=False)
    address: str = Field(max_length=400, repr=False)
    id_number: str = Field(pattern=r"^[0-9A-Za-z]{1,32}$", repr=False)
    locale: Literal["zh-CN", "en"] = "zh-CN"

    @property
    def person(self) -> Person:
        return Person(self.name, self.phone, self.id_number, self.email, self.locale)


class Seller(_Form):
    """Who sold it."""

    name: str = Field(max_length=64, repr=False)


class Note(_Form):
    """What whoever delivers a contract has to know of it."""

    schema_: Literal["policy-delivery-note/1"] = Field(alias="schema")
    policy: str = Field(pattern=r"^[0-9A-Za-z-]{1,40}$")
    product: str = Field(max_length=120)
    applicant: Applicant = Field(repr=False)
    insured: str = Field(max_length=64, repr=False)
    sales: Seller | None = None
    underwritten_on: date
    effective_on: date
    hesitation_days: int = Field(ge=0, le=366)


def read_note(session: Session, records: PersonalRecords, record: str) -> Note:
    """Return the note of this record.

    Raises `RecordErased`, `DeliveryDataBroken` (`note-unreadable` where the record is missing or does not open,
    `note-malformed`).
    """
    try:
        kept = records.read(session, record)
    except (RecordError, SealedDataError) as error:
        raise DeliveryDataBroken(
            "note-unreadable", f"the delivery note {record} cannot be read: {error.cause}", error.cure
        ) from error
    return parse_note(record, kept)


def parse_note(record: str, kept: bytes) -> Note:
    """Return the note that a record keeps. Raises `DeliveryDataBroken` (`note-malformed`)."""
    try:
        return Note.model_validate_json(kept)
    except ValidationError as error:
        wrong = ", ".join(sorted({str(one["loc"][0]) for one in error.errors(include_input=False) if one["loc"]}))
        raise DeliveryDataBroken(
            "note-malformed",
            f"the delivery note {record} is not in the form that this build can read: {wrong}",
            "use a build that knows its form",
        ) from error


def corrected(note: Note, *, phone: str, address: str) -> bytes:
    """Return the note with another phone and address, as it is kept: equal notes are equal bytes."""
    applicant = note.applicant.model_copy(update={"phone": phone, "address": address})
    whole = note.model_copy(update={"applicant": applicant})
    return encode_canonical(whole.model_dump(mode="json", by_alias=True, exclude_unset=True))


def masked(name: str) -> str:
    """Return a name as lists show it: its first character, and a star for each other one, two at most."""
    return name[:1] + "*" * min(max(len(name) - 1, 1), 2)
