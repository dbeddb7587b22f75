"""Who invited whom: neither decides what the other asks for. Read from what the trail has of invitations."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ID = sa.String(80)


def upgrade() -> None:
    inviters = op.create_table(
        "staff_inviters",
        sa.Column("member", ID, nullable=False),
        sa.Column("inviter", ID, nullable=False),
        sa.PrimaryKeyConstraint("member", "inviter", name="pk_staff_inviters"),
    )
    op.create_index("ix_staff_inviters_inviter", "staff_inviters", ["inviter"])
    told = op.get_bind().execute(
        sa.text(
            "SELECT stream, payload FROM trail_events "
            "WHERE type IN ('staff.invited', 'staff.reinvited') ORDER BY number"
        )
    )
    pairs = {(stream, json.loads(payload)["by"]) for stream, payload in told}
    rows = [{"member": member, "inviter": by} for member, by in sorted(pairs, key=str) if by is not None]
    if rows:
        op.bulk_insert(inviters, rows)
