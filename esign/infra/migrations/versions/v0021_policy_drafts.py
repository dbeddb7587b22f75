"""Drafts of proposals, as salespeople write them at their pages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from esign.infra.columns import UtcDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "policy_drafts",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("salesperson", sa.String(80), nullable=False),
        sa.Column("record", sa.String(80), nullable=False),
        sa.Column("step", sa.String(64), nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_policy_drafts"),
        sa.UniqueConstraint("record", name="uq_policy_drafts_record"),
    )
    op.create_index("ix_policy_drafts_salesperson_updated", "policy_drafts", ["salesperson", "updated_at"])
    op.create_index("ix_policy_drafts_updated_at", "policy_drafts", ["updated_at"])
