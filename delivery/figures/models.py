"""The tables of figures: each way as it was told, what is counted of each lot, and up to when.

All of them are made anew from the trail (`delivery.figures.projecting`).
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from delivery.models import CODE, ID
from esign.public.rows import Base, JsonText, JsonValue

MONTH = String(7)


class WayRow(Base):
    """A way (`delivery.figures.ways.Way`), column by column; `is_open` tells whether its receipt is awaited."""

    __tablename__ = "delivery_ways"
    __table_args__ = (
        Index(
            "ix_delivery_ways_open",
            "underwritten_on",
            postgresql_where=text("is_open"),
            sqlite_where=text("is_open"),
        ),
    )

    delivery: Mapped[str] = mapped_column(ID, primary_key=True)
    institution: Mapped[str] = mapped_column(ID)
    channel: Mapped[str] = mapped_column(CODE)
    product: Mapped[str] = mapped_column(CODE)
    applied_on: Mapped[date]
    opened_at: Mapped[int] = mapped_column(BigInteger)
    underwritten_on: Mapped[date | None]
    medium: Mapped[str | None] = mapped_column(CODE)
    issued_at: Mapped[int | None] = mapped_column(BigInteger)
    dispatched_at: Mapped[int | None] = mapped_column(BigInteger)
    arrived_at: Mapped[int | None] = mapped_column(BigInteger)
    handed_at: Mapped[int | None] = mapped_column(BigInteger)
    shown_at: Mapped[int | None] = mapped_column(BigInteger)
    received_at: Mapped[int | None] = mapped_column(BigInteger)
    received_on: Mapped[date | None]
    way: Mapped[str | None] = mapped_column(CODE)
    returned_at: Mapped[int | None] = mapped_column(BigInteger)
    ended_on: Mapped[date | None]
    reason: Mapped[str | None] = mapped_column(CODE)
    is_open: Mapped[bool]


class LotRow(Base):
    """What is counted of the settled policies of a lot; `lot` is its four members, joined."""

    __tablename__ = "delivery_lots"
    __table_args__ = (Index("ix_delivery_lots_month", "month"),)

    lot: Mapped[str] = mapped_column(String(300), primary_key=True)
    month: Mapped[str] = mapped_column(MONTH)
    institution: Mapped[str] = mapped_column(ID)
    channel: Mapped[str] = mapped_column(CODE)
    product: Mapped[str] = mapped_column(CODE)
    told: Mapped[JsonValue] = mapped_column(JsonText)


class UntilRow(Base):
    """The moment of the latest event that was taken down, in whole seconds: one row."""

    __tablename__ = "delivery_figures_until"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    until: Mapped[int] = mapped_column(BigInteger)
