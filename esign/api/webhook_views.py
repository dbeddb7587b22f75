"""How webhook endpoints and deliveries are asked for and told of."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

from pydantic import BaseModel, Field

from esign.api.json_body import Body
from esign.api.pagination import Page, PageQuery
from esign.ceremony.public_events import TOLD
from esign.infra.database import JsonValue
from esign.webhooks.deliveries import PAGE_AT_MOST, Delivery, DeliveryFailure, DeliveryState
from esign.webhooks.endpoints import EVERY_TYPE, TYPES_AT_MOST, DisabledBecause, Endpoint

ENDPOINT: Final[dict[str, JsonValue]] = {
    "id": "whe_01k9x7m2qv8w3c5t6r4n0b1d2e",
    "url": "https://platform.example/esign",
    "event_types": ["envelope.completed", "envelope.declined"],
    "created_at": "2026-03-01T04:00:00Z",
    "failing_since": None,
    "disabled_at": None,
    "disabled_because": None,
}
DELIVERY: Final[dict[str, JsonValue]] = {
    "id": "whd_01k9x7m2qv9a1c3e5g7j9m2p4r",
    "endpoint": "whe_01k9x7m2qv8w3c5t6r4n0b1d2e",
    "event": "evt_0f6c1d9a4b7e42d88a53c2e1907f6b35",
    "event_type": "envelope.completed",
    "state": "delivered",
    "created_at": "2026-03-01T04:00:00Z",
    "due_at": None,
    "attempts": 1,
    "last_status": 200,
    "last_failure": None,
    "delivered_at": "2026-03-01T04:00:01Z",
}
SECRET: Final = "whsec_" + "x" * 43 + "="
EventTypes = Annotated[
    list[Annotated[str, Field(max_length=97)]],
    Field(
        min_length=1,
        max_length=TYPES_AT_MOST,
        description=f'`["*"]` for every type there is or will be, or some of: {", ".join(TOLD)}.',
    ),
]
Url = Annotated[str, Field(min_length=1, max_length=2048, description="An https address reached from the internet.")]


class EndpointBody(Body):
    """An endpoint that is wanted."""

    url: Url
    event_types: EventTypes = Field(default_factory=lambda: [EVERY_TYPE])


class EndpointChange(Body):
    """What changes; what is left out stays."""

    url: Url | None = None
    event_types: EventTypes | None = None


class EndpointView(BaseModel):
    """An endpoint, without its secret."""

    id: str
    url: str
    event_types: list[str]
    created_at: datetime
    failing_since: datetime | None = Field(description="The first failure that no success has followed yet.")
    disabled_at: datetime | None
    disabled_because: DisabledBecause | None


class NewEndpointView(EndpointView):
    """A new endpoint. `secret` is told this once."""

    secret: str = Field(description="Verify messages with it, as Standard Webhooks describes.")


class SecretView(BaseModel):
    """A new secret, told this once. The one before signs beside it for 24 hours."""

    secret: str


class EndpointList(BaseModel):
    """All endpoints of the client."""

    items: list[EndpointView]


class PingView(BaseModel):
    """A test message and what came of it."""

    id: str = Field(description="Its `webhook-id`.")
    status: int | None
    failure: DeliveryFailure | None = Field(description="Null where it arrived.")


class DeliveryView(BaseModel):
    """One event on its way to one endpoint."""

    id: str
    endpoint: str
    event: str
    event_type: str
    state: DeliveryState
    created_at: datetime
    due_at: datetime | None = Field(description="When it is tried next; null if it is not.")
    attempts: int
    last_status: int | None
    last_failure: DeliveryFailure | None
    delivered_at: datetime | None


class DeliveryPageView(Page[DeliveryView]):
    """A page of deliveries, newest first."""


class DeliveryQuery(PageQuery):
    """Which deliveries."""

    limit: int = Field(50, ge=1, le=PAGE_AT_MOST, description="At most so many entries.")
    state: DeliveryState | None = Field(None, description="Those in this state alone.")


def endpoint_view(endpoint: Endpoint) -> EndpointView:
    """Return the endpoint as its client sees it."""
    return EndpointView(
        id=endpoint.id,
        url=endpoint.url,
        event_types=list(endpoint.event_types),
        created_at=endpoint.created_at,
        failing_since=endpoint.failing_since,
        disabled_at=endpoint.disabled_at,
        disabled_because=endpoint.disabled_because,
    )


def delivery_view(delivery: Delivery) -> DeliveryView:
    """Return the delivery as its client sees it."""
    return DeliveryView(
        id=delivery.id,
        endpoint=delivery.endpoint,
        event=delivery.event,
        event_type=delivery.event_type,
        state=delivery.state,
        created_at=delivery.created_at,
        due_at=delivery.due_at,
        attempts=delivery.attempts,
        last_status=delivery.last_status,
        last_failure=delivery.last_failure,
        delivered_at=delivery.delivered_at,
    )
