"""Verdicts on files that are handed in: held for a few minutes for anybody, and kept for officers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from esign.infra.columns import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ID = sa.String(80)
CODE = sa.String(64)


def upgrade() -> None:
    op.create_table(
        "held_verdicts",
        sa.Column("address", sa.LargeBinary(32), nullable=False),
        sa.Column("state", CODE, nullable=False),
        sa.Column("ahead", sa.Integer, nullable=False),
        sa.Column("begun_at", UtcDateTime, nullable=False),
        sa.Column("ends_at", UtcDateTime, nullable=False),
        sa.Column("gone_at", UtcDateTime, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=True),
        sa.Column("pictures", sa.LargeBinary, nullable=True),
        sa.PrimaryKeyConstraint("address", name="pk_held_verdicts"),
    )
    op.create_index("ix_held_verdicts_gone_at", "held_verdicts", ["gone_at"])
    op.create_table(
        "verifications",
        sa.Column("id", ID, nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.Column("institution", ID, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("state", CODE, nullable=False),
        sa.Column("ahead", sa.Integer, nullable=False),
        sa.Column("asked_at", UtcDateTime, nullable=False),
        sa.Column("ends_at", UtcDateTime, nullable=False),
        sa.Column("conclusion", CODE, nullable=True),
        sa.Column("readable", sa.Boolean, nullable=True),
        sa.Column("failure", CODE, nullable=True),
        sa.Column("record", ID, nullable=True),
        sa.Column("pictures", ID, nullable=True),
        sa.Column("erased_at", UtcDateTime, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_verifications"),
        sa.UniqueConstraint("record", name="uq_verifications_record"),
        sa.UniqueConstraint("pictures", name="uq_verifications_pictures"),
    )
    op.create_index("ix_verifications_institution_asked", "verifications", ["institution", "id"])
    op.create_index("ix_verifications_member_asked", "verifications", ["member", "id"])
    op.create_index("ix_verifications_sha256", "verifications", ["sha256"])
