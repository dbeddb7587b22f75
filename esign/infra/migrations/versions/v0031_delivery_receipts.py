"""Receipts: whom a delivery reaches, envelopes and pictures of receipts, daily lists of what is open."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from esign.infra.columns import JsonText, UtcDateTime

revision = "0031"
down_revision = "0032"
branch_labels = None
depends_on = None

ID = sa.String(80)
CODE = sa.String(64)
RECORD = sa.String(80)


def upgrade() -> None:
    op.create_table(
        "delivery_addressees",
        sa.Column("delivery", ID, nullable=False),
        sa.Column("note", RECORD, nullable=False),
        sa.Column("person", RECORD, nullable=False),
        sa.PrimaryKeyConstraint("delivery", name="pk_delivery_addressees"),
    )
    op.create_index("ix_delivery_addressees_person", "delivery_addressees", ["person"])
    op.create_table(
        "delivery_receipt_envelopes",
        sa.Column("envelope", ID, nullable=False),
        sa.Column("delivery", ID, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("contract", sa.String(64), nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("over_at", UtcDateTime),
        sa.PrimaryKeyConstraint("envelope", name="pk_delivery_receipt_envelopes"),
    )
    op.create_index("ix_delivery_receipt_envelopes_delivery", "delivery_receipt_envelopes", ["delivery"])
    op.create_table(
        "delivery_receipt_pictures",
        sa.Column("id", ID, nullable=False),
        sa.Column("delivery", ID, nullable=False),
        sa.Column("media_type", sa.String(32), nullable=False),
        sa.Column("barcode", CODE, nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("blob", sa.String(100), nullable=False),
        sa.Column("record", RECORD, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_delivery_receipt_pictures"),
        sa.UniqueConstraint("blob", name="uq_delivery_receipt_pictures_blob"),
        sa.UniqueConstraint("record", name="uq_delivery_receipt_pictures_record"),
    )
    op.create_index("ix_delivery_receipt_pictures_delivery", "delivery_receipt_pictures", ["delivery"])
    op.create_table(
        "delivery_lists",
        sa.Column("id", ID, nullable=False),
        sa.Column("institution", ID, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("open", sa.Integer, nullable=False),
        sa.Column("chased", sa.Integer, nullable=False),
        sa.Column("late", sa.Integer, nullable=False),
        sa.Column("lines", JsonText, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_delivery_lists"),
    )
    op.create_index("ix_delivery_lists_day", "delivery_lists", ["day"])
