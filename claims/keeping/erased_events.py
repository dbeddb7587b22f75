"""The event that tells of a claim whose personal records were erased, in one stream of all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session

from claims.service.keeping import records_of_claim
from esign.public.events import Event, EventType, NewEvent, Vocabulary
from esign.public.keeping import Order

STREAM: Final = "claims-erasures"
ERASED: Final = EventType("claims.erased")
ERASURES: Final = Vocabulary((ERASED,))


def claim_erased_event(claim: str, order: Order, rule: str, records: int) -> NewEvent:
    """Return the event: which claim, by whom, by which version of the periods, how many records."""
    return ERASED(claim=claim, by=order.by, approved_by=order.approved_by, rule=rule, records=records)


def claim_erased(session: Session, event: Event) -> Sequence[str]:
    """Name the records of a claim that an event says was erased: after a restore they go again."""
    return records_of_claim(session, str(event.payload["claim"]))
