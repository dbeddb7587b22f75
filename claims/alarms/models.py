"""The table of alarms: each clock that broke, who had to act, and what a manager did about it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from claims.models import CODE, ID
from esign.public.rows import RECORD_ID, Base, UtcDateTime


class AlarmRow(Base):
    """A clock that broke. `owner` is who had to act, as a code, and `person` who that was, if anybody.

    `told` is how many managers were sent a message. `words` is the record of what whoever acknowledged it wrote.
    """

    __tablename__ = "claims_alarms"
    __table_args__ = (
        Index("ix_claims_alarms_institution_acknowledged_at", "institution", "acknowledged_at"),
        Index("ix_claims_alarms_acknowledged_at", "acknowledged_at"),
    )

    claim: Mapped[str] = mapped_column(ID, primary_key=True)
    clock: Mapped[str] = mapped_column(CODE, primary_key=True)
    due: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    institution: Mapped[str | None] = mapped_column(ID)
    owner: Mapped[str] = mapped_column(CODE)
    person: Mapped[str | None] = mapped_column(ID)
    broke_at: Mapped[datetime] = mapped_column(UtcDateTime)
    told: Mapped[int]
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_by: Mapped[str | None] = mapped_column(ID)
    measure: Mapped[str | None] = mapped_column(String(64))
    words: Mapped[str | None] = mapped_column(RECORD_ID)
