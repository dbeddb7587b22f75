"""What webhooks tell the client who sold a policy of its delivery: codes, days and digests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy.orm import Session

from delivery.models import DeliveryRow

TOLD: Final[Mapping[str, tuple[str, ...]]] = {
    "delivery.issued": ("policy", "medium", "issued_on"),
    "delivery.dispatched": (),
    "delivery.arrived": (),
    "delivery.handed": (),
    "delivery.link-sent": (),
    "delivery.link-opened": (),
    "delivery.refused": ("reason",),
    "delivery.signed-by-other": ("signed_by", "way"),
    "delivery.fell-late": (),
    "delivery.received": ("policy", "received_on", "way", "receipt"),
    "delivery.returned": (),
    "delivery.ended": ("reason", "ended_on"),
}
"""By the type of an event, the members that are told beside the delivery's id."""


def client_of(session: Session, delivery: str) -> str | None:
    """Return the client of the API whose a delivery is, None where staff sold the policy."""
    row = session.get(DeliveryRow, delivery)
    return None if row is None else row.client
