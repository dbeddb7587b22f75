"""Acts in every order: each is done, or refused with a reason in both languages, and a refusal changes nothing.

Because a refused act changes nothing (which is asserted), an order with refused acts in it leads where the order
without them leads. So walking over the accepted acts alone, and trying every act wherever the walk comes, covers all
orders of any length. Places that differ in nothing that decides are visited once.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Final

from sqlalchemy import delete
from werkzeug.test import TestResponse

from ca.authority import EmbeddedAuthority
from esign.api.models import RateLease
from esign.ceremony.domain import Envelope, commands
from esign.infra.database import open_database
from esign.pades.typeface import Typeface
from esign.service import Ports, assemble
from tests.databases import create_tables
from tests.service import YE, ports_for, request, system_now
from tests.unit.api.ceremony_room import *  # noqa: F403
from tests.unit.api.ceremony_room import EN, Phone, Room, room_of

Act = Callable[[Phone], TestResponse]
Place = tuple[object, ...]

ASSISTED: Final = {"reason": "camera-missing", "assisted_by": "usr_01k9x7m2qv8w3c5t6r4n0b1d2e"}


def _read_pages(phone: Phone) -> TestResponse:
    now = system_now().isoformat()
    stays = [{"page": page, "entered_at": now, "left_at": now} for page in (1, 2)]
    return phone.call("POST", "/v1/ceremony/pages", json={"stays": stays})


def _consent(phone: Phone) -> TestResponse:
    told = phone.call("GET", "/v1/ceremony")
    return phone.consent()[0] if told.status_code == 200 else told


ACTS: Final[Mapping[str, Act]] = {
    "open": lambda phone: phone.visit("/open"),
    "code": lambda phone: phone.visit("/code"),
    "identify": lambda phone: phone.answer(),
    "consent": _consent,
    "pages": _read_pages,
    "finish-reading": lambda phone: phone.call("POST", "/v1/ceremony/finish-reading"),
    "handwriting": lambda phone: phone.draw(),
    "photo": lambda phone: phone.photograph(),
    "no-face": lambda phone: phone.call("POST", "/v1/ceremony/no-face", json=ASSISTED),
    "confirm": lambda phone: phone.confirm(),
    "decline": lambda phone: phone.call("POST", "/v1/ceremony/decline", json={"reason": "terms-not-accepted"}),
}


def _work(room: Room, _envelope: Envelope) -> None:
    room.desk.work()


def _fail(room: Room, envelope: Envelope) -> None:
    recipient = envelope.recipients[0]
    command = commands.FailSigning(
        at=system_now(), recipient=recipient.id, manifest=recipient.manifests[-1], reason="ocsp-missed"
    )
    room.desk.service.envelopes.change(envelope.id, lambda _session, _now: command, actor="service:signer")


def _play_the_other(room: Room, envelope: Envelope) -> None:
    room.desk.play(envelope, 1, YE)
    room.desk.work()


AFTER: Final = {"confirmed": (_work, _fail), "signed": (_play_the_other,)}
"""What others do, by the recipient's state."""


@dataclass(frozen=True)
class Stop:
    """A place of the walk: a copy of the database, the session that the phone has by then, how it came there.

    `state` is the recipient's, or nothing once the envelope has ended.
    """

    database: Path
    token: str | None
    way: tuple[str, ...]
    state: str = ""


class Walk:
    """Goes over accepted acts, breadth first."""

    def __init__(self, ports: Ports, envelope: str, token: str, folder: Path) -> None:
        self.ports = ports
        self.envelope = envelope
        self.never_bound = token
        self.folder = folder
        self.seen: set[Place] = set()
        self.stops: deque[Stop] = deque()
        self.refused: set[tuple[str, str, str]] = set()
        self._numbers = count()

    def run(self, first: Path) -> None:
        with self._opened(first) as room:
            self._arrive(Stop(first, None, ()), room)
        while self.stops:
            self._try_all(self.stops.popleft())

    def _try_all(self, stop: Stop) -> None:
        """Try every act at the place; where one is done, the database it was done in is another place's."""
        acts = deque(ACTS)
        while acts:
            copy = self._copy(stop)
            with self._opened(copy) as room:
                while acts and not self._is_done(stop, copy, room, acts.popleft()):
                    pass
        for others_act in AFTER.get(stop.state, ()):
            copy = self._copy(stop)
            with self._opened(copy) as room:
                others_act(room, room.desk.envelope(self.envelope))
                self._arrive(Stop(copy, stop.token, (*stop.way, "others")), room)

    def _is_done(self, stop: Stop, database: Path, room: Room, name: str) -> bool:
        envelope = room.desk.envelope(self.envelope)
        phone = room.phone(envelope, 0)
        phone.token = stop.token or self.never_bound
        before, way = room.version(envelope), (*stop.way, name)
        told = ACTS[name](phone)
        if told.status_code == 200:
            token = None if phone.token == self.never_bound else phone.token
            if room.version(envelope) > before:
                self._arrive(Stop(database, token, way), room)
                return True
            return False
        again = _in_english(phone, name)
        assert (told.status_code, again.status_code) == (409, 409), (way, told.text)
        assert told.json["code"] == again.json["code"], way
        assert any("\u4e00" <= character <= "\u9fff" for character in told.json["detail"]), way
        assert again.json["detail"].isascii(), way
        assert room.version(envelope) == before, way
        self.refused.add((envelope.recipients[0].state.value, name, told.json["code"]))
        return False

    def _arrive(self, stop: Stop, room: Room) -> None:
        envelope = room.desk.envelope(self.envelope)
        place = _place(envelope)
        if place not in self.seen:
            self.seen.add(place)
            self.stops.append(replace(stop, state="" if envelope.ended else envelope.recipients[0].state.value))

    @contextmanager
    def _opened(self, path: Path) -> Iterator[Room]:
        with closing(open_database(f"sqlite:///{path}")) as database:
            with database.transaction() as session:
                session.execute(delete(RateLease))  # each room is a process to the limits, and takes its part
            yield room_of(assemble(replace(self.ports, database=database)))

    def _copy(self, stop: Stop) -> Path:
        copy = self.folder / f"{next(self._numbers)}.db"
        with closing(sqlite3.connect(stop.database)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        return copy


def _in_english(phone: Phone, name: str) -> TestResponse:
    speaks = phone.language
    phone.language = EN
    told = ACTS[name](phone)
    phone.language = speaks
    return told


def _place(envelope: Envelope) -> Place:
    """Return what decides what is accepted next."""
    recipient = envelope.recipients[0]
    done = recipient.session
    if recipient.state.value not in ("opened", "identified", "read", "drawn"):
        return envelope.state, recipient.state
    face = "photo" if done.photo else "assisted" if done.assisted_by else None
    # Whether a code is open matters to identifying alone, which leads to the same place with another device.
    open_code = recipient.open_code is not None if recipient.state.value == "opened" else None
    return recipient.state, open_code, len(done.consents), done.pages_read(), face


def test_every_order_of_acts_is_done_or_refused_in_both_languages(
    tmp_path: Path, authority: EmbeddedAuthority, typeface: Typeface, contract: bytes
) -> None:
    first, folder = tmp_path / "first.db", tmp_path / "walk"
    folder.mkdir()
    with closing(open_database(f"sqlite:///{first}")) as database:
        create_tables(database)
        ports = ports_for(database, tmp_path / "service", authority, typeface)
        room = room_of(assemble(ports))
        envelope = room.desk.create(request(contract))
        assert envelope.documents[0].plan.pages == 2
        _draw_the_pages(room, envelope)
        token = room.desk.service.tokens.session(envelope.recipients[0].id, "dev_01k9x7m2qv8w3c5t6r4n0b1d2e")
    walk = Walk(ports, envelope.id, token, folder)
    walk.run(first)
    words = {str(word) for place in walk.seen for word in place[:2]}
    assert words >= {"sent", *AFTER, *REFUSED, "signing_failed", "declined", "completed"}
    assert {
        ("sent", "code", "open-first"),
        ("sent", "handwriting", "another-device"),
        ("opened", "identify", "code-unknown"),
        ("identified", "pages", "consents-missing"),
        ("identified", "finish-reading", "pages-unread"),
        ("identified", "handwriting", "read-first"),
        ("identified", "photo", "read-first"),
        ("identified", "confirm", "read-first"),
        ("read", "confirm", "draw-first"),
        ("drawn", "photo", "consents-missing"),
        ("drawn", "confirm", "photo-missing"),
        ("confirmed", "decline", "confirmed-already"),
        ("signing_failed", "decline", "confirm-again"),
        ("signed", "decline", "signed-already"),
        ("declined", "confirm", "envelope-declined"),
    } <= walk.refused


def _draw_the_pages(room: Room, envelope: Envelope) -> None:
    other = room.phone(envelope, 1, YE)
    other.enter()
    for page in (1, 2):
        assert other.call("GET", f"/v1/ceremony/pages/{page}.jpg").status_code == 200


REFUSED: Final = {
    "opened": ("pages", "finish-reading", "handwriting", "photo", "no-face", "confirm", "decline", "identify"),
    "identified": ("pages", "finish-reading", "handwriting", "photo", "no-face", "confirm", "identify"),
    "read": ("photo", "no-face", "confirm"),
    "drawn": ("photo", "confirm"),
    "confirmed": ("photo", "no-face", "decline"),
}


def test_acts_out_of_order_are_refused_on_both_databases(room: Room, contract: bytes) -> None:
    envelope = room.desk.create(request(contract))
    phone = room.phone(envelope, 0)
    phone.token = room.desk.service.tokens.session(envelope.recipients[0].id, "dev_01k9x7m2qv8w3c5t6r4n0b1d2e")

    def refused(state: str) -> None:
        before = room.version(envelope)
        assert room.desk.envelope(envelope.id).recipients[0].state.value == state
        for name in REFUSED[state]:
            told = ACTS[name](phone)
            assert (told.status_code, told.mimetype) == (409, "application/problem+json"), (state, name, told.text)
        assert room.version(envelope) == before

    phone.visit("/open")
    refused("opened")
    phone.enter()
    refused("identified")
    phone.read()
    refused("read")
    phone.draw()
    refused("drawn")
    phone.consent("photo")
    phone.photograph()
    phone.confirm()
    refused("confirmed")
