"""The claims room: claims as they stand, what is found by, motor policies, the simulated bank's books."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from esign.infra.columns import UtcDateTime
from esign.infra.insert_only import execute_as_written, insert_only_statements

revision = "0027"
down_revision = "0025"
branch_labels = None
depends_on = None

ID = sa.String(80)
CODE = sa.String(64)
DIGEST = sa.String(64)
NUMBER = sa.String(20)


def upgrade() -> None:
    _claims()
    _found_by()
    _policies()
    _bank()


def _claims() -> None:
    table = "claims_claims"
    op.create_table(
        table,
        sa.Column("id", ID, nullable=False),
        sa.Column("client", ID),
        sa.Column("institution", ID),
        sa.Column("policy", NUMBER, nullable=False),
        sa.Column("state", CODE, nullable=False),
        sa.Column("lane", CODE, nullable=False),
        sa.Column("tier", CODE),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("handler", ID),
        sa.Column("surveyor", ID),
        sa.Column("actor", CODE, nullable=False),
        sa.Column("act", CODE, nullable=False),
        sa.Column("is_ours", sa.Boolean, nullable=False),
        sa.Column("clock", CODE),
        sa.Column("next_due", UtcDateTime),
        sa.Column("look_at", UtcDateTime),
        sa.Column("fen", sa.BigInteger, nullable=False),
        sa.Column("paid", sa.BigInteger, nullable=False),
        sa.Column("score", sa.Integer, nullable=False),
        sa.Column("injured", sa.Boolean, nullable=False),
        sa.Column("occurred_at", UtcDateTime, nullable=False),
        sa.Column("reported_at", UtcDateTime, nullable=False),
        sa.Column("since", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_claims_claims"),
    )
    op.create_index("ix_claims_claims_client_id", table, ["client", "id"])
    for column in ("handler", "surveyor", "actor", "institution"):
        op.create_index(f"ix_claims_claims_{column}_due", table, [column, "next_due"])
    op.create_index("ix_claims_claims_state_since", table, ["state", "since"])
    op.create_index("ix_claims_claims_policy_occurred", table, ["policy", "occurred_at"])
    op.create_index("ix_claims_claims_is_ours", table, ["is_ours"])
    op.create_index("ix_claims_claims_look_at", table, ["look_at"])


def _found_by() -> None:
    for table, key in (("claims_payments", "id"), ("claims_agreements", "envelope")):
        op.create_table(
            table,
            sa.Column(key, ID, nullable=False),
            sa.Column("claim", ID, nullable=False),
            sa.PrimaryKeyConstraint(key, name=f"pk_{table}"),
        )
        op.create_index(f"ix_{table}_claim", table, ["claim"])
    op.create_table(
        "claims_external_ids",
        sa.Column("client", ID, nullable=False),
        sa.Column("external_id", sa.String(128), nullable=False),
        sa.Column("claim", ID, nullable=False),
        sa.Column("request", DIGEST, nullable=False),
        sa.PrimaryKeyConstraint("client", "external_id", name="pk_claims_external_ids"),
        sa.UniqueConstraint("claim", name="uq_claims_external_ids_claim"),
    )


def _policies() -> None:
    op.create_table(
        "claims_motor_policies",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("client", ID, nullable=False),
        sa.Column("record", ID, nullable=False),
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_claims_motor_policies"),
        sa.UniqueConstraint("record", name="uq_claims_motor_policies_record"),
    )
    op.create_index("ix_claims_motor_policies_client_number", "claims_motor_policies", ["client", "number"])
    op.create_table(
        "claims_motor_policy_versions",
        sa.Column("record", ID, nullable=False),
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("record", name="pk_claims_motor_policy_versions"),
    )
    op.create_index("ix_claims_motor_policy_versions_number", "claims_motor_policy_versions", ["number"])
    _only_insert("claims_motor_policy_versions")


def _bank() -> None:
    op.create_table(
        "claims_bank_entries",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("ordered", sa.LargeBinary(32), nullable=False),
        sa.Column("fen", sa.BigInteger, nullable=False),
        sa.Column("outcome", CODE, nullable=False),
        sa.Column("reason", CODE),
        sa.PrimaryKeyConstraint("number", name="pk_claims_bank_entries"),
        sa.UniqueConstraint("id", "kind", name="uq_claims_bank_entries_id_kind"),
    )
    _only_insert("claims_bank_entries")


def _only_insert(table: str) -> None:
    connection = op.get_bind()
    for statement in insert_only_statements(table, connection.dialect.name):
        execute_as_written(connection, statement)
