"""Who shares the links of a claim, looked up in the index: a statement for each 64 links, and for each 64 claims.

The first tells which claims have them, the newest of each link only, so that its cost does not grow with the number of
claims; the second reads those claims, each once however many links it shares, and none that was read before. On SQLite
both are written out for a few numbers of links, so that each is prepared once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cache
from typing import Any, Final, cast

from sqlalchemy.orm import Session

from claims.risk.graph import LINKS_AT_MOST, NEWEST, EarlierClaim, Followed, Sharing, every_link

_NONE: Final = 0
"""What fills up a question: no link is zero, and no number of a claim."""
_WIDTHS: Final = (4, 8, 12, 16, 24, 32, 48, LINKS_AT_MOST)
_COLUMNS: Final = "number, " + ", ".join(EarlierClaim._fields)


class Lookup:
    """What the index tells one decision, within the caller's transaction. It is an `EarlierClaims`.

    A claim that changes after it was read is not read again: make another one then. One that somebody forgets between
    the two statements is left out.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._read: dict[int, EarlierClaim] = {}

    def sharing(self, keys: Collection[int], followed: Followed = every_link) -> Sharing:
        """Return the claims that share each of the links, the newest first.

        A link that nobody shares is left out, and so is one that is not followed, by itself and the number of its
        claims, of which `NEWEST` are counted.
        """
        numbers: dict[int, list[int]] = {}
        for key, number in self._asked(_links_on_sqlite, _LINKS_ON_POSTGRESQL, sorted(keys)):
            numbers.setdefault(key, []).append(number)
        wanted = {key: sorted(found, reverse=True) for key, found in numbers.items() if followed(key, len(found))}
        unread = {number for found in wanted.values() for number in found}.difference(self._read)
        for number, *row in self._asked(_claims_on_sqlite, _CLAIMS_ON_POSTGRESQL, sorted(unread)):
            self._read[number] = EarlierClaim._make(row)
        known = {key: [self._read[one] for one in found if one in self._read] for key, found in wanted.items()}
        return {key: found for key, found in known.items() if found}

    def _asked(
        self, on_sqlite: Callable[[int], str], on_postgresql: str, asked: Sequence[int]
    ) -> Iterator[tuple[Any, ...]]:
        # By the driver itself: making a result of SQLAlchemy takes longer than the database needs to answer.
        connection = self._session.connection()
        driver, is_sqlite = cast("Any", connection.connection.driver_connection), connection.dialect.name == "sqlite"
        for start in range(0, len(asked), LINKS_AT_MOST):
            part = list(asked[start : start + LINKS_AT_MOST])
            if is_sqlite:
                width = next(one for one in _WIDTHS if one >= len(part))
                yield from driver.execute(on_sqlite(width), part + [_NONE] * (width - len(part))).fetchall()
            else:
                yield from driver.execute(on_postgresql, (part,)).fetchall()


@cache
def _links_on_sqlite(width: int) -> str:
    newest = f"WHERE link = ? ORDER BY number DESC LIMIT {NEWEST}"
    one = f"SELECT * FROM (SELECT link, number FROM claims_risk_links {newest})"  # noqa: S608  # names of ours
    return " UNION ALL ".join([one] * width)


@cache
def _claims_on_sqlite(width: int) -> str:
    return f"SELECT {_COLUMNS} FROM claims_risk_claims WHERE number IN ({', '.join('?' * width)})"  # noqa: S608


_LINKS_ON_POSTGRESQL: Final = (
    "SELECT k.link, l.number FROM unnest(%s::bigint[]) AS k(link) CROSS JOIN LATERAL "  # noqa: S608  # names of ours
    f"(SELECT number FROM claims_risk_links WHERE link = k.link ORDER BY number DESC LIMIT {NEWEST}) AS l"
)
_CLAIMS_ON_POSTGRESQL: Final = f"SELECT {_COLUMNS} FROM claims_risk_claims WHERE number = ANY(%s::bigint[])"  # noqa: S608
