"""What staff work with: phones on which surveys are filled in, and notices of refusals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from esign.infra.columns import UtcDateTime
from esign.infra.insert_only import execute_as_written, insert_only_statements

revision = "0037"
down_revision = "0035"
branch_labels = None
depends_on = None

ID = sa.String(80)
RECORD = sa.String(80)


def upgrade() -> None:
    op.create_table(
        "claims_phones",
        sa.Column("id", ID, nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.Column("since", UtcDateTime, nullable=False),
        sa.Column("used_at", UtcDateTime, nullable=False),
        sa.Column("lost_at", UtcDateTime),
        sa.Column("lost_by", ID),
        sa.PrimaryKeyConstraint("id", name="pk_claims_phones"),
    )
    op.create_index("ix_claims_phones_member", "claims_phones", ["member"])
    op.create_table(
        "claims_notices",
        sa.Column("id", ID, nullable=False),
        sa.Column("claim", ID, nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("blob", sa.String(100), nullable=False),
        sa.Column("record", RECORD, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_claims_notices"),
        sa.UniqueConstraint("blob", name="uq_claims_notices_blob"),
        sa.UniqueConstraint("record", name="uq_claims_notices_record"),
    )
    op.create_index("ix_claims_notices_claim", "claims_notices", ["claim"])
    for statement in insert_only_statements("claims_notices", op.get_context().dialect.name):
        execute_as_written(op.get_bind(), statement)
