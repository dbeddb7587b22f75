"""What the staff's tests share: real databases, and an office over each."""

from __future__ import annotations

from pathlib import Path

import pytest

from esign.infra.database import Database
from tests.databases import *  # noqa: F403
from tests.unit.staff.staff_office import Office, open_office


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    """A staff room with nobody in it yet, on both databases."""
    return open_office(database, tmp_path)
