"""Who exported what, found in the trail without reading all of it: an index over those few events alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

EXPORTED = sa.text("type = 'bundle.exported'")


def upgrade() -> None:
    op.create_index(
        "ix_trail_events_exported", "trail_events", ["number"], sqlite_where=EXPORTED, postgresql_where=EXPORTED
    )
