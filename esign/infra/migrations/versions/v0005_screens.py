"""What people were shown, screen by screen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from esign.infra.columns import JsonText, UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.String(80)


def upgrade() -> None:
    op.create_table(
        "shown_screens",
        sa.Column("record", ID, nullable=False),
        sa.Column("envelope", ID, nullable=False),
        sa.Column("recipient", ID, nullable=False),
        sa.Column("screen", sa.String(64), nullable=False),
        sa.Column("edition", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("device", ID, nullable=True),
        sa.Column("shown_at", UtcDateTime, nullable=False),
        sa.Column("left_at", UtcDateTime, nullable=True),
        sa.Column("actions", JsonText, nullable=True),
        sa.PrimaryKeyConstraint("record", name="pk_shown_screens"),
    )
    op.create_index("ix_shown_screens_envelope", "shown_screens", ["envelope"])
    op.create_index("ix_shown_screens_recipient", "shown_screens", ["recipient"])
    op.create_index("ix_shown_screens_shown_at", "shown_screens", ["shown_at"])
