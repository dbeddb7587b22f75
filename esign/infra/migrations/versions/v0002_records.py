"""Personal records, their wrapped keys, the search index, erasures; clocks that were moved in test mode."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from esign.infra.columns import UtcDateTime
from esign.infra.insert_only import execute_as_written

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

RECORD_ID = sa.String(80)

SQLITE = tuple(
    f"CREATE TRIGGER erasures_no_{act} BEFORE {act.upper()} ON erasures "
    "BEGIN SELECT RAISE(ABORT, 'erasures is insert-only'); END"
    for act in ("update", "delete")
)
POSTGRESQL = (
    "CREATE TRIGGER erasures_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON erasures "
    "FOR EACH STATEMENT EXECUTE FUNCTION esign_refuse_change()",
)


def upgrade() -> None:
    op.create_table(
        "data_keys",
        sa.Column("record_id", RECORD_ID, nullable=False),
        sa.Column("master_version", sa.Integer, nullable=False),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("record_id", name="pk_data_keys"),
    )
    op.create_index("ix_data_keys_master_version", "data_keys", ["master_version"])
    op.create_table(
        "personal_records",
        sa.Column("id", RECORD_ID, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_personal_records"),
    )
    op.create_table(
        "search_entries",
        sa.Column("field", sa.String(24), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("record_id", RECORD_ID, nullable=False),
        sa.PrimaryKeyConstraint("field", "digest", "record_id", name="pk_search_entries"),
    )
    op.create_index("ix_search_entries_record_id", "search_entries", ["record_id"])
    op.create_table(
        "erasures",
        sa.Column("record_id", RECORD_ID, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("record_id", name="pk_erasures"),
    )
    op.create_table(
        "moved_clocks",
        sa.Column("name", RECORD_ID, nullable=False),
        sa.Column("ahead", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_moved_clocks"),
    )
    connection = op.get_bind()
    for statement in SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL:
        execute_as_written(connection, statement)
