"""The tables of dispatch: who is on duty until when, and where losses are. Places themselves are sealed records."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from claims.models import ID
from esign.public.rows import RECORD_ID, Base, UtcDateTime


class SurveyorOnDuty(Base):
    """A surveyor at work until `until`. `place` is the record of where they were at `seen_at`: one record for each
    duty, written over when they move and erased when the duty ends. Nobody can tell where anybody was before."""

    __tablename__ = "claims_surveyors_on_duty"

    member: Mapped[str] = mapped_column(ID, primary_key=True)
    institution: Mapped[str] = mapped_column(ID, index=True)
    place: Mapped[str] = mapped_column(RECORD_ID, unique=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class LossPlace(Base):
    """Where the loss of a claim is, as whoever sends a surveyor entered it; `place` is a sealed record."""

    __tablename__ = "claims_loss_places"

    claim: Mapped[str] = mapped_column(ID, primary_key=True)
    place: Mapped[str] = mapped_column(RECORD_ID, unique=True)
