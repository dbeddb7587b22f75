"""Endpoints and deliveries. A delivery is one event for one endpoint; its body is made anew from the event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from esign.infra.database import Base, JsonText, JsonValue, UtcDateTime
from esign.infra.roles import changing_rights


class WebhookEndpoint(Base):
    """Where a client wants to be told. Address and signing secret are sealed under the data key of the id."""

    __tablename__ = "webhook_endpoints"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    client: Mapped[str] = mapped_column(String(80), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    event_types: Mapped[JsonValue] = mapped_column(JsonText)
    """Event types, or `["*"]` for every type there is or will be."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the first of the failures was that no success has followed yet."""
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    disabled_because: Mapped[str | None] = mapped_column(String(64))


class WebhookDelivery(Base):
    """One event on its way to one endpoint. `due_at` is None once it was delivered or given up (`dead`)."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        UniqueConstraint("endpoint", "event"),
        Index("ix_webhook_deliveries_due", "due_at", "endpoint"),
        Index("ix_webhook_deliveries_state", "state"),
    )

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    endpoint: Mapped[str] = mapped_column(String(80), ForeignKey("webhook_endpoints.id", ondelete="CASCADE"))
    event: Mapped[str] = mapped_column(String(44))
    state: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    last_status: Mapped[int | None]
    last_failure: Mapped[str | None] = mapped_column(String(64))
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def role_statements(role: str) -> Sequence[str]:
    """Return the PostgreSQL DDL that lets the service's role work with these tables (`esign.infra.roles`)."""
    return changing_rights(role, (WebhookEndpoint, WebhookDelivery))
