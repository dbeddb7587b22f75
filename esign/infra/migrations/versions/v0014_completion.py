"""Completion certificates. Envelopes that are completed already get none: the consumer begins with what comes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from esign.infra.columns import UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "completion_certificates",
        sa.Column("envelope", sa.String(80), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("blob", sa.String(100), nullable=False),
        sa.Column("record", sa.String(80), nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("envelope", name="pk_completion_certificates"),
        sa.UniqueConstraint("sha256", name="uq_completion_certificates_sha256"),
        sa.UniqueConstraint("blob", name="uq_completion_certificates_blob"),
        sa.UniqueConstraint("record", name="uq_completion_certificates_record"),
    )
    op.execute(
        "INSERT INTO trail_consumers (name, position) "
        "SELECT 'completion', placed FROM (SELECT COUNT(*) AS placed FROM trail_leaves) AS leaves WHERE placed > 0"
    )
