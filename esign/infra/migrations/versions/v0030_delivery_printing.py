"""Print runs, the policies in each, the files that are printed, and parcels."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from esign.infra.columns import JsonText, UtcDateTime

revision = "0030"
down_revision = "0028"
branch_labels = None
depends_on = None

ID = sa.String(80)
CODE = sa.String(64)


def upgrade() -> None:
    op.create_table(
        "delivery_print_runs",
        sa.Column("id", ID, nullable=False),
        sa.Column("print_centre", ID, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("policies", sa.Integer, nullable=False),
        sa.Column("begun_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_delivery_print_runs"),
    )
    op.create_index("ix_delivery_print_runs_print_centre_day", "delivery_print_runs", ["print_centre", "day"])
    op.create_table(
        "delivery_print_lines",
        sa.Column("run", ID, nullable=False),
        sa.Column("position", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("delivery", ID, nullable=False),
        sa.Column("policy", sa.String(20), nullable=False),
        sa.Column("outlet", ID, nullable=False),
        sa.Column("file", ID),
        sa.Column("pages", sa.Integer),
        sa.Column("trouble", CODE),
        sa.PrimaryKeyConstraint("run", "position", name="pk_delivery_print_lines"),
    )
    op.create_index("ix_delivery_print_lines_delivery", "delivery_print_lines", ["delivery"])
    op.create_index("ix_delivery_print_lines_file", "delivery_print_lines", ["file"])
    op.create_table(
        "delivery_print_files",
        sa.Column("id", ID, nullable=False),
        sa.Column("run", ID, nullable=False),
        sa.Column("outlet", ID, nullable=False),
        sa.Column("part", sa.Integer, nullable=False),
        sa.Column("policies", sa.Integer, nullable=False),
        sa.Column("pages", sa.Integer, nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("taken_at", UtcDateTime),
        sa.Column("erase_on", sa.Date),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("blob", sa.String(100), nullable=False),
        sa.Column("record", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_delivery_print_files"),
        sa.UniqueConstraint("blob", name="uq_delivery_print_files_blob"),
        sa.UniqueConstraint("record", name="uq_delivery_print_files_record"),
    )
    op.create_index("ix_delivery_print_files_run", "delivery_print_files", ["run"])
    op.create_index("ix_delivery_print_files_erase_on", "delivery_print_files", ["erase_on"])
    op.create_table(
        "delivery_parcels",
        sa.Column("id", ID, nullable=False),
        sa.Column("print_centre", ID, nullable=False),
        sa.Column("outlet", ID, nullable=False),
        sa.Column("way", CODE, nullable=False),
        sa.Column("stops", JsonText, nullable=False),
        sa.Column("state", CODE, nullable=False),
        sa.Column("policies", sa.Integer, nullable=False),
        sa.Column("opened_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_delivery_parcels"),
    )
    op.create_index("ix_delivery_parcels_print_centre", "delivery_parcels", ["print_centre", "state"])
    op.create_index("ix_delivery_parcels_outlet", "delivery_parcels", ["outlet", "state"])
