"""The figures of the claims room: courses as they were told, counts by lot, up to when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0041"
branch_labels = None
depends_on = None

ID = sa.String(80)
CODE = sa.String(64)
LOTS = "claims_lots"


def upgrade() -> None:
    op.create_table(
        "claims_courses",
        sa.Column("claim", ID, nullable=False),
        sa.Column("told", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("claim", name="pk_claims_courses"),
    )
    op.create_table(
        LOTS,
        sa.Column("lot", sa.String(300), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("institution", ID),
        sa.Column("tier", CODE, nullable=False),
        sa.Column("lane", CODE, nullable=False),
        sa.Column("told", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("lot", name="pk_claims_lots"),
    )
    op.create_index("ix_claims_lots_month", LOTS, ["month"])
    op.create_table(
        "claims_figures_until",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_claims_figures_until"),
    )
