"""The register of shops, and which quote of which claim each was asked for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from claims.models import ID
from esign.public.rows import RECORD_ID, Base, UtcDateTime


class ShopRow(Base):
    """A dealer or repair shop that supplies parts. `person` is the sealed record of its name and phone, by which
    messages reach it; a closed one is asked no more."""

    __tablename__ = "claims_shops"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    institution: Mapped[str] = mapped_column(ID, index=True)
    person: Mapped[str] = mapped_column(RECORD_ID)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class QuoteRow(Base):
    """A quote that a shop was asked for: its link is about it. `over_at` is when nothing more came of its supply."""

    __tablename__ = "claims_quotes"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    claim: Mapped[str] = mapped_column(ID, index=True)
    shop: Mapped[str] = mapped_column(ID)
    person: Mapped[str] = mapped_column(RECORD_ID)
    over_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
