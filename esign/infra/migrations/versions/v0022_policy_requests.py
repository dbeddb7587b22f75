"""Service requests: the names that clients give them, and the endorsements by which they are done."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from esign.infra.columns import UtcDateTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

ID = sa.String(80)


def upgrade() -> None:
    op.create_table(
        "policy_request_names",
        sa.Column("client", ID, nullable=False),
        sa.Column("external_id", sa.String(128), nullable=False),
        sa.Column("request", ID, nullable=False),
        sa.Column("asked", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("client", "external_id", name="pk_policy_request_names"),
        sa.UniqueConstraint("request", name="uq_policy_request_names_request"),
    )
    op.create_table(
        "policy_endorsements",
        sa.Column("id", ID, nullable=False),
        sa.Column("request", ID, nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("blob", sa.String(100), nullable=False),
        sa.Column("record", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_policy_endorsements"),
        sa.UniqueConstraint("request", name="uq_policy_endorsements_request"),
        sa.UniqueConstraint("blob", name="uq_policy_endorsements_blob"),
        sa.UniqueConstraint("record", name="uq_policy_endorsements_record"),
    )
