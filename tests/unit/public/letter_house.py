"""A whole service with the room of letters in it, opened from settings; workers' jobs are done when a test says so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from werkzeug.test import Client, TestResponse

from esign.api.keys import Clients
from esign.api.scopes import Granted, Scope
from esign.cli.builders import Builders
from esign.cli.serving import _prepare
from esign.infra.database import Database
from esign.infra.settings import load_settings
from esign.process import Process, web_application, worker
from esign.public.rooms import Rooms
from esign.trail.log import read_stream
from esign.worker import Worker
from tests.service import YU, Desk, system_now
from tests.unit.public.letters.api import SCOPES
from tests.unit.public.letters.models import LetterBase, LetterRow
from tests.unit.public.letters.room import LETTERS
from tests.unit.web.console_room import form_in
from tests.unit.web.page_room import SAME
from wsgi import build

ROOMS = Rooms((LETTERS,))
PUBLIC_URL = "https://sign.example"
LETTER = {"reference": "order-1", "kind": "thanks", "name": YU.name, "phone": YU.phone}


@dataclass
class LetterHouse:
    """The service, who calls it with a key of every scope, and what a worker does."""

    process: Process
    builders: Builders
    key: str
    environment: dict[str, str]

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

    def write(self, key: str | None = None, **changes: str) -> dict[str, Any]:
        """Write a letter by the API; return it."""
        made = self.call("POST", "/v1/letters", key, json={**LETTER, **changes})
        assert made.status_code == 201, made.text
        return dict(made.get_json())

    def sign(self, letter: dict[str, Any]) -> None:
        """Let the customer sign the letter, and do what workers do until nothing is left."""
        envelope = self.desk.envelope(letter["envelope"])
        self.desk.play(envelope, 0, YU)
        self.work()

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

    def told(self, letter: dict[str, Any]) -> dict[str, str | None]:
        """Return what the room told the person of a letter: by kind the text, None where the person was erased."""
        with self.database.reading() as session:
            person = session.get_one(LetterRow, letter["id"]).person
            outbox = self.process.messages.outbox(session, person=person)
        return {one.kind: None if one.composed is None else one.composed.words.text for one in outbox}

    def link(self, letter: dict[str, Any]) -> str:
        """Return the path of the page about the letter, as it was sent to the customer."""
        told = self.told(letter)["letters-answered"] or ""
        return next(word for word in told.split() if word.startswith(PUBLIC_URL)).removeprefix(PUBLIC_URL)

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


def key_of(database: Database, *scopes: Granted) -> str:
    """Return a key of a new client."""
    clients, at = Clients(SCOPES), system_now()
    with database.transaction() as session:
        client = clients.create_client(session, "Sales platform", "test", at=at).id
        return clients.create_key(session, client, "key", frozenset(scopes), at=at).token.reveal()


def builders_with_letters() -> Builders:
    return build(lambda: ROOMS)


@contextmanager
def letter_house(folder: Path, **settings: str) -> Iterator[LetterHouse]:
    """Open a service with the room, on the database that the settings name; its tables are made beside the schema."""
    usual = {
        "ESIGN_DATA": str(folder / "data"),
        "ESIGN_KEYS_FOLDER": str(folder / "keys"),
        "ESIGN_PUBLIC_URL": PUBLIC_URL,
    }
    environment = {**usual, **settings}
    given, builders = load_settings(environment), builders_with_letters()
    _prepare(builders, given)
    process = builders.open_process(given)
    database = process.service.ports.database
    LetterBase.metadata.create_all(database.engine)
    try:
        yield LetterHouse(process, builders, key_of(database, *Scope, *SCOPES), environment)
    finally:
        process.service.ports.quarantine.close()
        database.close()
