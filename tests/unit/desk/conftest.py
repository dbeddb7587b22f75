"""A branch over SQLite; what depends on the database itself is tried on both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ca.authority import EmbeddedAuthority
from esign.pades.typeface import Typeface
from tests.databases import *  # noqa: F403
from tests.databases import sqlite_with_tables
from tests.unit.desk.desk_office import Branch, open_branch


@pytest.fixture
def branch(tmp_path: Path, authority: EmbeddedAuthority, typeface: Typeface, contract: bytes) -> Iterator[Branch]:
    opened = sqlite_with_tables(tmp_path / "esign.db")
    yield open_branch(opened, tmp_path, authority, typeface, contract)
    opened.close()
