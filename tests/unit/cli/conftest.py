"""The commands of the service: run in process, against a data folder of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import chdir
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree

import pytest

from esign.infra.database import Database, open_database
from esign.infra.keystore import open_key_store
from esign.staff.room import staff_door, staff_room
from tests.command import Desk
from tests.databases import *  # noqa: F403
from tests.unit.staff.staff_office import CHEAP, Limits, Office


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The command in an empty working folder, with no settings but those of the place."""
    monkeypatch.chdir(tmp_path)
    return Desk(tmp_path)


@pytest.fixture(scope="session")
def upgraded_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose database every step of the schema was taken on, to be copied: half a second of work."""
    folder = tmp_path_factory.mktemp("upgraded")
    with chdir(folder):
        Desk(folder).run("db", "upgrade")
    return folder / "esign-data"


@pytest.fixture
def started_office(office: Desk, upgraded_data: Path) -> Desk:
    """An office whose database is at this version's schema, in ./esign-data, with keys in ./esign-data-keys."""
    copytree(upgraded_data, office.folder / "esign-data")
    office.run("keys", "create")
    return office


@pytest.fixture
def stored(started_office: Desk) -> Iterator[Database]:
    """The database of the started office."""
    database = open_database(f"sqlite:///{started_office.folder}/esign-data/esign.db")
    yield database
    database.close()


@pytest.fixture
def staff(started_office: Desk, stored: Database) -> Office:
    """The same staff as the commands see, for what has no command."""
    keys = open_key_store(started_office.folder / "esign-data-keys")
    room, limits = staff_room(stored, keys), Limits()
    door = staff_door(room, keys, limits, issuer="esign", cost=CHEAP)
    return Office(stored, keys, room, door, limits, datetime.now(UTC))
