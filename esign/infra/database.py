"""The database: one file of SQLite, or PostgreSQL. Whoever uses it sees the same transactions on both."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Engine, MetaData, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DisconnectionError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry

from esign.infra.columns import JsonText, JsonValue, UtcDateTime
from esign.infra.errors import ConfigurationError, DatabaseError
from esign.infra.turns import SharedTurns

__all__ = ["Base", "Database", "JsonText", "JsonValue", "UtcDateTime", "open_database"]

NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
BUSY_SECONDS: Final = 15
CONNECT_SECONDS: Final = 10
IDLE_SECONDS: Final = 1.0
"""How long a connection may have been idle without being asked whether it is still alive: asking is a round trip."""
PAGES_KEPT: Final = 64 * 1024
"""KiB of pages that a connection which writes to SQLite keeps at hand, instead of 2,000: one search among pictures goes
through more than those, and all others were read, and written, again after it. Writers queue, and take turns on one."""
_LEFT: Final = "esign_left"

# FULL: a committed transaction survives a power cut. secure_delete: what is erased is overwritten in the file.
# recursive_triggers: INSERT OR REPLACE meets the triggers of insert-only tables.
_PRAGMAS: Final = (
    f"busy_timeout={BUSY_SECONDS * 1000}",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "recursive_triggers=ON",
    "secure_delete=ON",
    "trusted_schema=OFF",
)


class Base(DeclarativeBase):
    """Base of every table of ours, with names for constraints that migrations can rely on."""

    metadata = MetaData(naming_convention=NAMING)


class Database:
    """Transactions over an engine that writes and one that only reads. Safe to share between threads; a fork must open
    its own."""

    def __init__(self, engine: Engine, reading_engine: Engine) -> None:
        self.engine = engine
        self.reading_engine = reading_engine
        self._inside = threading.local()
        # SQLite has one writer at a time and lets others poll for the lock, ever more rarely, which starves some of
        # them for seconds. Writers of ours queue here instead; whoever else writes is met by the busy timeout.
        self.writer_turn: AbstractContextManager[Any] = nullcontext()
        if self.is_sqlite:
            self.writer_turn = SharedTurns(Path(engine.url.database or ""), BUSY_SECONDS)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that may write; commits at the end, rolls back if anything is raised.

        SQLite: BEGIN IMMEDIATE, so that what was read cannot have changed when it is written upon. PostgreSQL: READ
        COMMITTED; rows that a decision rests on are locked or guarded by a unique constraint. Objects stay readable
        after the commit. A transaction inside another of the same thread is refused (`RuntimeError`): it would be
        a second connection that waits for the first for ever. Raises `DatabaseError` (`database-busy`) if other
        writers of this process did not let it begin.
        """
        if getattr(self._inside, "transaction", False):
            raise RuntimeError("a transaction is already open in this thread; hand its session on")
        self._inside.transaction = True
        try:
            with self.writer_turn, Session(self.engine, expire_on_commit=False) as session, session.begin():
                yield session
        finally:
            self._inside.transaction = False

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session over one unchanging view of the data (REPEATABLE READ); the database refuses to write."""
        with Session(self.reading_engine, expire_on_commit=False, autoflush=False) as session:
            yield session

    def ping(self) -> None:
        """Ask the database for an answer. Raises `DatabaseError` if there is none."""
        try:
            with self.reading() as session:
                session.execute(text("SELECT 1"))
        except SQLAlchemyError as error:
            raise DatabaseError(
                "database-unavailable",
                f"the database does not answer ({type(error).__name__})",
                "check that it runs and that database.url leads to it",
            ) from error

    def close(self) -> None:
        """Close every connection that is not in use."""
        self.engine.dispose()
        self.reading_engine.dispose()


def open_database(url: str, *, connections: int = 8) -> Database:
    """Return the database at the URL: `sqlite:///folder/file.db` or `postgresql://user@host/name`.

    Nothing is asked of PostgreSQL yet; a file of SQLite is made, readable by its owner alone, if it is missing.
    `connections` is how many stay open; twice as many may be open at once; SQLite has as many again that only read.
    Raises `ConfigurationError`; the URL, which may hold a password, is never in its text.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise _url_refused("is not a database URL") from None
    if parsed.drivername in {"postgresql", "postgresql+psycopg", "postgres"}:
        engine = _postgresql_engine(parsed, connections)
        return Database(engine, engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True))
    if parsed.drivername in {"sqlite", "sqlite+pysqlite"}:
        _make_file(parsed)
        return Database(
            _sqlite_engine(parsed, connections, begin="BEGIN IMMEDIATE", further=(f"cache_size=-{PAGES_KEPT}",)),
            _sqlite_engine(parsed, connections, begin="BEGIN", further=("query_only=ON",)),
        )
    raise _url_refused("names neither SQLite nor PostgreSQL")


def _postgresql_engine(url: URL, connections: int) -> Engine:
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        isolation_level="READ COMMITTED",
        pool_size=connections,
        max_overflow=connections,
        pool_timeout=BUSY_SECONDS,
        pool_use_lifo=True,  # the connection used last has prepared what is asked often
        hide_parameters=True,  # errors go to logs, and parameters are personal data
        connect_args={"connect_timeout": CONNECT_SECONDS, "application_name": "esign"},
    )

    def left(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info[_LEFT] = time.monotonic()

    def taken(connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object) -> None:
        """Ask a connection that lay idle whether its server is still there; the pool replaces one that is not."""
        if time.monotonic() - record.info.get(_LEFT, float("inf")) < IDLE_SECONDS:
            return
        try:
            alive = engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error:
            alive = False
        if not alive:
            raise DisconnectionError("the server has gone")

    event.listen(engine, "checkin", left)
    event.listen(engine, "checkout", taken)
    return engine


def _make_file(url: URL) -> None:
    """Make the file of SQLite, its owner's alone, if it is missing. Raises `ConfigurationError`."""
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise _url_refused("names no file of SQLite")
    path = Path(url.database)
    if not path.parent.is_dir():
        raise ConfigurationError(
            "database-folder",
            f"the folder {path.parent} of the database does not exist",
            "create it, or change the URL",
        )
    try:
        path.touch(mode=0o600)
    except OSError as error:
        raise ConfigurationError(
            "database-file", f"the database {path} cannot be written ({error.strerror})", "check who owns its folder"
        ) from error


def _sqlite_engine(url: URL, connections: int, *, begin: str, further: Sequence[str] = ()) -> Engine:
    """Return an engine whose transactions begin so, over connections that `further` pragmas are set on, for good.

    A pragma that changes makes SQLite compile every statement of its connection anew: so who only reads has
    connections of their own.
    """
    engine = create_engine(
        url.set(drivername="sqlite+pysqlite"),
        pool_size=connections,
        max_overflow=connections,
        pool_timeout=BUSY_SECONDS,
        pool_use_lifo=True,  # the connection used last has its statements compiled, and pages of the file at hand
        hide_parameters=True,
    )

    def prepare(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None  # the driver begins no transactions of its own
        for pragma in (*_PRAGMAS, *further):
            connection.execute(f"PRAGMA {pragma}").close()

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def _url_refused(cause: str) -> ConfigurationError:
    return ConfigurationError(
        "database-url", f"database.url {cause}", "write sqlite:///folder/esign.db or postgresql://user@host/name"
    )
