"""Databases that one test process opens share what is compiled for them, and take nothing of another kind's."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Compiled

from esign.staff.models import StaffRow
from tests.databases import sqlite_with_tables


def compiled(file: Path) -> Compiled:
    """Open a database there, ask it something, and return what was compiled for that."""
    database = sqlite_with_tables(file)
    with database.reading() as session:
        found = session.connection().execute(select(StaffRow.id)).context.compiled
    database.close()
    assert found is not None
    return found


def test_what_was_compiled_for_one_database_is_taken_for_the_next(tmp_path: Path) -> None:
    assert compiled(tmp_path / "one.db") is compiled(tmp_path / "another.db")


def test_what_was_compiled_for_sqlite_is_not_taken_for_postgresql() -> None:
    assert SQLiteDialect_pysqlite() == SQLiteDialect_pysqlite()
    assert SQLiteDialect_pysqlite() != PGDialect_psycopg()  # type: ignore[no-untyped-call]
