"""The service that a scenario is played in: the whole product on a database of its own, with the branch in it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from delivery.domain.values import RouteWay
from delivery.room import ROOM
from delivery.service.routing import Routing
from esign.infra.database import Database
from esign.public.house import House
from esign.public.rooms import Rooms, house_of
from esign.staff.room import staff_room
from policy.room import ROOM as POLICY
from simulate.branch import Branch, open_branch
from tests.databases import _fresh
from tests.rooms import PUBLIC_URL, RoomHouse, room_house

SQLITE: Final = "sqlite"
POSTGRESQL: Final = "postgresql"


@dataclass(frozen=True)
class Service:
    """What is open. `url` is that of the database."""

    running: RoomHouse
    house: House
    branch: Branch
    url: str

    @property
    def database(self) -> Database:
        return self.running.database

    def checkpoint(self) -> None:
        """Sign and timestamp a checkpoint over every event that has a leaf."""
        self.running.worker._keeper._publisher.publish(self.database)


@contextmanager
def service(database: str, way: RouteWay) -> Iterator[Service]:
    """Open a service on a new SQLite file, a new database of a server of our own, or an empty one at a URL."""
    folder = Path(tempfile.mkdtemp(prefix="simulate-"))
    try:
        with (
            _database(database, folder) as url,
            room_house(folder, Rooms((POLICY, ROOM)), ESIGN_DATABASE_URL=url) as run,
        ):
            house = house_of(ROOM, run.process.service, PUBLIC_URL)
            staff = staff_room(run.database, run.process.service.ports.keys)
            yield Service(run, house, open_branch(staff, run.database, Routing(house), way), url)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _database(name: str, folder: Path) -> Iterator[str]:
    if name == SQLITE:
        yield f"sqlite:///{folder / 'simulate.db'}"
    elif name == POSTGRESQL:
        with _fresh("template0") as url:
            yield url
    else:
        yield name
