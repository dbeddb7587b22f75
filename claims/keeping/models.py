"""The table of claims whose personal records were erased by themselves, without an envelope."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from claims.models import ID
from esign.public.rows import Base, UtcDateTime, insert_only, table_of


class ErasedClaim(Base):
    """A claim without an envelope of which what was kept on people is erased; the trail says by whom."""

    __tablename__ = "claims_erased"

    claim: Mapped[str] = mapped_column(ID, primary_key=True)
    erased_at: Mapped[datetime] = mapped_column(UtcDateTime)


insert_only(table_of(ErasedClaim))
