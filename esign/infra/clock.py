"""The present time, as a port: the system's, or one that a caller in test mode moves forward."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from sqlalchemy.orm import Session

from esign.errors import EsignError
from esign.infra.database import Database
from esign.infra.models import MovedClock

Clock: TypeAlias = Callable[[], datetime]
"""Tells the present time, timezone-aware UTC. The same shape as `ca.ports.Clock`."""

FURTHEST = timedelta(days=3660)
_MICROSECOND = timedelta(microseconds=1)


class ClockError(EsignError):
    """A clock cannot be moved so."""


def system_clock() -> datetime:
    """Return the system's time."""
    return datetime.now(UTC)


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
        moved = session.get(MovedClock, self._name)
        return self._base() + (moved.ahead * _MICROSECOND if moved else timedelta())

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
        return self.now_in(session)
