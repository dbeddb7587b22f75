"""One at a time by name, across every process of the service: no work done twice where once is enough.

A courtesy, never a guarantee: what must not happen twice is guarded by a constraint where it is recorded. PostgreSQL
keeps the lock with the connection, so it goes when its holder falls. SQLite serves one machine, whose jobs run in one
process; the lock is that process's own.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from esign.infra.database import Database
from esign.infra.logs import log_for

_TRY: Final = text("SELECT pg_try_advisory_lock(:key)")
_PAUSE: Final = 0.02
_RELEASE: Final = text("SELECT pg_advisory_unlock(:key)")

_log = log_for(__name__)


class Exclusive:
    """Names that are held by at most one caller each."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._guard = threading.Lock()
        self._held: set[str] = set()

    @contextmanager
    def within(self, name: str, *, seconds: float) -> Iterator[bool]:
        """As `attempt`, trying again for so many seconds while somebody else holds the name."""
        end = time.monotonic() + seconds
        while True:
            with self.attempt(name) as mine:
                if mine or time.monotonic() >= end:
                    yield mine
                    return
            time.sleep(_PAUSE)

    @contextmanager
    def attempt(self, name: str) -> Iterator[bool]:
        """Yield whether the name is the caller's until the end; it is not where somebody else holds it."""
        with self._guard:
            mine = name not in self._held
            if mine:
                self._held.add(name)
        if not mine:
            yield False
            return
        try:
            if self._database.is_sqlite:
                yield True
            else:
                with self._advisory(name) as locked:
                    yield locked
        finally:
            with self._guard:
                self._held.discard(name)

    @contextmanager
    def _advisory(self, name: str) -> Iterator[bool]:
        key = int.from_bytes(hashlib.sha256(f"esign\x00{name}".encode()).digest()[:8], "big", signed=True)
        with self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            locked = bool(connection.scalar(_TRY, {"key": key}))
            try:
                yield locked
            finally:
                if locked:
                    try:
                        connection.execute(_RELEASE, {"key": key})
                    except SQLAlchemyError as error:
                        # The lock goes with the connection, which must not go back to the pool with it.
                        _log.failed("a lock was lost with its connection", error)
                        connection.invalidate()
