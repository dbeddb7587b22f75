"""The hotline, dispatch and parts of claims: what finds a policy, where surveyors and losses are, shops and quotes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from esign.infra.columns import UtcDateTime

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

ID = sa.String(80)
RECORD = sa.String(80)
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
    op.create_table(
        "claims_surveyors_on_duty",
        sa.Column("member", ID, nullable=False),
        sa.Column("institution", ID, nullable=False),
        sa.Column("place", RECORD, nullable=False),
        sa.Column("seen_at", UtcDateTime, nullable=False),
        sa.Column("until", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("member", name="pk_claims_surveyors_on_duty"),
        sa.UniqueConstraint("place", name="uq_claims_surveyors_on_duty_place"),
    )
    op.create_index("ix_claims_surveyors_on_duty_until", "claims_surveyors_on_duty", ["until"])
    op.create_index("ix_claims_surveyors_on_duty_institution", "claims_surveyors_on_duty", ["institution"])
    op.create_table(
        "claims_loss_places",
        sa.Column("claim", ID, nullable=False),
        sa.Column("place", RECORD, nullable=False),
        sa.PrimaryKeyConstraint("claim", name="pk_claims_loss_places"),
        sa.UniqueConstraint("place", name="uq_claims_loss_places_place"),
    )
    op.create_table(
        "claims_shops",
        sa.Column("id", ID, nullable=False),
        sa.Column("institution", ID, nullable=False),
        sa.Column("person", RECORD, nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("closed_at", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name="pk_claims_shops"),
    )
    op.create_index("ix_claims_shops_institution", "claims_shops", ["institution"])
    op.create_table(
        "claims_quotes",
        sa.Column("id", ID, nullable=False),
        sa.Column("claim", ID, nullable=False),
        sa.Column("shop", ID, nullable=False),
        sa.Column("person", RECORD, nullable=False),
        sa.Column("over_at", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name="pk_claims_quotes"),
    )
    op.create_index("ix_claims_quotes_over_at", "claims_quotes", ["over_at"])
    op.create_index("ix_claims_quotes_claim", "claims_quotes", ["claim"])
