"""The foundation's own tables: wrapped data keys, personal records, the search index, erasures, clocks, messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, cast

from sqlalchemy import BigInteger, Index, LargeBinary, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from esign.infra.database import Base, JsonText, JsonValue, UtcDateTime
from esign.infra.insert_only import insert_only
from esign.infra.roles import adding_rights, changing_rights

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


class Message(Base):
    """A message to a person that is to be sent, or was. Its words are made from the records when it is sent.

    `dedupe` names what it is for, so that the same cause never makes two. `person` is the personal record of who gets
    it; `facts` are ids, codes and numbers that its text needs. `due_at` is None once it was sent or given up (`dead`).
    """

    __tablename__ = "messages"
    __table_args__ = (Index("ix_messages_state", "state"),)

    id: Mapped[str] = mapped_column(RECORD_ID, primary_key=True)
    dedupe: Mapped[str] = mapped_column(String(160), unique=True)
    kind: Mapped[str] = mapped_column(String(64))
    person: Mapped[str] = mapped_column(RECORD_ID, index=True)
    envelope: Mapped[str | None] = mapped_column(RECORD_ID, index=True)
    facts: Mapped[JsonValue] = mapped_column(JsonText)
    state: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    last_failure: Mapped[str | None] = mapped_column(String(64))
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


insert_only(cast(Table, Erasure.__table__))


def role_statements(role: str) -> Sequence[str]:
    """Return the PostgreSQL DDL that lets the service's role work with these tables (`esign.infra.roles`)."""
    changing = (DataKey, PersonalRecord, SearchEntry, MovedClock, Message)
    return (*adding_rights(role, [Erasure]), *changing_rights(role, changing))
