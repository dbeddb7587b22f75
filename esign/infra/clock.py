"""The present time, as a port: the system's, or one that a caller in test mode moves forward."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

from sqlalchemy import ColumnElement, ScalarSelect, bindparam, select
from sqlalchemy.orm import Session

from esign.errors import EsignError
from esign.infra.database import Database
from esign.infra.models import MovedClock
from esign.infra.statements import table_of

Clock: TypeAlias = Callable[[], datetime]
"""Tells the present time, timezone-aware UTC. The same shape as `ca.ports.Clock`."""

FURTHEST = timedelta(days=3660)
_MICROSECOND = timedelta(microseconds=1)
_AHEAD = "esign_clocks_ahead"
"""Where a session keeps how far clocks are ahead, in microseconds: within one transaction none moves but by itself."""
_MOVED: Final = table_of(MovedClock)
_AHEAD_OF: Final = select(_MOVED.c.ahead).where(_MOVED.c.name == bindparam("name"))


class ClockError(EsignError):
    """A clock cannot be moved so."""


def system_clock() -> datetime:
    """Return the system's time."""
    return datetime.now(UTC)


def ahead_of(client: ColumnElement[str]) -> ScalarSelect[int]:
    """Return how far the client's clock is ahead, to be asked within another question: for `know_ahead`."""
    return select(_MOVED.c.ahead).where(_MOVED.c.name == client).scalar_subquery()


def know_ahead(session: Session, client: str, ahead: int | None) -> None:
    """Remember in the session what `ahead_of` told of the client, so that it is not asked for again."""
    session.info.setdefault(_AHEAD, {}).setdefault(client, ahead or 0)


class TestModeClock:
    """Another clock plus what a caller has moved it by, kept in the database: it holds in every process.

    Each name (a client in test mode) has its own. It moves forward only, so that no event is older than the one
    before it. Whether there is such a clock at all is the composition root's choice: live mode has none.
    """

    __test__ = False  # its name would make pytest collect it

    def __init__(self, base: Clock, database: Database, name: str) -> None:
        self._base = base
        self._database = database
        self._name = name

    def __call__(self) -> datetime:
        with self._database.reading() as session:
            return self.now_in(session)

    def now_in(self, session: Session) -> datetime:
        """Return the time as seen inside a transaction."""
        known: dict[str, int] = session.info.setdefault(_AHEAD, {})
        if self._name not in known:
            known[self._name] = session.scalar(_AHEAD_OF, {"name": self._name}) or 0
        return self._base() + known[self._name] * _MICROSECOND

    def advance(self, session: Session, by: timedelta) -> datetime:
        """Move the clock forward in the caller's transaction and return its time. Raises `ClockError`."""
        moved = session.get(MovedClock, self._name, with_for_update=True)
        ahead = (moved.ahead if moved else 0) + by // _MICROSECOND
        if by < timedelta() or ahead * _MICROSECOND > FURTHEST:
            raise ClockError(
                "clock-move",
                f"a clock moves forward only, and {FURTHEST.days} days at most",
                "give a positive duration, or start anew with another client",
            )
        if moved is None:
            session.add(MovedClock(name=self._name, ahead=ahead))
        else:
            moved.ahead = ahead
        session.flush()
        session.info.setdefault(_AHEAD, {})[self._name] = ahead
        return self.now_in(session)


class ClientClocks:
    """The time as a client sees it: the base clock's, or in test mode the clock that this client has moved."""

    def __init__(self, base: Clock, database: Database, *, movable: bool) -> None:
        self.base = base
        self.movable = movable
        self._database = database

    def now(self, session: Session, client: str) -> datetime:
        """Return the client's time as seen inside a transaction."""
        return self._of(client).now_in(session) if self.movable else self.base()

    def advance(self, session: Session, client: str, by: timedelta) -> datetime:
        """Move the client's clock forward and return its time. Raises `ClockError`, always where none is movable."""
        if not self.movable:
            raise ClockError("clock-fixed", "in live mode nobody moves a clock", "use a service in test mode")
        return self._of(client).advance(session, by)

    def ahead(self, session: Session) -> dict[str, timedelta]:
        """Return how far each client has moved its clock, where it has."""
        rows = session.scalars(select(MovedClock)).all() if self.movable else ()
        return {row.name: row.ahead * _MICROSECOND for row in rows}

    def _of(self, client: str) -> TestModeClock:
        return TestModeClock(self.base, self._database, client)
