"""The webhooks' tests run on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from esign.infra.database import Database
from tests.databases import *  # noqa: F403
from tests.unit.webhooks.webhook_room import Room, room_of


@pytest.fixture
def room(database: Database, tmp_path: Path) -> Room:
    return room_of(database, tmp_path / "keys")
