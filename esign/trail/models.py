"""The trail's tables. Events, leaves, nodes and checkpoints are insert-only, and the database itself sees to it.

Two tables move: `trail_pending`, the events that have no leaf yet, filled by a trigger with every event and
emptied by the sequencer (a row goes only once its leaf is there, which is the database's rule too); and
`trail_consumers`, how far each consumer has read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, cast

from sqlalchemy import BigInteger, ForeignKey, Identity, Integer, LargeBinary, String, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from esign.infra.database import Base, UtcDateTime
from esign.infra.insert_only import insert_only, insert_only_statements, on_dialect
from esign.infra.roles import adding_rights

EVENT_ID: Final = String(44)
COUNTER: Final = BigInteger().with_variant(Integer, "sqlite")
"""SQLite counts in 64 bits under the name INTEGER, and only that name makes a column the row's own number."""


class TrailEvent(Base):
    """A recorded event. `number` only orders events that wait for a leaf; gaps in it mean nothing."""

    __tablename__ = "trail_events"
    __table_args__ = (UniqueConstraint("stream", "version"), {"sqlite_autoincrement": True})

    number: Mapped[int] = mapped_column(COUNTER, Identity(always=True), primary_key=True)
    id: Mapped[str] = mapped_column(EVENT_ID, unique=True)
    stream: Mapped[str] = mapped_column(String(160))
    version: Mapped[int]
    type: Mapped[str] = mapped_column(String(97))
    type_version: Mapped[int]
    actor: Mapped[str] = mapped_column(String(161))
    time: Mapped[datetime] = mapped_column(UtcDateTime)
    payload: Mapped[str] = mapped_column(Text)
    """Canonical JSON."""


class TrailPending(Base):
    """An event that has no leaf yet."""

    __tablename__ = "trail_pending"

    number: Mapped[int] = mapped_column(
        COUNTER, ForeignKey("trail_events.number"), primary_key=True, autoincrement=False
    )


class TrailLeaf(Base):
    """The event's place in the tree, counted from 0 without a gap."""

    __tablename__ = "trail_leaves"

    position: Mapped[int] = mapped_column(COUNTER, primary_key=True, autoincrement=False)
    event_id: Mapped[str] = mapped_column(EVENT_ID, ForeignKey("trail_events.id"), unique=True)


class TrailNode(Base):
    """The hash of a full node (`esign.trail.merkle.Node`), leaves included."""

    __tablename__ = "trail_nodes"

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    index: Mapped[int] = mapped_column(COUNTER, primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class TrailCheckpoint(Base):
    """A signed head: the note as it was signed, and the timestamp over it (DER), whose time is `time`."""

    __tablename__ = "trail_checkpoints"

    size: Mapped[int] = mapped_column(COUNTER, primary_key=True, autoincrement=False)
    epoch: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    log: Mapped[str] = mapped_column(String(200), primary_key=True)
    note: Mapped[bytes] = mapped_column(LargeBinary)
    token: Mapped[bytes] = mapped_column(LargeBinary)
    time: Mapped[datetime] = mapped_column(UtcDateTime)


class TrailConsumer(Base):
    """How far a consumer has read: the position it handles next, and by what it was stopped there, if it was."""

    __tablename__ = "trail_consumers"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    position: Mapped[int] = mapped_column(COUNTER)
    stopped_by: Mapped[str | None] = mapped_column(String(200))


INSERT_ONLY: Final = (TrailEvent, TrailLeaf, TrailNode, TrailCheckpoint)

_LEAF: Final = (
    "SELECT 1 FROM trail_leaves JOIN trail_events ON trail_events.id = trail_leaves.event_id "
    "WHERE trail_events.number = OLD.number"
)
_PENDING_SQLITE: Final = (
    "CREATE TRIGGER trail_events_wait AFTER INSERT ON trail_events "
    "BEGIN INSERT INTO trail_pending (number) VALUES (NEW.number); END",
    "CREATE TRIGGER trail_pending_stays BEFORE DELETE ON trail_pending "
    f"WHEN NOT EXISTS ({_LEAF}) "
    "BEGIN SELECT RAISE(ABORT, 'an event without a leaf stays pending'); END",
    "CREATE TRIGGER trail_pending_no_update BEFORE UPDATE ON trail_pending "
    "BEGIN SELECT RAISE(ABORT, 'an event without a leaf stays pending'); END",
)
_PENDING_POSTGRESQL: Final = (
    "CREATE FUNCTION esign_trail_wait() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN INSERT INTO trail_pending (number) VALUES (NEW.number); RETURN NEW; END $$",
    "CREATE TRIGGER trail_events_wait AFTER INSERT ON trail_events FOR EACH ROW EXECUTE FUNCTION esign_trail_wait()",
    "CREATE FUNCTION esign_trail_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF TG_OP = 'DELETE' AND TG_LEVEL = 'ROW' THEN "
    f"IF EXISTS ({_LEAF}) THEN RETURN OLD; END IF; END IF; "
    "RAISE EXCEPTION 'an event without a leaf stays pending' USING ERRCODE = 'integrity_constraint_violation'; "
    "END $$",
    "CREATE TRIGGER trail_pending_stays BEFORE DELETE ON trail_pending "
    "FOR EACH ROW EXECUTE FUNCTION esign_trail_stays()",
    "CREATE TRIGGER trail_pending_no_update BEFORE UPDATE OR TRUNCATE ON trail_pending "
    "FOR EACH STATEMENT EXECUTE FUNCTION esign_trail_stays()",
)


def role_statements(role: str) -> Sequence[str]:
    """Return the PostgreSQL DDL that lets the role do what the service does with the trail, and nothing else.

    INSERT and SELECT alone on what is insert-only; beside that, only a consumer's position can be changed, and a
    pending row removed. The role must exist and must not own the tables (an owner can drop the triggers). Raises
    `ValueError` for a name that is not plain.
    """
    return (
        *adding_rights(role, INSERT_ONLY),
        f"REVOKE ALL ON trail_pending, trail_consumers FROM {role}",
        f"GRANT SELECT, INSERT, DELETE ON trail_pending TO {role}",
        f"GRANT SELECT, INSERT, UPDATE ON trail_consumers TO {role}",
    )


def guard_statements(dialect: str) -> Sequence[str]:
    """Return the DDL of every trigger by which the database keeps the trail, and of what PostgreSQL's run."""
    pending = _PENDING_SQLITE if dialect == "sqlite" else _PENDING_POSTGRESQL
    kept = (insert_only_statements(model.__tablename__, dialect) for model in INSERT_ONLY)
    return (*(statement for statements in kept for statement in statements), *pending)


for _model in INSERT_ONLY:
    insert_only(cast(Table, _model.__table__))
# PostgreSQL wants the tables that a trigger stands on: the pending one refers to the events, so it comes after them.
on_dialect(cast(Table, TrailPending.__table__), sqlite=_PENDING_SQLITE, postgresql=_PENDING_POSTGRESQL)
