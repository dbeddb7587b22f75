"""Whose envelope it is among the insurer's staff."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.String(80)


def upgrade() -> None:
    op.add_column("envelopes", sa.Column("institution", ID, nullable=True))
    op.add_column("envelopes", sa.Column("salesperson", ID, nullable=True))
    op.create_index("ix_envelopes_institution_updated", "envelopes", ["institution", "updated_at"])
    op.create_index("ix_envelopes_salesperson_updated", "envelopes", ["salesperson", "updated_at"])
