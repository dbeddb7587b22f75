"""Staff, institutions and approvals; what members log in with, and their sessions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from esign.infra.columns import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.String(80)
CODE = sa.String(64)
DIGEST = sa.LargeBinary(32)


def upgrade() -> None:
    _from_the_trail()
    _apart_from_it()


def _from_the_trail() -> None:
    op.create_table(
        "staff",
        sa.Column("id", ID, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("institution", ID, nullable=False),
        sa.Column("state", CODE, nullable=False),
        sa.Column("has_totp", sa.Boolean, nullable=False),
        sa.Column("locked_until", UtcDateTime, nullable=True),
        sa.Column("invited_at", UtcDateTime, nullable=False),
        sa.Column("last_login_at", UtcDateTime, nullable=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_staff"),
    )
    op.create_index("ix_staff_person", "staff", ["person"])
    op.create_index("ix_staff_institution", "staff", ["institution"])
    op.create_table(
        "staff_roles",
        sa.Column("member", ID, nullable=False),
        sa.Column("role", CODE, nullable=False),
        sa.PrimaryKeyConstraint("member", "role", name="pk_staff_roles"),
    )
    op.create_index("ix_staff_roles_role", "staff_roles", ["role"])
    op.create_table(
        "institutions",
        sa.Column("id", ID, nullable=False),
        sa.Column("parent", ID, nullable=True),
        sa.Column("name", ID, nullable=False),
        sa.Column("closed", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_institutions"),
    )
    op.create_index("ix_institutions_parent", "institutions", ["parent"])
    op.create_table(
        "approvals",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("subject", ID, nullable=False),
        sa.Column("institution", ID, nullable=False),
        sa.Column("terms", ID, nullable=True),
        sa.Column("reason", CODE, nullable=False),
        sa.Column("words", ID, nullable=True),
        sa.Column("state", CODE, nullable=False),
        sa.Column("requested_by", ID, nullable=False),
        sa.Column("requested_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("decided_by", ID, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_approvals"),
    )
    op.create_index("ix_approvals_subject", "approvals", ["subject"])
    op.create_index("ix_approvals_institution", "approvals", ["institution"])
    op.create_index("ix_approvals_state", "approvals", ["state"])


def _apart_from_it() -> None:
    op.create_table(
        "staff_credentials",
        sa.Column("member", ID, nullable=False),
        sa.Column("login", DIGEST, nullable=False),
        sa.Column("invitation", DIGEST, nullable=True),
        sa.Column("invitation_ends_at", UtcDateTime, nullable=True),
        sa.Column("password_record", ID, nullable=True),
        sa.Column("password_sealed", sa.LargeBinary, nullable=True),
        sa.Column("totp_record", ID, nullable=True),
        sa.Column("totp_sealed", sa.LargeBinary, nullable=True),
        sa.Column("totp_step", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("member", name="pk_staff_credentials"),
        sa.UniqueConstraint("login", name="uq_staff_credentials_login"),
        sa.UniqueConstraint("invitation", name="uq_staff_credentials_invitation"),
    )
    op.create_table(
        "staff_recovery_codes",
        sa.Column("member", ID, nullable=False),
        sa.Column("digest", DIGEST, nullable=False),
        sa.PrimaryKeyConstraint("member", "digest", name="pk_staff_recovery_codes"),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("id", ID, nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("factor", CODE, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("last_seen_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_staff_sessions"),
        sa.UniqueConstraint("digest", name="uq_staff_sessions_digest"),
    )
    op.create_index("ix_staff_sessions_member", "staff_sessions", ["member"])
    op.create_index("ix_staff_sessions_last_seen_at", "staff_sessions", ["last_seen_at"])
