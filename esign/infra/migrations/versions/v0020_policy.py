"""The policy room: proposals as they stand, their envelopes, visits and money, numbers, people, contracts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from esign.infra.columns import UtcDateTime
from esign.infra.insert_only import execute_as_written, insert_only_statements

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ID = sa.String(80)
CODE = sa.String(64)
DIGEST = sa.String(64)
NUMBER = sa.String(20)


def upgrade() -> None:
    _proposals()
    _found_by()
    _looked_at()
    _kept()
    _bank()


def _proposals() -> None:
    op.create_table(
        "policy_proposals",
        sa.Column("id", ID, nullable=False),
        sa.Column("client", ID),
        sa.Column("institution", ID, nullable=False),
        sa.Column("salesperson", ID, nullable=False),
        sa.Column("product", CODE, nullable=False),
        sa.Column("product_version", CODE, nullable=False),
        sa.Column("content", ID, nullable=False),
        sa.Column("state", CODE, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("actor", CODE, nullable=False),
        sa.Column("act", CODE, nullable=False),
        sa.Column("is_ours", sa.Boolean, nullable=False),
        sa.Column("due_on", sa.Date),
        sa.Column("holds_until", sa.Date, nullable=False),
        sa.Column("fen", sa.BigInteger, nullable=False),
        sa.Column("failure", CODE),
        sa.Column("policy", NUMBER),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_policy_proposals"),
        sa.UniqueConstraint("policy", name="uq_policy_proposals_policy"),
    )
    op.create_index("ix_policy_proposals_client_id", "policy_proposals", ["client", "id"])
    op.create_index("ix_policy_proposals_institution_due", "policy_proposals", ["institution", "due_on"])
    op.create_index("ix_policy_proposals_salesperson_due", "policy_proposals", ["salesperson", "due_on"])
    op.create_index("ix_policy_proposals_actor_due", "policy_proposals", ["actor", "due_on"])
    op.create_index("ix_policy_proposals_state_updated", "policy_proposals", ["state", "updated_at"])
    op.create_index("ix_policy_proposals_is_ours", "policy_proposals", ["is_ours"])
    op.create_index("ix_policy_proposals_content", "policy_proposals", ["content"])
    op.create_table(
        "policy_requests",
        sa.Column("id", ID, nullable=False),
        sa.Column("proposal", ID, nullable=False),
        sa.Column("policy", NUMBER, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("state", CODE, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("asked_on", sa.Date, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_policy_requests"),
    )
    op.create_index("ix_policy_requests_state_updated", "policy_requests", ["state", "updated_at"])
    op.create_index("ix_policy_requests_proposal", "policy_requests", ["proposal"])


def _found_by() -> None:
    for table, key, other in (
        ("policy_envelopes", "envelope", "subject"),
        ("policy_visits", "visit", "proposal"),
        ("policy_money", "id", "proposal"),
    ):
        op.create_table(
            table,
            sa.Column(key, ID, nullable=False),
            sa.Column(other, ID, nullable=False),
            sa.PrimaryKeyConstraint(key, name=f"pk_{table}"),
        )
        op.create_index(f"ix_{table}_{other}", table, [other])


def _looked_at() -> None:
    op.create_table(
        "policy_cases",
        sa.Column("case", ID, nullable=False),
        sa.Column("proposal", ID, nullable=False),
        sa.Column("referred_at", UtcDateTime, nullable=False),
        sa.Column("decided_at", UtcDateTime),
        sa.PrimaryKeyConstraint("case", name="pk_policy_cases"),
    )
    op.create_index("ix_policy_cases_proposal", "policy_cases", ["proposal"])
    op.create_index("ix_policy_cases_decided_referred", "policy_cases", ["decided_at", "referred_at"])
    op.create_table(
        "policy_recordings",
        sa.Column("recording", ID, nullable=False),
        sa.Column("proposal", ID, nullable=False),
        sa.Column("added_at", UtcDateTime, nullable=False),
        sa.Column("reviewed_at", UtcDateTime),
        sa.PrimaryKeyConstraint("recording", name="pk_policy_recordings"),
    )
    op.create_index("ix_policy_recordings_proposal", "policy_recordings", ["proposal"])
    op.create_index("ix_policy_recordings_reviewed_added", "policy_recordings", ["reviewed_at", "added_at"])


def _kept() -> None:
    op.create_table(
        "policy_external_ids",
        sa.Column("client", ID, nullable=False),
        sa.Column("external_id", sa.String(128), nullable=False),
        sa.Column("proposal", ID, nullable=False),
        sa.Column("request", DIGEST, nullable=False),
        sa.PrimaryKeyConstraint("client", "external_id", name="pk_policy_external_ids"),
        sa.UniqueConstraint("proposal", name="uq_policy_external_ids_proposal"),
    )
    op.create_table(
        "policy_people",
        sa.Column("proposal", ID, nullable=False),
        sa.Column("part", CODE, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.PrimaryKeyConstraint("proposal", "part", name="pk_policy_people"),
    )
    op.create_index("ix_policy_people_person", "policy_people", ["person"])
    op.create_table(
        "policy_numbers",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("proposal", ID, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_policy_numbers"),
        sa.UniqueConstraint("proposal", "kind", name="uq_policy_numbers_proposal_kind"),
    )
    op.create_table(
        "policy_contracts",
        sa.Column("id", ID, nullable=False),
        sa.Column("proposal", ID, nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("sha256", DIGEST, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("blob", sa.String(100), nullable=False),
        sa.Column("record", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_policy_contracts"),
        sa.UniqueConstraint("proposal", name="uq_policy_contracts_proposal"),
        sa.UniqueConstraint("blob", name="uq_policy_contracts_blob"),
        sa.UniqueConstraint("record", name="uq_policy_contracts_record"),
    )


def _bank() -> None:
    op.create_table(
        "policy_bank_entries",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("debit", ID, nullable=False),
        sa.Column("ordered", sa.LargeBinary(32), nullable=False),
        sa.Column("fen", sa.BigInteger, nullable=False),
        sa.Column("outcome", CODE, nullable=False),
        sa.Column("reason", CODE),
        sa.PrimaryKeyConstraint("number", name="pk_policy_bank_entries"),
        sa.UniqueConstraint("id", "kind", name="uq_policy_bank_entries_id_kind"),
    )
    op.create_index("ix_policy_bank_entries_debit", "policy_bank_entries", ["debit"])
    connection = op.get_bind()
    for statement in insert_only_statements("policy_bank_entries", connection.dialect.name):
        execute_as_written(connection, statement)
