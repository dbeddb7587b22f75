"""Claims: entries of the bank's statements, payment files, and what was erased of claims without an envelope."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from esign.infra.columns import UtcDateTime
from esign.infra.insert_only import insert_only_statements

revision = "0041"
down_revision = "0039"
branch_labels = None
depends_on = None

ID = sa.String(80)
CODE = sa.String(64)
DIGEST = sa.String(64)
RECORD = sa.String(80)


def upgrade() -> None:
    op.create_table(
        "claims_statement_entries",
        sa.Column("entry", ID, nullable=False),
        sa.Column("statement", ID, nullable=False),
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("found", CODE, nullable=False),
        sa.Column("payment", ID),
        sa.Column("claim", ID),
        sa.Column("institution", ID),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("ours", sa.BigInteger()),
        sa.Column("owner", CODE),
        sa.Column("taken_at", UtcDateTime, nullable=False),
        sa.Column("settled_at", UtcDateTime),
        sa.Column("settled_by", ID),
        sa.Column("measure", CODE),
        sa.Column("words", RECORD),
        sa.PrimaryKeyConstraint("entry", name="pk_claims_statement_entries"),
    )
    op.create_index("ix_claims_statement_entries_claim", "claims_statement_entries", ["claim"])
    op.create_index("ix_claims_statement_entries_payment", "claims_statement_entries", ["payment"])
    op.create_index(
        "ix_claims_statement_entries_open", "claims_statement_entries", ["owner", "settled_at", "institution"]
    )
    op.create_index("ix_claims_statement_entries_statement", "claims_statement_entries", ["statement", "found"])
    op.create_table(
        "claims_payment_files",
        sa.Column("id", ID, nullable=False),
        sa.Column("debtor", DIGEST, nullable=False),
        sa.Column("pay_on", sa.Date(), nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_claims_payment_files"),
    )
    op.create_table(
        "claims_filed_payments",
        sa.Column("payment", ID, nullable=False),
        sa.Column("file", ID, nullable=False),
        sa.PrimaryKeyConstraint("payment", name="pk_claims_filed_payments"),
    )
    op.create_index("ix_claims_filed_payments_file", "claims_filed_payments", ["file"])
    op.create_table(
        "claims_erased",
        sa.Column("claim", ID, nullable=False),
        sa.Column("erased_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("claim", name="pk_claims_erased"),
    )
    for table in ("claims_payment_files", "claims_filed_payments", "claims_erased"):
        for statement in insert_only_statements(table, op.get_bind().dialect.name):
            op.execute(statement)
