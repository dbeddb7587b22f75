"""The risk of claims: what claims share, their pictures by hash, and their scores with inputs and trace."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from esign.infra.columns import JsonText, UtcDateTime
from esign.infra.insert_only import execute_as_written, insert_only_statements

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None
COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "claims_risk_claims",
        sa.Column("number", COUNTER, autoincrement=False, nullable=False),
        sa.Column("claim", sa.String(80), nullable=False),
        sa.Column("occurred", sa.BigInteger(), nullable=False),
        sa.Column("latitude", sa.Integer(), nullable=True),
        sa.Column("longitude", sa.Integer(), nullable=True),
        sa.Column("insured", sa.BigInteger(), nullable=True),
        sa.Column("driver", sa.BigInteger(), nullable=True),
        sa.Column("car", sa.BigInteger(), nullable=True),
        sa.Column("ended_as", sa.String(64), nullable=False),
        sa.Column("complained", sa.Integer(), nullable=True),
        sa.Column("litigated", sa.Boolean(), nullable=False),
        sa.Column("unrepaired", sa.String(400), nullable=False),
        sa.Column("joining", sa.LargeBinary(), nullable=False),
        sa.Column("cars", sa.LargeBinary(), nullable=False),
        sa.Column("papers", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_claims_risk_claims"),
        sa.UniqueConstraint("claim", name="uq_claims_risk_claims_claim"),
    )
    op.create_table(
        "claims_risk_links",
        sa.Column("link", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", COUNTER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("link", "number", name="pk_claims_risk_links"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "claims_risk_pictures",
        sa.Column("band", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("picture_hash", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", COUNTER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("band", "picture_hash", "number", name="pk_claims_risk_pictures"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_claims_risk_pictures_number", "claims_risk_pictures", ["number"])
    op.create_table(
        "claims_risk_scores",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("claim", sa.String(80), nullable=False),
        sa.Column("step", sa.String(64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("maximum", sa.Integer(), nullable=False),
        sa.Column("hard_stop", sa.Boolean(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("points", JsonText(), nullable=False),
        sa.Column("inputs", JsonText(), nullable=False),
        sa.Column("table_version", sa.String(64), nullable=False),
        sa.Column("table_digest", sa.String(64), nullable=False),
        sa.Column("trace_digest", sa.String(64), nullable=False),
        sa.Column("trace", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_claims_risk_scores"),
    )
    op.create_index("ix_claims_risk_scores_claim", "claims_risk_scores", ["claim", "step"])
    op.create_index("ix_claims_risk_scores_step_at", "claims_risk_scores", ["step", "at"])
    for statement in insert_only_statements("claims_risk_scores", op.get_context().dialect.name):
        execute_as_written(op.get_bind(), statement)
