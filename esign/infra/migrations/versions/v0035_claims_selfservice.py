"""Claims: photographs, whom links reach, invitations to report, entrances by code, codes to agree by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from esign.infra.columns import UtcDateTime
from esign.infra.insert_only import execute_as_written, insert_only_statements

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

ID = sa.String(80)
CODE = sa.String(64)
RECORD = sa.String(80)
NUMBER = sa.String(20)


def upgrade() -> None:
    op.create_table(
        "claims_pictures",
        sa.Column("id", ID, nullable=False),
        sa.Column("claim", ID, nullable=False),
        sa.Column("slot", CODE, nullable=False),
        sa.Column("upload", sa.String(64), nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("picture_hash", sa.BigInteger),
        sa.Column("marks", sa.String(200), nullable=False),
        sa.Column("taken_by", ID),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("blob", sa.String(100), nullable=False),
        sa.Column("record", RECORD, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_claims_pictures"),
        sa.UniqueConstraint("claim", "slot", "upload", name="uq_claims_pictures_claim_slot_upload"),
        sa.UniqueConstraint("blob", name="uq_claims_pictures_blob"),
        sa.UniqueConstraint("record", name="uq_claims_pictures_record"),
    )
    op.create_index("ix_claims_pictures_claim", "claims_pictures", ["claim", "made_at"])
    for statement in insert_only_statements("claims_pictures", op.get_context().dialect.name):
        execute_as_written(op.get_bind(), statement)
    op.create_table(
        "claims_customers",
        sa.Column("claim", ID, nullable=False),
        sa.Column("person", RECORD, nullable=False),
        sa.PrimaryKeyConstraint("claim", name="pk_claims_customers"),
    )
    op.create_index("ix_claims_customers_person", "claims_customers", ["person"])
    op.create_table(
        "claims_invitations",
        sa.Column("id", ID, nullable=False),
        sa.Column("client", ID, nullable=False),
        sa.Column("policy", NUMBER, nullable=False),
        sa.Column("person", RECORD, nullable=False),
        sa.Column("way", CODE, nullable=False),
        sa.Column("claim", ID),
        sa.Column("sent_by", ID),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_claims_invitations"),
    )
    op.create_index("ix_claims_invitations_person", "claims_invitations", ["person"])
    op.create_index("ix_claims_invitations_made_at", "claims_invitations", ["made_at"])
    op.create_table(
        "claims_entrances",
        sa.Column("id", sa.LargeBinary(32), nullable=False),
        sa.Column("policy", NUMBER, nullable=False),
        sa.Column("code", ID, nullable=False),
        sa.Column("begun_at", UtcDateTime, nullable=False),
        sa.Column("looked_at", UtcDateTime),
        sa.Column("client", ID),
        sa.Column("person", RECORD),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_claims_entrances"),
    )
    op.create_index("ix_claims_entrances_begun_at", "claims_entrances", ["begun_at"])
    op.create_table(
        "claims_codes",
        sa.Column("id", ID, nullable=False),
        sa.Column("claim", ID, nullable=False),
        sa.Column("about", ID, nullable=False),
        sa.Column("sent_at", UtcDateTime, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("used_at", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name="pk_claims_codes"),
    )
    op.create_index("ix_claims_codes_claim", "claims_codes", ["claim"])
