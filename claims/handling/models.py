"""The table of phones on which surveyors fill in forms: each has an id that its browser keeps."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from esign.public.rows import Base, UtcDateTime

ID: Final = String(80)


class PhoneRow(Base):
    """A phone, or another browser, on which somebody took a survey last. `lost_at` is when it was reported lost."""

    __tablename__ = "claims_phones"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    member: Mapped[str] = mapped_column(ID, index=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lost_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lost_by: Mapped[str | None] = mapped_column(ID)
