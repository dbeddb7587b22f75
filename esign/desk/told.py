"""Which webhooks told of an envelope, and which did not arrive."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.trail.models import TrailEvent
from esign.webhooks.deliveries import DeliveryState
from esign.webhooks.models import WebhookDelivery

SHOWN_AT_MOST: Final = 50


@dataclass(frozen=True)
class Told:
    """A webhook that was sent, or is to be, about this envelope."""

    id: str
    event_type: str
    state: str
    attempts: int
    status: int | None
    failure: str | None
    at: datetime

    @property
    def is_delivered(self) -> bool:
        return self.state == DeliveryState.DELIVERED


def told_about(session: Session, envelope: str, hidden: Collection[str]) -> tuple[Told, ...]:
    """Return the webhooks about an envelope, the latest first, at most fifty; none of the hidden types."""
    found = session.execute(
        select(WebhookDelivery, TrailEvent.type)
        .join(TrailEvent, TrailEvent.id == WebhookDelivery.event)
        .where(TrailEvent.stream == envelope, TrailEvent.type.not_in(hidden))
        .order_by(WebhookDelivery.id.desc())
        .limit(SHOWN_AT_MOST)
    )
    return tuple(
        Told(
            row.id,
            type_,
            row.state,
            row.attempts,
            row.last_status,
            row.last_failure,
            row.delivered_at or row.created_at,
        )
        for row, type_ in found
    )
