"""The tables of risk: the index of claims by what they share, pictures by their hash, and the scores with their traces.

The index can be dropped and built again from claims and their records. Scores are insert-only: what a decision rested
on.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from esign.public.rows import Base, JsonText, JsonValue, UtcDateTime, insert_only, table_of

ID: Final = String(80)
CODE: Final = String(64)
DIGEST: Final = String(64)
COUNTER: Final = BigInteger().with_variant(Integer, "sqlite")


class IndexedClaim(Base):
    """A claim in the index, under a number that grows with time.

    `insured`, `driver`, `car` and those in `joining`, `cars` and `papers` are links (`claims.risk.links`); the last
    three hold 8 bytes for each, and together all that the claim has.

    `occurred` are minutes since 1970 in UTC, `complained` days since 1970; `latitude` and
    `longitude` are millionths of a degree; `unrepaired` are zones with spaces between.
    """

    __tablename__ = "claims_risk_claims"

    number: Mapped[int] = mapped_column(COUNTER, primary_key=True, autoincrement=False)
    claim: Mapped[str] = mapped_column(ID, unique=True)
    occurred: Mapped[int] = mapped_column(BigInteger)
    latitude: Mapped[int | None]
    longitude: Mapped[int | None]
    insured: Mapped[int | None] = mapped_column(BigInteger)
    driver: Mapped[int | None] = mapped_column(BigInteger)
    car: Mapped[int | None] = mapped_column(BigInteger)
    ended_as: Mapped[str] = mapped_column(CODE)
    complained: Mapped[int | None]
    litigated: Mapped[bool]
    unrepaired: Mapped[str] = mapped_column(String(400))
    joining: Mapped[bytes] = mapped_column(LargeBinary)
    cars: Mapped[bytes] = mapped_column(LargeBinary)
    papers: Mapped[bytes] = mapped_column(LargeBinary)


class ClaimLink(Base):
    """That a claim has a link. The newest claims of a link are read from the end of its entries."""

    __tablename__ = "claims_risk_links"
    __table_args__ = ({"sqlite_with_rowid": False},)

    key: Mapped[int] = mapped_column("link", BigInteger, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(COUNTER, primary_key=True, autoincrement=False)


class PictureBand(Base):
    """A third of the hash of a picture (`claims.risk.pictures`), the whole hash, and the claim it belongs to."""

    __tablename__ = "claims_risk_pictures"
    __table_args__ = (
        Index("ix_claims_risk_pictures_number", "number"),
        {"sqlite_with_rowid": False},
    )

    band: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[int] = mapped_column("picture_hash", BigInteger, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(COUNTER, primary_key=True, autoincrement=False)


class KeptScoreRow(Base):
    """A score: its inputs and points, by which version of which table, and its trace, compressed (zlib).

    `amount` is what was claimed then, in fen. `trace_digest` is that of the trace as it is before it is compressed.
    """

    __tablename__ = "claims_risk_scores"
    __table_args__ = (
        Index("ix_claims_risk_scores_claim", "claim", "step"),
        Index("ix_claims_risk_scores_step_at", "step", "at"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    claim: Mapped[str] = mapped_column(ID)
    step: Mapped[str] = mapped_column(CODE)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    score: Mapped[int]
    maximum: Mapped[int]
    hard_stop: Mapped[bool]
    amount: Mapped[int] = mapped_column(BigInteger)
    points: Mapped[JsonValue] = mapped_column(JsonText)
    inputs: Mapped[JsonValue] = mapped_column(JsonText)
    table_version: Mapped[str] = mapped_column(CODE)
    table_digest: Mapped[str] = mapped_column(DIGEST)
    trace_digest: Mapped[str] = mapped_column(DIGEST)
    trace: Mapped[bytes] = mapped_column(LargeBinary)


insert_only(table_of(KeptScoreRow))
