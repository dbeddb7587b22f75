"""Renewed checkpoints: on which unit each rests, the renewals, what they cover, and the validation data they rest on.

On what the checkpoints from before rest is found by the sweep, which reads their tokens.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from esign.infra.columns import UtcDateTime
from esign.infra.insert_only import execute_as_written, insert_only_statements

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

DIGEST = sa.String(64)
COUNTER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "checkpoint_timestamps",
        sa.Column("size", COUNTER, nullable=False, autoincrement=False),
        sa.Column("epoch", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("log", sa.String(200), nullable=False),
        sa.Column("note", DIGEST, nullable=False),
        sa.Column("unit", DIGEST, nullable=False),
        sa.PrimaryKeyConstraint("size", "epoch", "log", name="pk_checkpoint_timestamps"),
        sa.UniqueConstraint("note", name="uq_checkpoint_timestamps_note"),
    )
    op.create_index("ix_checkpoint_timestamps_unit", "checkpoint_timestamps", ["unit", "note"])
    op.create_table(
        "renewal_data",
        sa.Column("id", DIGEST, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_renewal_data"),
    )
    op.create_table(
        "timestamp_renewals",
        sa.Column("id", DIGEST, nullable=False),
        sa.Column("head", sa.LargeBinary, nullable=False),
        sa.Column("token", sa.LargeBinary, nullable=False),
        sa.Column("time", UtcDateTime, nullable=False),
        sa.Column("unit", DIGEST, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_timestamp_renewals"),
    )
    op.create_index("ix_timestamp_renewals_unit", "timestamp_renewals", ["unit"])
    op.create_table(
        "renewed_timestamps",
        sa.Column("renewal", DIGEST, nullable=False),
        sa.Column("position", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("leaf", sa.LargeBinary, nullable=False),
        sa.Column("content", DIGEST, nullable=False),
        sa.PrimaryKeyConstraint("renewal", "position", name="pk_renewed_timestamps"),
        sa.UniqueConstraint("content", name="uq_renewed_timestamps_content"),
        sa.ForeignKeyConstraint(
            ["renewal"], ["timestamp_renewals.id"], name="fk_renewed_timestamps_renewal_timestamp_renewals"
        ),
    )
    connection = op.get_bind()
    for table in ("renewal_data", "timestamp_renewals", "renewed_timestamps"):
        for statement in insert_only_statements(table, connection.dialect.name):
            execute_as_written(connection, statement)
