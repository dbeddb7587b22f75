"""The figures of the delivery room: ways as they were told, counts by lot, up to when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0030"
branch_labels = None
depends_on = None

ID = sa.String(80)
CODE = sa.String(64)
WAYS, LOTS = "delivery_ways", "delivery_lots"


def upgrade() -> None:
    op.create_table(
        WAYS,
        sa.Column("delivery", ID, nullable=False),
        sa.Column("institution", ID, nullable=False),
        sa.Column("channel", CODE, nullable=False),
        sa.Column("product", CODE, nullable=False),
        sa.Column("applied_on", sa.Date, nullable=False),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
        sa.Column("underwritten_on", sa.Date),
        sa.Column("medium", CODE),
        sa.Column("issued_at", sa.BigInteger),
        sa.Column("dispatched_at", sa.BigInteger),
        sa.Column("arrived_at", sa.BigInteger),
        sa.Column("handed_at", sa.BigInteger),
        sa.Column("shown_at", sa.BigInteger),
        sa.Column("received_at", sa.BigInteger),
        sa.Column("received_on", sa.Date),
        sa.Column("way", CODE),
        sa.Column("returned_at", sa.BigInteger),
        sa.Column("ended_on", sa.Date),
        sa.Column("reason", CODE),
        sa.Column("is_open", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("delivery", name="pk_delivery_ways"),
    )
    op.create_index(
        "ix_delivery_ways_open",
        WAYS,
        ["underwritten_on"],
        postgresql_where=sa.text("is_open"),
        sqlite_where=sa.text("is_open"),
    )
    op.create_table(
        LOTS,
        sa.Column("lot", sa.String(300), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("institution", ID, nullable=False),
        sa.Column("channel", CODE, nullable=False),
        sa.Column("product", CODE, nullable=False),
        sa.Column("told", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("lot", name="pk_delivery_lots"),
    )
    op.create_index("ix_delivery_lots_month", LOTS, ["month"])
    op.create_table(
        "delivery_figures_until",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_delivery_figures_until"),
    )
