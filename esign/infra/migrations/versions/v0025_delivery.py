"""The delivery room: deliveries as they stand, the envelopes that belong to them, the route table."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from esign.infra.columns import UtcDateTime

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

ID = sa.String(80)
CODE = sa.String(64)
NUMBER = sa.String(20)
TABLE = "delivery_deliveries"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", ID, nullable=False),
        sa.Column("proposal", ID, nullable=False),
        sa.Column("policy", NUMBER),
        sa.Column("client", ID),
        sa.Column("institution", ID, nullable=False),
        sa.Column("salesperson", ID, nullable=False),
        sa.Column("channel", CODE, nullable=False),
        sa.Column("product", CODE, nullable=False),
        sa.Column("medium", CODE),
        sa.Column("note", ID),
        sa.Column("state", CODE, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("is_open", sa.Boolean, nullable=False),
        sa.Column("owner", CODE, nullable=False),
        sa.Column("act", CODE, nullable=False),
        sa.Column("since", UtcDateTime, nullable=False),
        sa.Column("until", sa.Date),
        sa.Column("about", ID),
        sa.Column("applied_on", sa.Date, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("watch_on", sa.Date),
        sa.Column("underwritten_on", sa.Date),
        sa.Column("issued_on", sa.Date),
        sa.Column("run", ID),
        sa.Column("parcel", ID),
        sa.Column("chase", ID),
        sa.Column("wants_reminder", sa.Boolean, nullable=False),
        sa.Column("orphaned", sa.Boolean, nullable=False),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("received_on", sa.Date),
        sa.Column("way", CODE),
        sa.Column("ended_on", sa.Date),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_delivery_deliveries"),
        sa.UniqueConstraint("proposal", name="uq_delivery_deliveries_proposal"),
        sa.UniqueConstraint("policy", name="uq_delivery_deliveries_policy"),
    )
    _open("institution_due", "institution", "due_on")
    _open("salesperson_due", "salesperson", "due_on")
    _open("state_institution", "state", "institution")
    _open("parcel", "parcel")
    _open("run", "run")
    op.create_index("ix_delivery_deliveries_watch_on", TABLE, ["watch_on"])
    op.create_index("ix_delivery_deliveries_wants_reminder", TABLE, ["id"], **_where("wants_reminder"))
    op.create_index("ix_delivery_deliveries_underwritten_on", TABLE, ["underwritten_on"])
    op.create_table(
        "delivery_envelopes",
        sa.Column("envelope", ID, nullable=False),
        sa.Column("delivery", ID, nullable=False),
        sa.PrimaryKeyConstraint("envelope", name="pk_delivery_envelopes"),
    )
    op.create_index("ix_delivery_envelopes_delivery", "delivery_envelopes", ["delivery"])
    op.create_table(
        "delivery_routes",
        sa.Column("institution", ID, nullable=False),
        sa.Column("from_on", sa.Date, nullable=False),
        sa.Column("print_centre", ID, nullable=False),
        sa.Column("way", CODE, nullable=False),
        sa.PrimaryKeyConstraint("institution", "from_on", name="pk_delivery_routes"),
    )


def _open(name: str, *columns: str) -> None:
    """Make an index of open deliveries alone."""
    op.create_index(f"ix_delivery_deliveries_{name}", TABLE, list(columns), **_where("is_open"))


def _where(column: str) -> dict[str, Any]:
    return {f"{dialect}_where": sa.text(column) for dialect in ("postgresql", "sqlite")}
