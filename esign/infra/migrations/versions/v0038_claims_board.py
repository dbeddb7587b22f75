"""The board of claims: alarms with what was done about them, and since when a customer waits to be called."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from esign.infra.columns import UtcDateTime

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

ID = sa.String(80)
CODE = sa.String(64)
RECORD = sa.String(80)


def upgrade() -> None:
    op.add_column("claims_claims", sa.Column("callback_since", UtcDateTime))
    op.create_index("ix_claims_claims_callback_since", "claims_claims", ["callback_since"])
    op.create_table(
        "claims_alarms",
        sa.Column("claim", ID, nullable=False),
        sa.Column("clock", CODE, nullable=False),
        sa.Column("due", UtcDateTime, nullable=False),
        sa.Column("institution", ID),
        sa.Column("owner", CODE, nullable=False),
        sa.Column("person", ID),
        sa.Column("broke_at", UtcDateTime, nullable=False),
        sa.Column("told", sa.Integer, nullable=False),
        sa.Column("acknowledged_at", UtcDateTime),
        sa.Column("acknowledged_by", ID),
        sa.Column("measure", CODE),
        sa.Column("words", RECORD),
        sa.PrimaryKeyConstraint("claim", "clock", "due", name="pk_claims_alarms"),
    )
    op.create_index("ix_claims_alarms_institution_acknowledged_at", "claims_alarms", ["institution", "acknowledged_at"])
    op.create_index("ix_claims_alarms_acknowledged_at", "claims_alarms", ["acknowledged_at"])
