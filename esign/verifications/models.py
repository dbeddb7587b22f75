"""Tables of verdicts: those that are held for a few minutes for whoever has their address, and officers' history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from esign.infra.database import Base, UtcDateTime
from esign.infra.models import RECORD_ID
from esign.infra.roles import changing_rights

ID: Final = String(80)
CODE: Final = String(64)
DIGEST: Final = String(64)


class HeldVerdict(Base):
    """A verdict that is held for a short while. `address` is the digest of what its address has, which is kept nowhere.

    `sealed` opens with that address and the service's keys together. Until `ends_at` it is being judged; whoever was at
    it then is gone. `gone_at` is when the row goes.
    """

    __tablename__ = "held_verdicts"

    address: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    state: Mapped[str] = mapped_column(CODE)
    ahead: Mapped[int]
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    gone_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    pictures: Mapped[bytes | None] = mapped_column(LargeBinary)


class VerificationRow(Base):
    """A verification that a member of the staff asked for: who, when, which digest, which verdict.

    `record` is the personal record with the report, `pictures` that of its pictures, where it has any; both are erased
    after a while, and the row stays. `ends_at` is as with
    a held verdict; `failure` is the code of why there is none.
    """

    __tablename__ = "verifications"
    __table_args__ = (
        Index("ix_verifications_institution_asked", "institution", "id"),
        Index("ix_verifications_member_asked", "member", "id"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    member: Mapped[str] = mapped_column(ID)
    institution: Mapped[str] = mapped_column(ID)
    sha256: Mapped[str] = mapped_column(DIGEST, index=True)
    size: Mapped[int]
    state: Mapped[str] = mapped_column(CODE)
    ahead: Mapped[int]
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    conclusion: Mapped[str | None] = mapped_column(CODE)
    readable: Mapped[bool | None]
    failure: Mapped[str | None] = mapped_column(CODE)
    record: Mapped[str | None] = mapped_column(RECORD_ID, unique=True)
    pictures: Mapped[str | None] = mapped_column(RECORD_ID, unique=True)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def role_statements(role: str) -> Sequence[str]:
    """Return the PostgreSQL DDL that lets the service's role work with these tables (`esign.infra.roles`)."""
    return changing_rights(role, (HeldVerdict, VerificationRow))
