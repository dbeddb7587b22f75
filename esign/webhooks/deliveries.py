"""Deliveries: which event goes to which endpoint, how it stands with each, and sending one again.

A delivery is entered when the event is read from the trail, once for each endpoint that wants it, and sent by
`esign.webhooks.sending`. What a receiver sees of it is the event's id, the same at every try and in every endpoint.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol, cast

from sqlalchemy import bindparam, func, select, text
from sqlalchemy.orm import Session

from esign.infra.clock import Clock
from esign.infra.columns import UtcDateTime
from esign.infra.ids import is_id, new_id
from esign.infra.statements import table_of
from esign.trail.event import Event, LoggedEvent
from esign.trail.models import TrailEvent
from esign.webhooks.endpoints import EVERY_TYPE
from esign.webhooks.errors import WebhookError
from esign.webhooks.models import WebhookDelivery, WebhookEndpoint

PAGE_AT_MOST: Final = 100
_MILLISECOND: Final = timedelta(milliseconds=1)
_ROWS, _ENDPOINTS = table_of(WebhookDelivery), table_of(WebhookEndpoint)
_DUE: Final = (
    select(_ROWS.c.endpoint, _ENDPOINTS.c.client)
    .join_from(_ROWS, _ENDPOINTS, _ENDPOINTS.c.id == _ROWS.c.endpoint)
    .where(_ROWS.c.due_at <= bindparam("now"), _ENDPOINTS.c.disabled_at.is_(None))
    .group_by(_ROWS.c.endpoint, _ENDPOINTS.c.client)
    .order_by(func.min(_ROWS.c.due_at), _ROWS.c.endpoint)
    .limit(bindparam("limit"))
)
_HELD: Final = "esign_webhook_endpoints"
"""Where a session keeps the endpoints that its transaction holds, by client."""

# At least once is what the trail promises its readers; once for each endpoint is what this constraint makes of it.
_ENTER: Final = text(
    "INSERT INTO webhook_deliveries (id, endpoint, event, state, created_at, due_at, attempts) "
    "VALUES (:id, :endpoint, :event, 'pending', :now, :now, 0) ON CONFLICT (endpoint, event) DO NOTHING"
).bindparams(bindparam("now", type_=UtcDateTime()))


class DeliveryState(StrEnum):
    """`dead`: given up, and sent again only where somebody asks for it."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"


class DeliveryFailure(StrEnum):
    """Why the last try was none. `refused`: our own rules forbid the address, and nobody was asked.

    `abandoned`: no try came to an end, the last ones ended with the process that made them.
    """

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    TOO_LARGE = "too-large"
    REFUSED = "refused"
    REDIRECTED = "redirected"
    HTTP_ERROR = "http-error"
    GONE = "gone"
    ABANDONED = "abandoned"


class PublicEvents(Protocol):
    """What of the trail is told outside, to whom, and in which form."""

    def owner(self, session: Session, event: Event) -> str | None:
        """Return the client that is told of the event, None where nobody is."""
        ...

    def body(self, session: Session, event: Event) -> bytes:
        """Return the message: canonical JSON of `type`, `timestamp` and `data`, without tokens and personal data.

        The same bytes whenever it is asked for.
        """
        ...


@dataclass(frozen=True)
class Delivery:
    """A delivery as its client sees it. `due_at` is when it is tried next, None if it is not."""

    id: str
    endpoint: str
    event: str
    event_type: str
    state: DeliveryState
    created_at: datetime
    due_at: datetime | None
    attempts: int
    last_status: int | None
    last_failure: DeliveryFailure | None
    delivered_at: datetime | None


@dataclass(frozen=True)
class DeliveryPage:
    """Deliveries, the newest first; `next_cursor` leads to older ones, None at the end."""

    deliveries: tuple[Delivery, ...]
    next_cursor: str | None


@dataclass(frozen=True)
class DueEndpoint:
    """An endpoint to which something is due, and whose it is."""

    id: str
    client: str


class Deliveries:
    """Enters, lists and repeats deliveries, in the caller's transaction."""

    def __init__(self, events: PublicEvents, clock: Clock) -> None:
        self._events = events
        self._clock = clock
        self._latest = datetime.fromtimestamp(0, UTC)

    def enter_event(self, session: Session, logged: LoggedEvent) -> None:
        """Enter a delivery for each enabled endpoint of the event's owner that wants it; a trail consumer's handler.

        Doing it again changes nothing.
        """
        event = logged.event
        owner = self._events.owner(session, event)
        if owner is None:
            return
        now = self._clock()
        rows = [
            {"id": self._next_id(now), "endpoint": endpoint_id, "event": event.id, "now": now}
            for endpoint_id, wanted in _held_endpoints(session, owner)
            if EVERY_TYPE in wanted or event.type in wanted
        ]
        if rows:
            session.execute(_ENTER, rows)

    def _next_id(self, now: datetime) -> str:
        """Return an id that sorts after those before it: deliveries are listed as their events came."""
        self._latest = max(now, self._latest + _MILLISECOND)
        return new_id("whd", self._latest)

    def list_deliveries(
        self,
        session: Session,
        client: str,
        *,
        endpoint: str | None = None,
        state: DeliveryState | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> DeliveryPage:
        """Return the client's deliveries, those of one endpoint or in one state if given; 1 to 100 of them.

        Raises `WebhookError` (`webhook-cursor`). Another client's endpoint has none.
        """
        if cursor is not None and not is_id("whd", cursor):
            raise WebhookError("webhook-cursor", "the cursor is none of ours", "take it from the page before")
        chosen = (
            select(WebhookDelivery, TrailEvent.type)
            .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint)
            .join(TrailEvent, TrailEvent.id == WebhookDelivery.event)
            .where(WebhookEndpoint.client == client)
        )
        if endpoint is not None:
            chosen = chosen.where(WebhookDelivery.endpoint == endpoint)
        if state is not None:
            chosen = chosen.where(WebhookDelivery.state == state)
        if cursor is not None:
            chosen = chosen.where(WebhookDelivery.id < cursor)
        size = min(max(limit, 1), PAGE_AT_MOST)
        found = session.execute(chosen.order_by(WebhookDelivery.id.desc()).limit(size + 1)).all()
        shown = tuple(_seen(row, event_type) for row, event_type in found[:size])
        return DeliveryPage(shown, shown[-1].id if len(found) > size else None)

    def redeliver(self, session: Session, client: str, delivery_id: str, now: datetime) -> Delivery:
        """Make the delivery due at once, whatever became of it, with all its tries before it; return it.

        The receiver sees the id that it may know. Raises `WebhookError` (`webhook-delivery-missing`,
        `webhook-endpoint-disabled`).
        """
        found = session.execute(
            select(WebhookDelivery, WebhookEndpoint.disabled_at, TrailEvent.type)
            .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint)
            .join(TrailEvent, TrailEvent.id == WebhookDelivery.event)
            .where(WebhookDelivery.id == delivery_id, WebhookEndpoint.client == client)
            .with_for_update(of=WebhookDelivery)
            .execution_options(populate_existing=True)
        ).one_or_none()
        if found is None:
            raise WebhookError("webhook-delivery-missing", "there is no such delivery", "check the id")
        row, disabled_at, event_type = found
        if disabled_at is not None:
            raise WebhookError("webhook-endpoint-disabled", "the endpoint is disabled", "enable it, then try again")
        row.state, row.due_at, row.attempts, row.delivered_at = DeliveryState.PENDING.value, now, 0, None
        session.flush()
        return _seen(row, event_type)


def due_endpoints(session: Session, now: datetime, *, limit: int = 100) -> list[DueEndpoint]:
    """Return the enabled endpoints to which something is due, the longest waiting first."""
    found = session.execute(_DUE, {"now": now, "limit": limit})
    return [DueEndpoint(endpoint, client) for endpoint, client in found]


def _held_endpoints(session: Session, client: str) -> list[tuple[str, list[str]]]:
    """Return the client's enabled endpoints and the types that each wants.

    They are held against being deleted until the deliveries stand, so they are looked for once in a transaction.
    Changing an endpoint need not wait.
    """
    held: dict[str, list[tuple[str, list[str]]]] = session.info.setdefault(_HELD, {})
    if client not in held:
        found = session.execute(
            select(WebhookEndpoint.id, WebhookEndpoint.event_types)
            .where(WebhookEndpoint.client == client, WebhookEndpoint.disabled_at.is_(None))
            .order_by(WebhookEndpoint.id)
            .with_for_update(read=True, key_share=True)
        )
        held[client] = [(endpoint, cast("list[str]", types)) for endpoint, types in found]
    return held[client]


def _seen(row: WebhookDelivery, event_type: str) -> Delivery:
    return Delivery(
        id=row.id,
        endpoint=row.endpoint,
        event=row.event,
        event_type=event_type,
        state=DeliveryState(row.state),
        created_at=row.created_at,
        due_at=row.due_at,
        attempts=row.attempts,
        last_status=row.last_status,
        last_failure=None if row.last_failure is None else DeliveryFailure(row.last_failure),
        delivered_at=row.delivered_at,
    )
