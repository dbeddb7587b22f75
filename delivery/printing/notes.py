"""What the delivery note of a policy tells (`policy-delivery-note/1`, docs/policy.md): for cover sheets and lists."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy.orm import Session

from delivery.errors import DeliveryTrailBroken
from esign.public.people import PersonalRecords

SCHEMA: Final = "policy-delivery-note/1"


@dataclass(frozen=True)
class Note:
    """Whom a policy goes to, who sold it, and the days of its hesitation period."""

    policy: str
    product: str
    applicant: str = field(repr=False)
    address: str = field(repr=False)
    salesperson: str = field(repr=False)
    hesitation_days: int


def read_note(records: PersonalRecords, session: Session, record: str) -> Note:
    """Return the note of a record. Raises `RecordErased`, `DeliveryTrailBroken` (`note-malformed`)."""
    try:
        told = json.loads(records.read(session, record))
        told = {SCHEMA: told}[told["schema"]]
        applicant, sales = told["applicant"], told["sales"]
        return Note(
            policy=str(told["policy"]),
            product=str(told["product"]),
            applicant=str(applicant["name"]),
            address=str(applicant["address"]),
            salesperson=str(sales["name"]),
            hesitation_days=int(told["hesitation_days"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise DeliveryTrailBroken(
            "note-malformed", f"the delivery note {record} is not one of {SCHEMA}", "use a build that knows its schema"
        ) from error


def masked(name: str) -> str:
    """Return a name as lists show it: its first character, and a star for each other one, two at most."""
    return name[:1] + "*" * min(max(len(name) - 1, 1), 2)
