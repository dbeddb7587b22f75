"""What the console lists: envelopes in its order, one by the caller's own id, what was not sent or not delivered."""

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
    op.create_index("ix_messages_state", "messages", ["state"])
    op.create_index("ix_webhook_deliveries_state", "webhook_deliveries", ["state"])
    op.drop_index("ix_envelopes_state", "envelopes")
