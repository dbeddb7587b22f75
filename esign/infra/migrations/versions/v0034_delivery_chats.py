"""Group chats of institutions, and what was posted to them on which day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from esign.infra.columns import UtcDateTime

revision = "0034"
down_revision = "0031"
branch_labels = None
depends_on = None

ID = sa.String(80)
CODE = sa.String(64)
RECORD = sa.String(80)


def upgrade() -> None:
    op.create_table(
        "delivery_chats",
        sa.Column("institution", ID, nullable=False),
        sa.Column("record", RECORD, nullable=False),
        sa.Column("service", CODE, nullable=False),
        sa.Column("opened_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("institution", name="pk_delivery_chats"),
    )
    op.create_table(
        "delivery_chat_posts",
        sa.Column("id", ID, nullable=False),
        sa.Column("institution", ID, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("state", CODE, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("failure", CODE),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("sent_at", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name="pk_delivery_chat_posts"),
    )
    op.create_index("ix_delivery_chat_posts_day", "delivery_chat_posts", ["day"])
