"""Signals of signing for somebody else, and the traces by which devices and networks are compared."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from esign.infra.columns import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ID = sa.String(80)
CODE = sa.String(64)
KEYED = sa.LargeBinary(32)


def upgrade() -> None:
    op.create_table(
        "signals",
        sa.Column("id", ID, nullable=False),
        sa.Column("envelope", ID, nullable=False),
        sa.Column("recipient", ID, nullable=False),
        sa.Column("finding", CODE, nullable=False),
        sa.Column("strength", CODE, nullable=False),
        sa.Column("holds", sa.Boolean, nullable=False),
        sa.Column("with_recipient", ID, nullable=True),
        sa.Column("with_envelope", ID, nullable=True),
        sa.Column("with_member", ID, nullable=True),
        sa.Column("raised_at", UtcDateTime, nullable=False),
        sa.Column("cleared_at", UtcDateTime, nullable=True),
        sa.Column("cleared_by", ID, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_signals"),
    )
    op.create_index("ix_signals_envelope", "signals", ["envelope"])
    op.create_index("ix_signals_cleared_at", "signals", ["cleared_at"])
    op.create_table(
        "session_traces",
        sa.Column("device", ID, nullable=False),
        sa.Column("record", ID, nullable=False),
        sa.Column("envelope", ID, nullable=False),
        sa.Column("recipient", ID, nullable=False),
        sa.Column("browser", KEYED, nullable=True),
        sa.Column("network", KEYED, nullable=True),
        sa.Column("in_person", sa.Boolean, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("device", name="pk_session_traces"),
    )
    op.create_index("ix_session_traces_record", "session_traces", ["record"])
    op.create_index("ix_session_traces_envelope", "session_traces", ["envelope"])
    op.create_index("ix_session_traces_browser", "session_traces", ["browser"])
    op.create_index("ix_session_traces_at", "session_traces", ["at"])
    op.create_table(
        "staff_traces",
        sa.Column("digest", KEYED, nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.Column("seen_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("digest", "member", name="pk_staff_traces"),
    )
    op.create_index("ix_staff_traces_seen_at", "staff_traces", ["seen_at"])
