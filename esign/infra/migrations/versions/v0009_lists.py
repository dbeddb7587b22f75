"""The order in which the console lists envelopes, and finding one by the caller's own id."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_envelopes_institution_state", "envelopes", ["institution", "state", "updated_at"])
    op.create_index("ix_envelopes_state_updated", "envelopes", ["state", "updated_at"])
    op.create_index("ix_envelopes_updated", "envelopes", ["updated_at"])
    op.create_index("ix_envelopes_external", "envelopes", ["external_id"])
    op.drop_index("ix_envelopes_state", "envelopes")
