"""Renewal: the timestamping units that documents rest on, and on which of them each document does.

The rows of documents from before are made by the sweep, which reads them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from esign.infra.columns import UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ID = sa.String(80)
DIGEST = sa.String(64)


def upgrade() -> None:
    op.create_table(
        "timestamp_units",
        sa.Column("id", DIGEST, nullable=False),
        sa.Column("token", sa.LargeBinary, nullable=False),
        sa.Column("chain", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_timestamp_units"),
    )
    op.create_table(
        "document_timestamps",
        sa.Column("document", ID, nullable=False),
        sa.Column("envelope", ID, nullable=False),
        sa.Column("unit", DIGEST, nullable=True),
        sa.Column("stamped_at", UtcDateTime, nullable=True),
        sa.PrimaryKeyConstraint("document", name="pk_document_timestamps"),
    )
    op.create_index("ix_document_timestamps_unit", "document_timestamps", ["unit", "stamped_at"])
