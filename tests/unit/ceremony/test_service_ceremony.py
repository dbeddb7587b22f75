"""The recipient's acts: each once however often it is sent, none out of step, and no writing taken for another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select

from ca.authority import EmbeddedAuthority
from esign.ceremony.capture import CaptureRefused
from esign.ceremony.domain import Envelope, Refusal
from esign.ceremony.domain.values import EnvelopeMode, PhotoPlacement, RecipientState
from esign.ceremony.entrance import Answer
from esign.ceremony.errors import LinkRefused
from esign.ceremony.face_check import FaceFinding
from esign.ceremony.models import HandwritingKey, PageImage
from esign.ceremony.people import Person
from esign.errors import EvidenceError
from esign.evidence.handwriting import Handwriting, encode_handwriting
from esign.evidence.shortcoming import Shortcoming
from esign.infra.database import Database
from esign.infra.errors import RecordErased
from esign.pades.typeface import Typeface
from esign.service import Service, assemble
from tests.authority import SettableClock, create_test_authority
from tests.databases import *  # noqa: F403
from tests.service import CLIENT, YE, YU, Desk, at_once, ports_for, request, short_request
from tests.signers import face_jpeg, handwriting, handwriting_json

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@dataclass
class Faces:
    """A vendor of face checks that counts what it is asked."""

    asked: int = 0
    shortcomings: list[Shortcoming] = field(default_factory=list)

    def check(self, jpeg: bytes) -> FaceFinding:
        self.asked += 1
        return FaceFinding("liveness", "example-vendor", tuple(self.shortcomings))


@dataclass
class Room:
    """A desk with a vendor of face checks."""

    desk: Desk
    faces: Faces

    @property
    def service(self) -> Service:
        return self.desk.service


@pytest.fixture
def room(database: Database, tmp_path: Path, authority: EmbeddedAuthority, typeface: Typeface) -> Room:
    faces = Faces()
    ports = replace(ports_for(database, tmp_path, authority, typeface), face_check=faces)
    return Room(Desk(assemble(ports)), faces)


def live(room: Room, contract: bytes, *people: Person) -> Envelope:
    """An envelope in live mode, in which no writing is taken twice."""
    return room.desk.create(short_request(contract, *people, mode=EnvelopeMode.LIVE))


def enter_live(room: Room, envelope: Envelope, number: int, name: str, id_last_four: str | None) -> str:
    entrance, link = room.service.entrance, room.desk.link(envelope, number)
    entrance.open(link)
    entrance.send_code(link)
    code = room.desk.recipient(envelope, number).open_code
    assert code is not None
    digits = room.service.tokens.code(code.id, test_mode=False)
    token = entrance.identify(link, Answer(digits, name, id_last_four))
    room.desk.read(token)
    return token


@ON_SQLITE
def test_every_act_that_is_sent_twice_is_recorded_once(room: Room, contract: bytes) -> None:
    desk, ceremony = room.desk, room.service.ceremony
    envelope = desk.create(request(contract))
    token = desk.enter(envelope, 0, YU)
    entered = desk.now()
    ceremony.page(token, 1)
    left = desk.now()
    acts: list[Callable[[], object]] = [
        lambda: desk.consent(token, "before-reading", "reading"),
        lambda: ceremony.record_page(token, 1, entered, left),
        lambda: ceremony.record_page(token, 2, entered, left),
        lambda: ceremony.finish_reading(token),
        lambda: ceremony.draw(token, handwriting_json(7)),
        lambda: desk.consent(token, "photo"),
        lambda: ceremony.take_photo(token, face_jpeg(7)),
        lambda: ceremony.confirm(token),
    ]
    for act in acts:
        act()
        after = desk.events(envelope)
        act()
        assert desk.events(envelope) == after
    desk.step("sign")
    signed = desk.events(envelope)
    assert ceremony.confirm(token).events == ()
    assert desk.events(envelope) == signed
    assert room.faces.asked == 2


def test_confirming_in_two_threads_confirms_once(room: Room, contract: bytes) -> None:
    envelope = room.desk.create(short_request(contract, YU))
    token = room.desk.prepare(envelope, 0, YU)
    failures = at_once(lambda: room.service.ceremony.confirm(token), lambda: room.service.ceremony.confirm(token))
    assert failures == []
    assert room.desk.events(envelope).count("recipient.confirmed") == 1
    assert len(room.desk.tasks()) == 1


@ON_SQLITE
def test_declining_twice_keeps_one_note_and_ends_the_ceremony(room: Room, contract: bytes) -> None:
    envelope = room.desk.create(short_request(contract, YU, YE))
    token = room.desk.enter(envelope, 0, YU)
    for _ in range(2):
        room.service.ceremony.decline(token, "price-too-high", "太贵了")
    assert room.desk.envelope(envelope.id).state.value == "declined"
    assert room.desk.events(envelope).count("recipient.declined") == 1
    with pytest.raises(Refusal):
        room.service.ceremony.finish_reading(token)


STEPS: dict[str, Callable[[Desk, str], object]] = {
    "page": lambda desk, token: desk.service.ceremony.record_page(token, 1, desk.now(), desk.now()),
    "reading": lambda desk, token: desk.service.ceremony.finish_reading(token),
    "drawing": lambda desk, token: desk.service.ceremony.draw(token, handwriting_json(3)),
    "photo": lambda desk, token: desk.service.ceremony.take_photo(token, face_jpeg(3)),
    "no face": lambda desk, token: desk.service.ceremony.give_no_face(token, "no-camera", "usr_agent"),
    "confirming": lambda desk, token: desk.service.ceremony.confirm(token),
    "declining": lambda desk, token: desk.service.ceremony.decline(token, "other", None),
}
OUT_OF_STEP = {
    "identified": ("page", "reading", "drawing", "photo", "no face", "confirming"),
    "read": ("photo", "no face", "confirming"),
    "drawn": ("photo", "confirming"),
    "confirmed": ("page", "drawing", "photo", "no face", "declining"),
}


@pytest.mark.parametrize("state", OUT_OF_STEP)
@ON_SQLITE
def test_an_act_out_of_step_is_refused_and_nobody_outside_is_asked(room: Room, contract: bytes, state: str) -> None:
    desk = room.desk
    envelope = desk.create(request(contract))
    token = desk.enter(envelope, 0, YU)
    if state != "identified":
        desk.read(token)
    if state in ("drawn", "confirmed"):
        desk.draw(token)
    if state == "confirmed":
        desk.photograph(token)
        desk.service.ceremony.confirm(token)
    asked, events = room.faces.asked, desk.events(envelope)
    for step in OUT_OF_STEP[state]:
        with pytest.raises(Refusal):
            STEPS[step](desk, token)
    assert desk.events(envelope) == events
    assert room.faces.asked == asked


@ON_SQLITE
def test_a_photo_with_shortcomings_has_to_be_taken_again(room: Room, contract: bytes) -> None:
    envelope = room.desk.create(request(contract))
    token = room.desk.enter(envelope, 0, YU)
    room.desk.read(token)
    room.desk.draw(token)
    room.desk.consent(token, "photo")
    room.faces.shortcomings = [Shortcoming("face-covered", "请露出脸。", "The face is covered. Take off the mask.")]
    with pytest.raises(CaptureRefused) as refused:
        room.service.ceremony.take_photo(token, face_jpeg(2))
    assert refused.value.code == "face-covered"
    with pytest.raises(EvidenceError):
        room.service.ceremony.take_photo(token, b"no picture")
    room.faces.shortcomings = []
    room.service.ceremony.take_photo(token, face_jpeg(2))
    room.service.ceremony.take_photo(token, face_jpeg(3))  # another one takes its place
    assert room.desk.events(envelope).count("recipient.photographed") == 2


@ON_SQLITE
def test_who_gives_no_face_is_assisted_and_signs(room: Room, contract: bytes) -> None:
    envelope = room.desk.create(request(contract))
    token = room.desk.enter(envelope, 0, YU)
    room.desk.read(token)
    room.desk.draw(token)
    for _ in range(2):
        room.service.ceremony.give_no_face(token, "no-camera", "usr_agent")
    room.service.ceremony.confirm(token)
    room.desk.step("sign")
    assert room.desk.recipient(envelope, 0).state is RecipientState.SIGNED
    assert room.desk.events(envelope).count("recipient.face-not-given") == 1


@pytest.mark.parametrize("placement", PhotoPlacement)
@ON_SQLITE
def test_a_photo_is_placed_as_the_envelope_says(room: Room, contract: bytes, placement: PhotoPlacement) -> None:
    usual = request(contract)
    envelope = room.desk.create(
        replace(usual, recipients=usual.recipients[:1], settings=replace(usual.settings, photo_placement=placement))
    )
    room.desk.play(envelope, 0, YU)
    room.desk.work()
    assert room.desk.envelope(envelope.id).state.value == "completed"


@pytest.mark.parametrize("replay", ["exact", "moved and smaller"])
@ON_SQLITE
def test_in_live_mode_a_writing_is_not_taken_twice(room: Room, contract: bytes, replay: str) -> None:
    envelope = live(room, contract, YU, YE)
    first = enter_live(room, envelope, 0, YU.name, "002X")
    room.service.ceremony.draw(first, handwriting_json(11))
    second = enter_live(room, envelope, 1, YE.name, None)
    copied = handwriting(11) if replay == "exact" else moved(handwriting(11))
    with pytest.raises(CaptureRefused) as refused:
        room.service.ceremony.draw(second, encode_handwriting(copied))
    assert refused.value.code == "handwriting-replayed"
    assert room.desk.recipient(envelope, 1).state is RecipientState.READ
    room.service.ceremony.draw(second, handwriting_json(12))


@ON_SQLITE
def test_in_live_mode_a_persons_earlier_writing_is_known_in_another_envelope(room: Room, contract: bytes) -> None:
    earlier, later = live(room, contract, YU), live(room, contract, YU)
    room.service.ceremony.draw(enter_live(room, earlier, 0, YU.name, "002X"), handwriting_json(11))
    token = enter_live(room, later, 0, YU.name, "002X")
    for copied in (handwriting(11), moved(handwriting(11))):
        with pytest.raises(CaptureRefused):
            room.service.ceremony.draw(token, encode_handwriting(copied))


def test_one_writing_handed_in_for_two_envelopes_at_once_is_taken_once(room: Room, contract: bytes) -> None:
    envelopes = [live(room, contract, YU), live(room, contract, YE)]
    tokens = [
        enter_live(room, envelopes[0], 0, YU.name, "002X"),
        enter_live(room, envelopes[1], 0, YE.name, None),
    ]
    draw = room.service.ceremony.draw
    failures = at_once(*(partial(draw, token, handwriting_json(11)) for token in tokens))
    assert [type(failure) for failure in failures] == [CaptureRefused]
    drawn = [room.desk.recipient(envelope, 0).state is RecipientState.DRAWN for envelope in envelopes]
    assert sorted(drawn) == [False, True]


@ON_SQLITE
def test_in_live_mode_the_same_writing_sent_twice_is_one(room: Room, contract: bytes) -> None:
    envelope = live(room, contract, YU)
    token = enter_live(room, envelope, 0, YU.name, "002X")
    room.service.ceremony.draw(token, handwriting_json(11))
    assert room.service.ceremony.draw(token, handwriting_json(11)).events == ()


@ON_SQLITE
def test_in_test_mode_an_integrator_may_write_with_one_hand(room: Room, contract: bytes) -> None:
    for _ in range(2):
        envelope = room.desk.create(short_request(contract, YU))
        token = room.desk.enter(envelope, 0, YU)
        room.desk.read(token)
        room.service.ceremony.draw(token, handwriting_json(11))


@ON_SQLITE
def test_what_is_remembered_of_a_writing_goes_with_its_record(room: Room, contract: bytes) -> None:
    envelope = live(room, contract, YU)
    room.service.ceremony.draw(enter_live(room, envelope, 0, YU.name, "002X"), handwriting_json(11))
    capture = room.desk.recipient(envelope, 0).session.handwriting
    assert capture is not None
    assert handwriting_keys(room) == 1
    with room.service.ports.database.transaction() as session:
        room.service.records.erase(session, capture.record, at=room.desk.now())
    assert handwriting_keys(room) == 0


def handwriting_keys(room: Room) -> int:
    with room.service.ports.database.reading() as session:
        return session.scalar(select(func.count()).select_from(HandwritingKey)) or 0


@ON_SQLITE
def test_after_an_erasure_nothing_is_confirmed_on_what_is_gone(room: Room, contract: bytes) -> None:
    envelope = room.desk.create(short_request(contract, YU))
    token = room.desk.prepare(envelope, 0, YU)
    capture = room.desk.recipient(envelope, 0).session.handwriting
    assert capture is not None
    with room.service.ports.database.transaction() as session:
        room.service.records.erase(session, capture.record, at=room.desk.now())
    with pytest.raises(RecordErased):
        room.service.ceremony.confirm(token)
    assert room.desk.recipient(envelope, 0).state is RecipientState.DRAWN


def test_a_page_that_two_ask_for_at_once_is_kept_once(room: Room, contract: bytes) -> None:
    envelope = room.desk.create(short_request(contract, YU, YE))
    tokens = [room.desk.enter(envelope, 0, YU), room.desk.enter(envelope, 1, YE)]
    shown: list[str] = []

    def show(token: str) -> None:
        shown.append(room.service.ceremony.page(token, 1).sha256)

    assert at_once(*(partial(show, token) for token in tokens)) == []
    assert len(set(shown)) == 1
    with room.service.ports.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(PageImage)) == 2


@ON_SQLITE
def test_a_page_that_is_not_there_is_refused(room: Room, contract: bytes) -> None:
    envelope = room.desk.create(short_request(contract, YU))
    token = room.desk.enter(envelope, 0, YU)
    for page in (0, -1, 3):
        with pytest.raises(Refusal) as refused:
            room.service.ceremony.page(token, page)
        assert refused.value.code == "page-unknown"


@ON_SQLITE
def test_a_page_whose_picture_was_never_fetched_is_not_read(room: Room, contract: bytes) -> None:
    envelope = room.desk.create(request(contract))
    token = room.desk.enter(envelope, 0, YU)

    def refused() -> str:
        with pytest.raises(Refusal) as caught:
            room.service.ceremony.record_page(token, 1, room.desk.now(), room.desk.now())
        return caught.value.code

    assert refused() == "consents-missing"  # what else is wrong is told first
    room.desk.consent(token, "before-reading")
    assert refused() == "page-not-shown"


@ON_SQLITE
def test_what_is_read_is_the_prepared_revision(room: Room, contract: bytes) -> None:
    envelope = room.desk.create(short_request(contract, YU))
    token = room.desk.enter(envelope, 0, YU)
    document = room.service.ceremony.document(token)
    assert document.startswith(contract)
    assert len(document) > len(contract)


@ON_SQLITE
def test_an_envelope_whose_client_moved_its_clock_is_completed_all_the_same(
    database: Database, tmp_path: Path, typeface: Typeface, contract: bytes
) -> None:
    clock = SettableClock(datetime.now(UTC).replace(microsecond=0))
    authority = create_test_authority(tmp_path / "ca", now=clock)
    ports = ports_for(database, tmp_path, authority, typeface)
    ports = replace(ports, trust_services=replace(ports.trust_services, clock=clock))
    service = assemble(ports)

    def theirs() -> datetime:
        with database.reading() as session:
            return service.clocks.now(session, CLIENT)

    desk = Desk(service, now=theirs)
    envelope = desk.create(short_request(contract, YU, YE))
    desk.play(envelope, 0, YU)
    with database.transaction() as session:
        service.clocks.advance(session, CLIENT, timedelta(days=12))
    desk.work()
    desk.play(envelope, 1, YE)
    desk.work()
    assert desk.envelope(envelope.id).state.value == "completed"


@ON_SQLITE
def test_a_session_of_before_a_moved_clock_is_over(room: Room, contract: bytes) -> None:
    envelope = room.desk.create(short_request(contract, YU))
    token = room.desk.enter(envelope, 0, YU)
    with room.service.ports.database.transaction() as session:
        room.service.clocks.advance(session, CLIENT, timedelta(days=1))
    with pytest.raises(LinkRefused) as refused:
        room.service.ceremony.finish_reading(token)
    assert refused.value.code == "session-over"


def moved(written: Handwriting) -> Handwriting:
    """The same movement somewhere else, a little smaller and slower, with the trembling of a copy."""
    strokes = tuple(
        replace(
            stroke,
            points=tuple(
                point._replace(x=round(40 + 0.8 * point.x, 2), y=round(20 + 0.8 * point.y + 0.3 * (n % 2), 2))
                for n, point in enumerate(stroke.points)
            ),
        )
        for stroke in written.strokes
    )
    return replace(written, strokes=strokes)
