"""The ways of proposals, from which figures are counted: a projection, filled from the trail by its consumer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from esign.infra.columns import JsonText

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "policy_journeys",
        sa.Column("proposal", sa.String(80), nullable=False),
        sa.Column("institution", sa.String(80), nullable=False),
        sa.Column("salesperson", sa.String(80), nullable=False),
        sa.Column("product", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("holds_until", sa.String(10), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("signed_at", sa.BigInteger(), nullable=True),
        sa.Column("issued_at", sa.BigInteger(), nullable=True),
        sa.Column("latest_at", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.String(64), nullable=True),
        sa.Column("ending", sa.String(64), nullable=True),
        sa.Column("delivery", sa.String(64), nullable=True),
        sa.Column("remote", sa.Integer(), nullable=False),
        sa.Column("assisted", sa.Integer(), nullable=False),
        sa.Column("in_person", sa.Integer(), nullable=False),
        sa.Column("told", JsonText, nullable=False),
        sa.PrimaryKeyConstraint("proposal", name="pk_policy_journeys"),
    )
    op.create_index("ix_policy_journeys_sent", "policy_journeys", ["sent_at"])
    op.create_index("ix_policy_journeys_institution_sent", "policy_journeys", ["institution", "sent_at"])
