"""The tables of renewal.

On what documents and checkpoints rest can be dropped and is made again by the sweep. The renewals of checkpoints
cannot: they are insert-only, as the checkpoints are.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, cast

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from esign.infra.database import Base, UtcDateTime
from esign.infra.insert_only import insert_only
from esign.infra.roles import adding_rights, changing_rights
from esign.trail.models import COUNTER


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


class CheckpointTimestamp(Base):
    """The unit whose token is on a checkpoint; `note` is the SHA-256 (hex) of its note."""

    __tablename__ = "checkpoint_timestamps"
    __table_args__ = (Index("ix_checkpoint_timestamps_unit", "unit", "note"),)

    size: Mapped[int] = mapped_column(COUNTER, primary_key=True, autoincrement=False)
    epoch: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    log: Mapped[str] = mapped_column(String(200), primary_key=True)
    note: Mapped[str] = mapped_column(String(64), unique=True)
    unit: Mapped[str] = mapped_column(String(64))


class RenewalData(Base):
    """A certificate, OCSP response or CRL (DER) that renewals rest on, by its SHA-256 (hex)."""

    __tablename__ = "renewal_data"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class TimestampRenewal(Base):
    """A renewal: its head (`esign.renewal.chain`) by the SHA-256 (hex) of that, the token over it (DER), its unit."""

    __tablename__ = "timestamp_renewals"
    __table_args__ = (Index("ix_timestamp_renewals_unit", "unit"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    head: Mapped[bytes] = mapped_column(LargeBinary)
    token: Mapped[bytes] = mapped_column(LargeBinary)
    time: Mapped[datetime] = mapped_column(UtcDateTime)
    unit: Mapped[str] = mapped_column(String(64))


class RenewedTimestamp(Base):
    """What a renewal covers: at which position of its tree, by which leaf (32 bytes), and the SHA-256 (hex) of the
    content, a checkpoint's note or an earlier renewal's head. Nothing is renewed twice."""

    __tablename__ = "renewed_timestamps"

    renewal: Mapped[str] = mapped_column(String(64), ForeignKey("timestamp_renewals.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    leaf: Mapped[bytes] = mapped_column(LargeBinary)
    content: Mapped[str] = mapped_column(String(64), unique=True)


INSERT_ONLY: Final = (RenewalData, TimestampRenewal, RenewedTimestamp)


def role_statements(role: str) -> Sequence[str]:
    """Return the PostgreSQL DDL that lets the service's role work with these tables (`esign.infra.roles`)."""
    return (
        *changing_rights(role, (TimestampUnit, DocumentTimestamp, CheckpointTimestamp)),
        *adding_rights(role, INSERT_ONLY),
    )


for _model in INSERT_ONLY:
    insert_only(cast(Table, _model.__table__))
