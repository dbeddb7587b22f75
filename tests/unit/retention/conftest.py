"""A service over SQLite; what depends on the database itself is tried on both (`desk_on_both`)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ca.authority import EmbeddedAuthority
from esign.infra.database import Database
from esign.pades.typeface import Typeface
from esign.service import assemble
from tests.databases import *  # noqa: F403
from tests.databases import sqlite_with_tables
from tests.service import Desk, ports_for
from tests.unit.retention.retention_office import Office


@pytest.fixture
def desk(tmp_path: Path, authority: EmbeddedAuthority, typeface: Typeface) -> Iterator[Desk]:
    opened = sqlite_with_tables(tmp_path / "esign.db")
    yield Desk(assemble(ports_for(opened, tmp_path, authority, typeface)))
    opened.close()


@pytest.fixture
def office(desk: Desk, contract: bytes) -> Office:
    return Office.over(desk, contract)


@pytest.fixture
def desk_on_both(database: Database, tmp_path: Path, authority: EmbeddedAuthority, typeface: Typeface) -> Desk:
    return Desk(assemble(ports_for(database, tmp_path, authority, typeface)))
