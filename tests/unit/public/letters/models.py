"""The rows of letters. A metadata of their own keeps an invented table out of the product's schema."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import MetaData, String
from sqlalchemy.orm import Mapped, mapped_column

from esign.public.rows import RECORD_ID, Base, KeptFile, UtcDateTime


class LetterBase(Base):
    __abstract__ = True
    metadata = MetaData(naming_convention=dict(Base.metadata.naming_convention))


class LetterRow(LetterBase):
    """A letter as it stands: the projection of its stream."""

    __tablename__ = "letters"

    id: Mapped[str] = mapped_column(RECORD_ID, primary_key=True)
    client: Mapped[str] = mapped_column(RECORD_ID, index=True)
    kind: Mapped[str] = mapped_column(String(16))
    person: Mapped[str] = mapped_column(RECORD_ID)
    envelope: Mapped[str] = mapped_column(RECORD_ID, unique=True)
    state: Mapped[str] = mapped_column(String(16))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LetterCopy(KeptFile, LetterBase):
    """The insurer's own confirmation that the answer came."""

    __tablename__ = "letter_copies"

    letter: Mapped[str] = mapped_column(RECORD_ID, primary_key=True)
