"""What no envelope holds is held and asked for, too: a hold names a subject and a day to look at it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

ID = sa.String(80)
DAY = sa.String(10)


def upgrade() -> None:
    op.drop_index("ix_legal_holds_envelope", "legal_holds")
    op.execute("ALTER TABLE legal_holds RENAME COLUMN envelope TO subject")
    op.create_index("ix_legal_holds_subject", "legal_holds", ["subject"])
    op.add_column("legal_holds", sa.Column("review_on", DAY, nullable=True))
    op.create_table(
        "concerned_matters",
        sa.Column("request", ID, nullable=False),
        sa.Column("matter", ID, nullable=False),
        sa.Column("restricted", sa.Boolean, nullable=False),
        sa.Column("corrected", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("request", "matter", name="pk_concerned_matters"),
    )
    op.create_index("ix_concerned_matters_matter", "concerned_matters", ["matter"])
