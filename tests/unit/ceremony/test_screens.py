"""What people were shown: kept when it is shown, recorded once when it is left, looked at by two, and erased."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from ca.authority import EmbeddedAuthority
from esign.ceremony.domain import Envelope
from esign.ceremony.domain.refusal import Refusal
from esign.ceremony.erasing import VOCABULARY as ERASING
from esign.ceremony.erasing import Eraser
from esign.ceremony.opening_screens import VOCABULARY as OPENING
from esign.ceremony.opening_screens import OpenedScreens, ScreenOpener
from esign.ceremony.screens import (
    CONTENT_BYTES_AT_MOST,
    SCREENS_AT_MOST,
    Screen,
    Screens,
    new_screen_id,
    stream_of,
)
from esign.infra.database import Database
from esign.pades.typeface import Typeface
from esign.service import assemble
from esign.trail.event import Event, plain_payload
from esign.trail.log import Trail, read_stream
from tests.databases import *  # noqa: F403
from tests.service import YE, YU, Desk, ports_for, request

PAGE = Screen("reading", "e" * 64, "<p>第 1 页，于文山</p>".encode())


class Room:
    """An envelope of two, and what the first of them is shown."""

    def __init__(self, desk: Desk, envelope: Envelope) -> None:
        self.desk = desk
        self.envelope = envelope
        self.recipient = envelope.recipients[0].id
        self.database = desk.service.ports.database
        self.screens = desk.service.screens

    def show(self, screen: Screen = PAGE, recipient: str | None = None) -> str:
        record = new_screen_id(self.desk.now())
        with self.database.transaction() as session:
            self.kept = self.screens.keep(
                session,
                screen,
                record=record,
                envelope=self.envelope.id,
                recipient=recipient or self.recipient,
                device="dev_one",
                at=self.desk.now(),
            )
        return record

    def leave(self, record: str, seconds: float = 0.0, actions: Sequence[str] = (), recipient: str = "") -> bool:
        with self.database.transaction() as session:
            return self.screens.leave(
                session,
                record,
                recipient=recipient or self.recipient,
                after=timedelta(seconds=seconds),
                actions=actions,
                now=self.desk.now(),
            )

    def events(self, recipient: str | None = None) -> list[Event]:
        with self.database.reading() as session:
            return read_stream(session, stream_of(recipient or self.recipient))

    def open(self, *, by: str = "stf_lin", approved_by: str = "stf_zhao") -> list[OpenedScreens]:
        service = self.desk.service
        opener = ScreenOpener(service.envelopes, service.documents, service.records, self.screens, Trail(OPENING))
        return opener.open(self.envelope.id, by=by, approved_by=approved_by, reason="complaint", now=self.desk.now())


@pytest.fixture
def room(database: Database, tmp_path: Path, authority: EmbeddedAuthority, typeface: Typeface, contract: bytes) -> Room:
    desk = Desk(assemble(ports_for(database, tmp_path, authority, typeface)))
    return Room(desk, desk.create(request(contract)))


def test_a_screen_is_recorded_once_with_its_digest_and_what_was_pressed(room: Room) -> None:
    record = room.show()
    assert room.leave(record, 0.001, ["zoom", "next"])
    assert not room.leave(record, 9, ["next"])
    (event,) = room.events()
    told = plain_payload(event)
    assert (event.type, event.actor) == ("screen.shown", f"recipient:{room.recipient}")
    with room.database.reading() as session:
        salt, content = room.screens.content(session, record)
    assert content == PAGE.content
    assert told["digest"] == hashlib.sha256(salt + content).hexdigest()
    assert (told["screen"], told["record"], told["actions"]) == ("reading", record, ["zoom", "next"])
    assert told["shown_at"] < told["left_at"]
    assert "于文山" not in str(told)


def test_nobody_leaves_a_screen_later_than_now_or_before_it_was_shown(room: Room) -> None:
    late, early = room.show(), room.show()
    room.leave(late, 10**6)
    room.leave(early, -5)
    with room.database.reading() as session:
        shown = {one.record: one for one in room.screens.shown_to(session, room.recipient)}
    assert shown[late].left_at is not None
    assert shown[late].left_at <= room.desk.now()
    assert shown[early].left_at == shown[early].shown_at


def test_another_recipient_records_nothing_of_it(room: Room) -> None:
    record, other = room.show(), room.envelope.recipients[1].id
    assert not room.leave(record, recipient=other)
    assert not room.leave("scn_unknown")
    assert room.events() == room.events(other) == []


@pytest.mark.parametrize(
    "action", ["", "Über", "a b", "<script>", "a" * 41, "9", "to-13800004026", "zhang-san-1380", "to-rcp-01k9x7"]
)
def test_what_is_no_code_is_no_action(room: Room, action: str) -> None:
    room.leave(room.show(), actions=[action, "next"])
    assert plain_payload(room.events()[0])["actions"] == ["next"]


def test_what_no_device_tells_is_recorded_without_it_once_the_session_is_over(room: Room) -> None:
    other = room.envelope.recipients[1].id
    first, second = room.show(), room.show(recipient=other)
    room.leave(second, recipient=other)
    for later, closed in ((timedelta(), 0), (timedelta(hours=3), 1), (timedelta(hours=4), 0)):
        with room.database.transaction() as session:
            assert room.screens.close_untold(session, room.desk.now() + later) == closed
    (event,) = room.events()
    assert (event.payload["record"], event.payload["left_at"]) == (first, None)
    assert not room.leave(first, 1)


def test_of_one_recipient_no_more_is_kept_than_a_ceremony_needs(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    assert SCREENS_AT_MOST > 100
    monkeypatch.setattr("esign.ceremony.screens.SCREENS_AT_MOST", 2)
    for kept in (True, True, False):
        room.show()
        assert room.kept is kept
    room.show(Screen("confirmation", "e" * 64, b"<p>"))  # one page loaded again and again takes no room from another
    assert room.kept
    with pytest.raises(ValueError, match="too large"):
        room.show(Screen("reading", "e" * 64, bytes(CONTENT_BYTES_AT_MOST + 1)))


def test_two_people_look_at_them_and_the_trail_tells_of_it(room: Room) -> None:
    record = room.show()
    with pytest.raises(Refusal) as own:
        room.open(approved_by="stf_lin")
    assert own.value.code == "own-approval"
    (opened,) = room.open()
    assert (opened.recipient, opened.role) == (room.recipient, "applicant")
    assert [(shown.record, kept and kept[1]) for shown, kept in opened.screens] == [(record, PAGE.content)]
    with room.database.reading() as session:
        (event,) = read_stream(session, "openings")
    assert plain_payload(event) == {
        "envelope": room.envelope.id,
        "by": "stf_lin",
        "approved_by": "stf_zhao",
        "reason": "complaint",
        "screens": 1,
    }


def test_erasing_the_envelope_erases_what_was_shown_and_leaves_that_it_was(room: Room) -> None:
    room.leave(room.show())
    for number, person in enumerate((YU, YE)):
        room.desk.play(room.envelope, number, person)
        room.desk.work()
    service = room.desk.service
    eraser = Eraser(service.envelopes, service.records, Trail(ERASING))
    eraser.erase(room.envelope.id, by="stf_lin", approved_by="stf_zhao", reason="customer-request", now=room.desk.now())
    (opened,) = room.open()
    assert [kept for _shown, kept in opened.screens] == [None]
    room.show()  # a page that was on its way while they were erased
    assert not room.kept
    assert "handwriting.png" not in opened.pictures
    assert "photo.jpg" not in opened.pictures
    assert len(room.events()) == 1


def test_screens_are_kept_by_a_service_of_their_own_room(room: Room) -> None:
    """Nothing but the records is needed: a worker closes what a web process kept."""
    record = room.show()
    with room.database.transaction() as session:
        assert Screens(room.desk.service.records).close_untold(session, room.desk.now() + timedelta(hours=3)) == 1
    assert room.events()[0].payload["record"] == record
