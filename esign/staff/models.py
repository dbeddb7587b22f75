"""Tables of the staff: members, institutions and approvals as the trail tells, and what is kept apart from it.

`staff`, `staff_roles`, `staff_inviters`, `institutions` and `approvals` can be made again from the trail; credentials
and sessions hold secrets or what is derived from them, and cannot.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from esign.infra.database import Base, UtcDateTime
from esign.infra.roles import changing_rights

ID: Final = String(80)
CODE: Final = String(64)
DIGEST: Final = LargeBinary(32)


class StaffRow(Base):
    """A member of staff. `person` is the record with name, phone and login name."""

    __tablename__ = "staff"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    person: Mapped[str] = mapped_column(ID, index=True)
    institution: Mapped[str] = mapped_column(ID, index=True)
    state: Mapped[str] = mapped_column(CODE)
    has_totp: Mapped[bool]
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    invited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_login_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int]


class StaffRoleRow(Base):
    """A role that a member has."""

    __tablename__ = "staff_roles"

    member: Mapped[str] = mapped_column(ID, primary_key=True)
    role: Mapped[str] = mapped_column(CODE, primary_key=True, index=True)


class StaffInviterRow(Base):
    """A member who made an invitation of another: neither decides what the other asks for."""

    __tablename__ = "staff_inviters"

    member: Mapped[str] = mapped_column(ID, primary_key=True)
    inviter: Mapped[str] = mapped_column(ID, primary_key=True, index=True)


class InstitutionRow(Base):
    """An institution. `name` is the record that holds it."""

    __tablename__ = "institutions"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    parent: Mapped[str | None] = mapped_column(ID, index=True)
    name: Mapped[str] = mapped_column(ID)
    closed: Mapped[bool]


class ApprovalRow(Base):
    """What somebody asked a second person for, and what came of it."""

    __tablename__ = "approvals"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    kind: Mapped[str] = mapped_column(CODE)
    subject: Mapped[str] = mapped_column(ID, index=True)
    institution: Mapped[str] = mapped_column(ID, index=True)
    terms: Mapped[str | None] = mapped_column(ID)
    reason: Mapped[str] = mapped_column(CODE)
    words: Mapped[str | None] = mapped_column(ID)
    state: Mapped[str] = mapped_column(CODE, index=True)
    requested_by: Mapped[str] = mapped_column(ID)
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(ID)


class StaffCredential(Base):
    """What a member logs in with. `login` is the keyed digest of the login name, `invitation` a token's SHA-256.

    Password hash and TOTP secret are sealed, each under the data key of a record of its own, which is erased when
    another takes its place. `totp_step` is the last time step that was accepted.
    """

    __tablename__ = "staff_credentials"

    member: Mapped[str] = mapped_column(ID, primary_key=True)
    login: Mapped[bytes] = mapped_column(DIGEST, unique=True)
    invitation: Mapped[bytes | None] = mapped_column(DIGEST, unique=True)
    invitation_ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    password_record: Mapped[str | None] = mapped_column(ID)
    password_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_record: Mapped[str | None] = mapped_column(ID)
    totp_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_step: Mapped[int] = mapped_column(BigInteger)


class StaffPin(Base):
    """The hash of the PIN by which a member takes a tablet back, sealed under the data key of `record`."""

    __tablename__ = "staff_pins"

    member: Mapped[str] = mapped_column(ID, primary_key=True)
    record: Mapped[str] = mapped_column(ID)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class StaffRecoveryCode(Base):
    """The keyed digest of a recovery code that was not used yet."""

    __tablename__ = "staff_recovery_codes"

    member: Mapped[str] = mapped_column(ID, primary_key=True)
    digest: Mapped[bytes] = mapped_column(DIGEST, primary_key=True)


class StaffSession(Base):
    """A session that was opened and not ended. `digest` is the SHA-256 of its token, which is kept nowhere."""

    __tablename__ = "staff_sessions"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    member: Mapped[str] = mapped_column(ID, index=True)
    digest: Mapped[bytes] = mapped_column(DIGEST, unique=True)
    factor: Mapped[str] = mapped_column(CODE)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


PROJECTED: Final[tuple[type[Base], ...]] = (StaffRow, StaffRoleRow, StaffInviterRow, InstitutionRow, ApprovalRow)


def role_statements(role: str) -> Sequence[str]:
    """Return the PostgreSQL DDL that lets the service's role work with these tables (`esign.infra.roles`)."""
    return changing_rights(role, (*PROJECTED, StaffCredential, StaffPin, StaffRecoveryCode, StaffSession))
