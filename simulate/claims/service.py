"""The service that a year is played in: the whole product on a database of its own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from claims.room import ROOM
from esign.public.house import House
from esign.public.rooms import Rooms, house_of
from tests.databases import _fresh
from tests.rooms import PUBLIC_URL, room_house

SQLITE: Final = "sqlite"
POSTGRESQL: Final = "postgresql"


@contextmanager
def service(database: str) -> Iterator[House]:
    """Open a service on a new SQLite file, a new database of a server of our own, or an empty one at a URL."""
    folder = Path(tempfile.mkdtemp(prefix="simulate-claims-"))
    try:
        with _database(database, folder) as url, room_house(folder, Rooms((ROOM,)), ESIGN_DATABASE_URL=url) as run:
            yield house_of(ROOM, run.process.service, PUBLIC_URL)
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
