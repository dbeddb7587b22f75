"""A whole service with rooms in it, opened from settings; workers' jobs are done when a test says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from werkzeug.test import Client, TestResponse

from esign.api.keys import Clients
from esign.api.scopes import Granted, Scope, ScopeWords
from esign.cli.builders import Builders
from esign.cli.serving import _prepare
from esign.infra.database import Database
from esign.infra.settings import load_settings
from esign.process import Process, web_application, worker
from esign.public.rooms import Rooms
from esign.trail.log import read_stream
from esign.worker import Worker
from tests.quick_start import lay_database, share_quarantine
from tests.service import Desk, system_now
from tests.unit.web.console_room import form_in
from tests.unit.web.page_room import SAME
from wsgi import build

PUBLIC_URL = "https://sign.example"


@dataclass
class RoomHouse:
    """The service, who calls it with a key of every scope, and what a worker does."""

    process: Process
    builders: Builders
    key: str
    environment: Mapping[str, str]
    """The settings as variables: what its commands need."""

    @property
    def database(self) -> Database:
        return self.process.service.ports.database

    @cached_property
    def desk(self) -> Desk:
        return Desk(self.process.service)

    @cached_property
    def worker(self) -> Worker:
        return worker(self.process, name="tests")

    @cached_property
    def outside(self) -> Client:
        return Client(web_application(self.process))

    def call(self, method: str, path: str, key: str | None = None, **given: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {key or self.key}", **given.pop("headers", {})}
        return self.outside.open(path, method=method, headers=headers, **given)

    def work(self) -> None:
        """Do every task there is, place and publish the trail, let the consumers read, until nothing is left."""
        kinds = (*self.process.service.job_kinds, *(job for part in self.process.parts for job in part.jobs))
        runs = {kind.name: kind.run for kind in kinds}
        keeper = self.worker._keeper
        for _ in range(20):
            for task in self.desk.tasks():
                runs[task.kind](task.id)
            keeper.place()
            keeper.publish()
            if not keeper.consume() and not self.desk.tasks():
                return
        raise AssertionError("there is always something left to do")

    def visit(self, path: str, language: str = "zh-CN") -> TestResponse:
        """Look at a page, as a browser does."""
        return self.outside.get(path, base_url=PUBLIC_URL, headers={"Accept-Language": language})

    def send(self, page: str, action: str) -> TestResponse:
        """Send the form with this action as it stands in the page."""
        form = form_in(self.visit(page), action)
        return self.outside.post(action, base_url=PUBLIC_URL, data=form.fields, headers=SAME)

    def events(self, stream: str) -> list[str]:
        """Return the types of a stream's events, in order."""
        with self.database.reading() as session:
            return [event.type for event in read_stream(session, stream)]


def key_of(database: Database, further: ScopeWords, *scopes: Granted) -> str:
    """Return a key of a new client; `further` are the scopes that rooms have."""
    clients, at = Clients(further), system_now()
    with database.transaction() as session:
        client = clients.create_client(session, "Sales platform", "test", at=at).id
        return clients.create_key(session, client, "key", frozenset(scopes), at=at).token.reveal()


@contextmanager
def room_house(folder: Path, rooms: Rooms, **settings: str) -> Iterator[RoomHouse]:
    """Open a service with these rooms, on the database that the settings name."""
    usual = {
        "ESIGN_DATA": str(folder / "data"),
        "ESIGN_KEYS_FOLDER": str(folder / "keys"),
        "ESIGN_PUBLIC_URL": PUBLIC_URL,
    }
    environment = {**usual, **settings}
    given, builders = load_settings(environment), build(lambda: rooms)
    if given.database.url.reveal() == f"sqlite:///{given.data / 'esign.db'}":
        lay_database(given.data / "esign.db")
    _prepare(builders, given)
    share_quarantine()
    process = builders.open_process(given)
    try:
        key = key_of(process.service.ports.database, rooms.scopes, *Scope, *rooms.scopes)
        yield RoomHouse(process, builders, key, environment)
    finally:
        process.service.ports.quarantine.close()
        process.service.ports.database.close()
