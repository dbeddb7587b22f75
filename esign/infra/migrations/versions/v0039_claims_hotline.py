"""The hotline of claims: what a policy is found by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

NUMBER = sa.String(20)


def upgrade() -> None:
    op.create_table(
        "claims_policy_keys",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("number", "kind", name="pk_claims_policy_keys"),
    )
    op.create_index("ix_claims_policy_keys_kind_digest", "claims_policy_keys", ["kind", "digest"])
