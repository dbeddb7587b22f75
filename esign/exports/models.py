"""Tables of exports: who asked for which envelopes and why, and the bundle that was made of each.

A bundle is a sealed blob under a key of its own, which goes when the export expires or the envelope is erased.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from esign.infra.database import Base, UtcDateTime
from esign.infra.models import RECORD_ID
from esign.infra.roles import changing_rights
from esign.trail.models import TrailEvent

ID: Final = String(80)
CODE: Final = String(64)
DIGEST: Final = String(64)


class ExportRow(Base):
    """An export that a client or a member of staff asked for, whose id `client` is.

    `finished_at` is None while it is made; `gone_at` is when its files go.
    """

    __tablename__ = "exports"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    client: Mapped[str] = mapped_column(ID, index=True)
    reason: Mapped[str] = mapped_column(CODE)
    total: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    gone_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    is_gone: Mapped[bool] = mapped_column(default=False)


class ExportItemRow(Base):
    """One envelope of an export, counted from 1. `ended` is whether its bundle is there, or `problem` says why not.

    `tries` counts how often it was begun: one that ends its worker each time is given up.
    """

    __tablename__ = "export_items"

    export: Mapped[str] = mapped_column(ID, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    envelope: Mapped[str] = mapped_column(ID, index=True)
    tries: Mapped[int] = mapped_column(default=0)
    ended: Mapped[bool] = mapped_column(default=False)
    problem: Mapped[str | None] = mapped_column(CODE)
    state: Mapped[str | None] = mapped_column(CODE)
    external_id: Mapped[str | None] = mapped_column(String(128))
    created_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    blob: Mapped[str | None] = mapped_column(String(100), unique=True)
    record: Mapped[str | None] = mapped_column(RECORD_ID, unique=True)
    size: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(DIGEST)
    crc: Mapped[int | None] = mapped_column(BigInteger)


EXPORTED_ALONE: Final = text("type = 'bundle.exported'")
"""The events that the index below is over, as it says it: a query is to say the same to be served by it."""
Index("ix_trail_events_exported", TrailEvent.number, sqlite_where=EXPORTED_ALONE, postgresql_where=EXPORTED_ALONE)


def role_statements(role: str) -> Sequence[str]:
    """Return the PostgreSQL DDL that lets the service's role work with these tables (`esign.infra.roles`)."""
    return changing_rights(role, (ExportRow, ExportItemRow))
