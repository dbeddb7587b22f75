"""The tables of renewal. Both can be dropped and are made again by the sweep, from the documents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from esign.infra.database import Base, UtcDateTime
from esign.infra.roles import changing_rights


class TimestampUnit(Base):
    """A timestamping unit, told by one of its tokens; `chain` is its certificates (DER), one behind the other."""

    __tablename__ = "timestamp_units"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    token: Mapped[bytes] = mapped_column(LargeBinary)
    chain: Mapped[bytes] = mapped_column(LargeBinary)


class DocumentTimestamp(Base):
    """The newest document timestamp of a sealed document. `unit` and time are None where it has none: below B-LTA."""

    __tablename__ = "document_timestamps"
    __table_args__ = (Index("ix_document_timestamps_unit", "unit", "stamped_at"),)

    document: Mapped[str] = mapped_column(String(80), primary_key=True)
    envelope: Mapped[str] = mapped_column(String(80))
    unit: Mapped[str | None] = mapped_column(String(64))
    stamped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def role_statements(role: str) -> Sequence[str]:
    """Return the PostgreSQL DDL that lets the service's role work with these tables (`esign.infra.roles`)."""
    return changing_rights(role, (TimestampUnit, DocumentTimestamp))
