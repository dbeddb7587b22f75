"""The trail: events, leaves, nodes, checkpoints, consumers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from esign.infra.columns import UtcDateTime
from esign.infra.insert_only import execute_as_written

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

EVENT_ID = sa.String(44)
COUNTER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
INSERT_ONLY = ("trail_events", "trail_leaves", "trail_nodes", "trail_checkpoints")

LEAF = (
    "SELECT 1 FROM trail_leaves JOIN trail_events ON trail_events.id = trail_leaves.event_id "
    "WHERE trail_events.number = OLD.number"
)
PENDING_SQLITE = (
    "CREATE TRIGGER trail_events_wait AFTER INSERT ON trail_events "
    "BEGIN INSERT INTO trail_pending (number) VALUES (NEW.number); END",
    "CREATE TRIGGER trail_pending_stays BEFORE DELETE ON trail_pending "
    f"WHEN NOT EXISTS ({LEAF}) "
    "BEGIN SELECT RAISE(ABORT, 'an event without a leaf stays pending'); END",
    "CREATE TRIGGER trail_pending_no_update BEFORE UPDATE ON trail_pending "
    "BEGIN SELECT RAISE(ABORT, 'an event without a leaf stays pending'); END",
)
REFUSE_POSTGRESQL = """CREATE OR REPLACE FUNCTION esign_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is insert-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$"""
PENDING_POSTGRESQL = (
    "CREATE FUNCTION esign_trail_wait() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN INSERT INTO trail_pending (number) VALUES (NEW.number); RETURN NEW; END $$",
    "CREATE TRIGGER trail_events_wait AFTER INSERT ON trail_events FOR EACH ROW EXECUTE FUNCTION esign_trail_wait()",
    "CREATE FUNCTION esign_trail_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF TG_OP = 'DELETE' AND TG_LEVEL = 'ROW' THEN "
    f"IF EXISTS ({LEAF}) THEN RETURN OLD; END IF; END IF; "
    "RAISE EXCEPTION 'an event without a leaf stays pending' USING ERRCODE = 'integrity_constraint_violation'; "
    "END $$",
    "CREATE TRIGGER trail_pending_stays BEFORE DELETE ON trail_pending "
    "FOR EACH ROW EXECUTE FUNCTION esign_trail_stays()",
    "CREATE TRIGGER trail_pending_no_update BEFORE UPDATE OR TRUNCATE ON trail_pending "
    "FOR EACH STATEMENT EXECUTE FUNCTION esign_trail_stays()",
)


def upgrade() -> None:
    op.create_table(
        "trail_events",
        sa.Column("number", COUNTER, sa.Identity(always=True), nullable=False),
        sa.Column("id", EVENT_ID, nullable=False),
        sa.Column("stream", sa.String(160), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("type", sa.String(97), nullable=False),
        sa.Column("type_version", sa.Integer, nullable=False),
        sa.Column("actor", sa.String(161), nullable=False),
        sa.Column("time", UtcDateTime, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_trail_events"),
        sa.UniqueConstraint("id", name="uq_trail_events_id"),
        sa.UniqueConstraint("stream", "version", name="uq_trail_events_stream_version"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "trail_leaves",
        sa.Column("position", COUNTER, autoincrement=False, nullable=False),
        sa.Column("event_id", EVENT_ID, nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_trail_leaves"),
        sa.UniqueConstraint("event_id", name="uq_trail_leaves_event_id"),
        sa.ForeignKeyConstraint(["event_id"], ["trail_events.id"], name="fk_trail_leaves_event_id_trail_events"),
    )
    op.create_table(
        "trail_pending",
        sa.Column("number", COUNTER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_trail_pending"),
        sa.ForeignKeyConstraint(["number"], ["trail_events.number"], name="fk_trail_pending_number_trail_events"),
    )
    op.create_table(
        "trail_nodes",
        sa.Column("level", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("index", COUNTER, autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("level", "index", name="pk_trail_nodes"),
    )
    op.create_table(
        "trail_checkpoints",
        sa.Column("size", COUNTER, autoincrement=False, nullable=False),
        sa.Column("epoch", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("log", sa.String(200), nullable=False),
        sa.Column("note", sa.LargeBinary, nullable=False),
        sa.Column("token", sa.LargeBinary, nullable=False),
        sa.Column("time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("size", "epoch", "log", name="pk_trail_checkpoints"),
    )
    op.create_table(
        "trail_consumers",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("position", COUNTER, nullable=False),
        sa.Column("stopped_by", sa.String(200), nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_trail_consumers"),
    )
    connection = op.get_bind()
    for statement in _sqlite() if connection.dialect.name == "sqlite" else _postgresql():
        execute_as_written(connection, statement)


def _sqlite() -> list[str]:
    refused = [
        f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is insert-only'); END"
        for table in INSERT_ONLY
        for act in ("update", "delete")
    ]
    return [*refused, *PENDING_SQLITE]


def _postgresql() -> list[str]:
    refused = [
        f"CREATE TRIGGER {table}_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION esign_refuse_change()"
        for table in INSERT_ONLY
    ]
    return [REFUSE_POSTGRESQL, *refused, *PENDING_POSTGRESQL]
