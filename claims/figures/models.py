"""The tables of figures: each claim's course as it was told, what is counted of each lot, and up to when.

All of them are made anew from the trail (`claims.figures.projecting`).
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from claims.models import CODE, ID
from esign.public.rows import Base, JsonText, JsonValue


class CourseRow(Base):
    """A course (`claims.figures.courses.Course.kept`)."""

    __tablename__ = "claims_courses"

    claim: Mapped[str] = mapped_column(ID, primary_key=True)
    told: Mapped[JsonValue] = mapped_column(JsonText)


class ClaimsLotRow(Base):
    """What is counted of the claims of a lot; `lot` is its four members, joined. No institution is NULL."""

    __tablename__ = "claims_lots"
    __table_args__ = (Index("ix_claims_lots_month", "month"),)

    lot: Mapped[str] = mapped_column(String(300), primary_key=True)
    month: Mapped[str] = mapped_column(String(7))
    institution: Mapped[str | None] = mapped_column(ID)
    tier: Mapped[str] = mapped_column(CODE)
    lane: Mapped[str] = mapped_column(CODE)
    told: Mapped[JsonValue] = mapped_column(JsonText)


class ClaimsUntilRow(Base):
    """The moment of the latest event that was taken down, in whole seconds: one row."""

    __tablename__ = "claims_figures_until"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    until: Mapped[int] = mapped_column(BigInteger)
