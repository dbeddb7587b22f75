"""Exports of evidence bundles: who asked for which envelopes and why, and what was made."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from esign.infra.columns import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ID = sa.String(80)
CODE = sa.String(64)


def upgrade() -> None:
    op.create_table(
        "exports",
        sa.Column("id", ID, nullable=False),
        sa.Column("client", ID, nullable=False),
        sa.Column("reason", CODE, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("finished_at", UtcDateTime, nullable=True),
        sa.Column("gone_at", UtcDateTime, nullable=False),
        sa.Column("is_gone", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_exports"),
    )
    op.create_index("ix_exports_client", "exports", ["client"])
    op.create_index("ix_exports_gone_at", "exports", ["gone_at"])
    op.create_table(
        "export_items",
        sa.Column("export", ID, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("envelope", ID, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("ended", sa.Boolean, nullable=False),
        sa.Column("problem", CODE, nullable=True),
        sa.Column("state", CODE, nullable=True),
        sa.Column("external_id", sa.String(128), nullable=True),
        sa.Column("created_at", UtcDateTime, nullable=True),
        sa.Column("ended_at", UtcDateTime, nullable=True),
        sa.Column("blob", sa.String(100), nullable=True),
        sa.Column("record", ID, nullable=True),
        sa.Column("size", sa.BigInteger, nullable=True),
        sa.Column("sha256", sa.String(64), nullable=True),
        sa.Column("crc", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("export", "number", name="pk_export_items"),
        sa.UniqueConstraint("blob", name="uq_export_items_blob"),
        sa.UniqueConstraint("record", name="uq_export_items_record"),
    )
    op.create_index("ix_export_items_envelope", "export_items", ["envelope"])
