"""Return visits: what comes of each, and what was answered so far."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from esign.infra.columns import UtcDateTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # No contract could be received before, so nobody was invited: there are no rows to bring along.
    op.drop_table("policy_visits")
    op.create_table(
        "policy_visits",
        sa.Column("visit", sa.String(80), nullable=False),
        sa.Column("proposal", sa.String(80), nullable=False),
        sa.Column("invited_at", UtcDateTime, nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("reminded_at", UtcDateTime, nullable=True),
        sa.Column("answered_at", UtcDateTime, nullable=True),
        sa.Column("in_time", sa.Boolean(), nullable=True),
        sa.Column("way", sa.String(64), nullable=True),
        sa.Column("concerns", sa.String(4200), nullable=False),
        sa.Column("seen_at", UtcDateTime, nullable=True),
        sa.PrimaryKeyConstraint("visit", name="pk_policy_visits"),
    )
    op.create_index("ix_policy_visits_proposal", "policy_visits", ["proposal"])
    op.create_index("ix_policy_visits_answered_ends", "policy_visits", ["answered_at", "ends_on"])
    op.create_index("ix_policy_visits_seen_concerns", "policy_visits", ["seen_at", "concerns"])
    op.create_table(
        "policy_visit_drafts",
        sa.Column("visit", sa.String(80), nullable=False),
        sa.Column("record", sa.String(80), nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("visit", name="pk_policy_visit_drafts"),
        sa.UniqueConstraint("record", name="uq_policy_visit_drafts_record"),
    )
    op.create_index("ix_policy_visit_drafts_updated_at", "policy_visit_drafts", ["updated_at"])
