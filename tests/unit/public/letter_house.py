"""A whole service with the room of letters in it, opened from settings; workers' jobs are done when a test says so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from esign.api.scopes import Granted
from esign.cli.builders import Builders
from esign.infra.database import Database
from esign.public.rooms import Rooms
from tests.rooms import PUBLIC_URL, RoomHouse, room_house
from tests.rooms import key_of as key_with
from tests.service import YU
from tests.unit.public.letters.api import SCOPES
from tests.unit.public.letters.models import LetterBase, LetterRow
from tests.unit.public.letters.room import LETTERS
from wsgi import build

ROOMS = Rooms((LETTERS,))
LETTER = {"reference": "order-1", "kind": "thanks", "name": YU.name, "phone": YU.phone}


class LetterHouse(RoomHouse):
    """The service, and what the customer of a letter does there."""

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


def key_of(database: Database, *scopes: Granted) -> str:
    """Return a key of a new client."""
    return key_with(database, SCOPES, *scopes)


def builders_with_letters() -> Builders:
    return build(lambda: ROOMS)


@contextmanager
def letter_house(folder: Path, **settings: str) -> Iterator[LetterHouse]:
    """Open a service with the room, on the database that the settings name; its tables are made beside the schema."""
    with room_house(folder, ROOMS, **settings) as house:
        LetterBase.metadata.create_all(house.database.engine)
        yield LetterHouse(house.process, house.builders, house.key, house.environment)
