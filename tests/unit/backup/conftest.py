"""Backups are taken of both databases, and brought back into both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ca.authority import EmbeddedAuthority
from esign.infra.database import Database, open_database
from tests.databases import *  # noqa: F403
from tests.databases import sqlite_with_tables
from tests.unit.backup.small_service import SmallService


@pytest.fixture
def small(database: Database, tmp_path: Path, authority: EmbeddedAuthority) -> SmallService:
    """A small service on each database."""
    (tmp_path / "service").mkdir()
    return SmallService(database, tmp_path / "service", authority)


@pytest.fixture
def small_sqlite(tmp_path: Path, authority: EmbeddedAuthority) -> Iterator[SmallService]:
    """The same on SQLite alone, where the database makes no difference."""
    (tmp_path / "service").mkdir()
    opened = sqlite_with_tables(tmp_path / "service" / "esign.db")
    yield SmallService(opened, tmp_path / "service", authority)
    opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty place, on each database."""
    (tmp_path / "target").mkdir()
    url = f"sqlite:///{tmp_path}/target/esign.db"
    opened = open_database(url if request.param == "sqlite" else str(request.getfixturevalue("postgresql_url")))
    yield opened
    opened.close()


@pytest.fixture
def empty_sqlite(tmp_path: Path) -> Iterator[Database]:
    """An empty place on SQLite."""
    (tmp_path / "target").mkdir()
    opened = open_database(f"sqlite:///{tmp_path}/target/esign.db")
    yield opened
    opened.close()
