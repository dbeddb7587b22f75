"""The foundation's own tables: wrapped data keys, personal records, the search index, erasures, moved clocks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final, cast

from sqlalchemy import BigInteger, LargeBinary, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from esign.infra.database import Base, UtcDateTime
from esign.infra.insert_only import insert_only

RECORD_ID: Final = String(80)


class DataKey(Base):
    """The key of one record, wrapped by a version of the master key. Deleting the row is what erases the record."""

    __tablename__ = "data_keys"

    record_id: Mapped[str] = mapped_column(RECORD_ID, primary_key=True)
    master_version: Mapped[int] = mapped_column(index=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)


class PersonalRecord(Base):
    """Personal data, sealed by the record's data key. A correction is a new record."""

    __tablename__ = "personal_records"

    id: Mapped[str] = mapped_column(RECORD_ID, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SearchEntry(Base):
    """The keyed digest of one normalised item of a record, by which it can be found and not read."""

    __tablename__ = "search_entries"

    field: Mapped[str] = mapped_column(String(24), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    record_id: Mapped[str] = mapped_column(RECORD_ID, primary_key=True, index=True)


class Erasure(Base):
    """A record that was erased: never given a key again, and erased anew after a restore. Insert-only."""

    __tablename__ = "erasures"

    record_id: Mapped[str] = mapped_column(RECORD_ID, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class MovedClock(Base):
    """How far a caller in test mode has moved the clock, in microseconds."""

    __tablename__ = "moved_clocks"

    name: Mapped[str] = mapped_column(RECORD_ID, primary_key=True)
    ahead: Mapped[int] = mapped_column(BigInteger)


insert_only(cast(Table, Erasure.__table__))


def role_statements(role: str) -> Sequence[str]:
    """Return the PostgreSQL DDL that lets the service's role work with these tables, and nothing else.

    The role must exist and must not own the tables. Raises `ValueError` for a name that is not plain.
    """
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", role):
        raise ValueError(f"{role!r} is not a plain role name")
    changing = ", ".join(model.__tablename__ for model in (DataKey, PersonalRecord, SearchEntry, MovedClock))
    return (
        f"REVOKE ALL ON erasures, {changing} FROM {role}",
        f"GRANT SELECT, INSERT ON erasures TO {role}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {changing} TO {role}",
    )
