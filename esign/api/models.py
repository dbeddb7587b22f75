"""Clients of the API, their keys, first answers to repeated requests, and leases of their rate limits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from esign.infra.database import Base, JsonText, JsonValue, UtcDateTime
from esign.infra.roles import changing_rights


class ApiClient(Base):
    """A program that calls the API. `mode` is test or live, and so is everything that it makes."""

    __tablename__ = "api_clients"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    mode: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ApiKey(Base):
    """A key of a client. Only the digest of its secret half is kept."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    client: Mapped[str] = mapped_column(String(80), ForeignKey("api_clients.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    scopes: Mapped[JsonValue] = mapped_column(JsonText)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FirstAnswer(Base):
    """The answer to a request with an Idempotency-Key, sealed; `status` is None while it is still being worked on."""

    __tablename__ = "first_answers"

    client: Mapped[str] = mapped_column(String(80), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    request_digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    status: Mapped[int | None]
    record: Mapped[str | None] = mapped_column(String(80))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class RateLease(Base):
    """How many requests of a window processes have asked for, to spend them on their own up to the allowance."""

    __tablename__ = "rate_leases"

    subject: Mapped[str] = mapped_column(String(120), primary_key=True)
    window: Mapped[int] = mapped_column("window_start", primary_key=True, autoincrement=False)
    granted: Mapped[int]


def role_statements(role: str) -> Sequence[str]:
    """Return the PostgreSQL DDL that lets the service's role work with these tables (`esign.infra.roles`)."""
    return changing_rights(role, (ApiClient, ApiKey, FirstAnswer, RateLease))
