"""The index of pictures in the database: which earlier claim has a picture that is all but the same."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final, cast

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from claims.risk.models import IndexedClaim, PictureBand
from claims.risk.pictures import NEAR, bands_of, distance, near_bands, signed, unsigned
from esign.public.rows import insert_if_absent, table_of

CANDIDATES_AT_MOST: Final = 20_000
_CLAIMS: Final = table_of(IndexedClaim)
_CLAIM_OF: Final = select(_CLAIMS.c.claim).where(_CLAIMS.c.number == bindparam("other"))
_ENTERED: Final = insert_if_absent(PictureBand, "band", "picture_hash", "number")
_SELECT: Final = "SELECT picture_hash, number FROM claims_risk_pictures WHERE band"
_ON_POSTGRESQL: Final = f"{_SELECT} = ANY(%s::bigint[]) LIMIT {CANDIDATES_AT_MOST}"  # ours


@cache
def _on_sqlite(bands: int) -> str:
    return f"{_SELECT} IN ({', '.join('?' * bands)}) LIMIT {CANDIDATES_AT_MOST}"


@dataclass(frozen=True)
class NearPicture:
    """The nearest picture of another claim, in bits."""

    claim: str
    bits: int


class PictureIndex:
    """The index, within the caller's transaction. Claims are named by the number that `ClaimIndex.enter` gives."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def enter(self, number: int, hash_: int) -> None:
        """Enter a picture of a claim. Doing it again changes nothing."""
        rows = [{"band": band, "picture_hash": signed(hash_), "number": number} for band in bands_of(hash_)]
        self._session.execute(_ENTERED, rows)

    def nearest(self, number: int, hash_: int) -> NearPicture | None:
        """Return the nearest picture of another claim within `NEAR` bits, None without one.

        Raises `TooCommon` where more pictures are like it than can be looked at, and none of those is near: whether one
        is near is not known then.
        """
        connection, bands = self._session.connection(), near_bands(hash_)
        if connection.dialect.name == "sqlite":
            statement, given = _on_sqlite(len(bands)), bands
        else:
            statement, given = _ON_POSTGRESQL, (list(bands),)  # type: ignore[assignment]
        # By the driver itself, as the index of claims is asked.
        rows: list[Any] = cast("Any", connection.connection.driver_connection).execute(statement, given).fetchall()
        near = [
            (bits, other)
            for stored, other in rows
            if other != number and (bits := distance(unsigned(stored), hash_)) <= NEAR
        ]
        if not near:
            if len(rows) >= CANDIDATES_AT_MOST:
                raise TooCommon
            return None
        bits, other = min(near)
        return NearPicture(self._session.scalars(_CLAIM_OF, {"other": other}).one(), bits)


class TooCommon(Exception):  # it tells of the picture, not of a fault
    """So many pictures are like this one that whether another is the same cannot be told."""
