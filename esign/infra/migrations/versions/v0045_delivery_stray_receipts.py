"""Signed receipts that their deliveries did not take, until somebody saw to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from esign.infra.columns import UtcDateTime

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

ID = sa.String(80)
CODE = sa.String(64)


def upgrade() -> None:
    op.create_table(
        "delivery_stray_receipts",
        sa.Column("id", ID, nullable=False),
        sa.Column("delivery", ID, nullable=False),
        sa.Column("envelope", ID, nullable=False),
        sa.Column("way", CODE, nullable=False),
        sa.Column("signed_by", CODE, nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("refused", CODE, nullable=False),
        sa.Column("found_at", UtcDateTime, nullable=False),
        sa.Column("settled_at", UtcDateTime),
        sa.Column("settled_by", ID),
        sa.Column("outcome", CODE),
        sa.PrimaryKeyConstraint("id", name="pk_delivery_stray_receipts"),
    )
    op.create_index("ix_delivery_stray_receipts_delivery", "delivery_stray_receipts", ["delivery"])
    open_ = sa.text("settled_at IS NULL")
    op.create_index(
        "ix_delivery_stray_receipts_open",
        "delivery_stray_receipts",
        ["delivery"],
        postgresql_where=open_,
        sqlite_where=open_,
    )
