"""Tablets that were handed to signers, and the PINs by which salespeople take them back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from esign.infra.columns import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ID = sa.String(80)


def upgrade() -> None:
    op.create_table(
        "handovers",
        sa.Column("id", ID, nullable=False),
        sa.Column("envelope", ID, nullable=False),
        sa.Column("recipient", ID, nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.Column("session", ID, nullable=False),
        sa.Column("device", ID, nullable=True),
        sa.Column("begun_at", UtcDateTime, nullable=False),
        sa.Column("ends_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime, nullable=True),
        sa.Column("unlocked_at", UtcDateTime, nullable=True),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_handovers"),
    )
    op.create_index("ix_handovers_recipient", "handovers", ["recipient"])
    op.create_index("ix_handovers_session", "handovers", ["session"])
    op.create_index("ix_handovers_device", "handovers", ["device"])
    op.create_index("ix_handovers_ends_at", "handovers", ["ends_at"])
    op.create_table(
        "staff_pins",
        sa.Column("member", ID, nullable=False),
        sa.Column("record", ID, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("member", name="pk_staff_pins"),
    )
