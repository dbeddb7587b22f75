"""What a room keeps on people that no envelope holds: its matters, told to officers, held, erased by two people.

    ROOM = Room("claims", ..., matters=ClaimMatters)

`ClaimMatters(records)` is a `RoomMatters`: it finds matters by person, says until when each is kept and why, and erases
one. Who asks for it has made sure that it may go; a room that erases by itself leaves out `subjects_held()`, and asks
`is_held` in the transaction that erases, once it has the matter's row. `kept_elsewhere` names what is sealed about a
matter beside it: words of holds that were lifted, and of requests for two people.

A matter that is signed at last belongs to its envelope: `follow_holds` sets its holds there, in the transaction that
makes it so. Nothing may be done with a matter for which `is_matter_restricted` is true but keeping it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from esign.ceremony.erasing import Erased, Order
from esign.infra.personal_records import PersonalRecords
from esign.retention.events import SYSTEM
from esign.retention.holds import Holds, is_held, subjects_held
from esign.retention.kept_elsewhere import kept_elsewhere
from esign.retention.matters import Matter, MattersOf, ReadDocument, RoomMatters
from esign.retention.requests import is_matter_restricted, matters_restricted
from esign.retention.rules import Said


def follow_holds(
    session: Session, records: PersonalRecords, matter: str, envelope: str, *, now: datetime
) -> Sequence[str]:
    """Set the holds of a matter on the envelope in which it is signed; return their ids. Again sets none."""
    return Holds(records).follow(session, matter, envelope, actor=SYSTEM, now=now)


__all__ = [
    "Erased",
    "Matter",
    "MattersOf",
    "Order",
    "ReadDocument",
    "RoomMatters",
    "Said",
    "follow_holds",
    "is_held",
    "is_matter_restricted",
    "kept_elsewhere",
    "matters_restricted",
    "subjects_held",
]
