"""People ask what is kept about them: with a code to the phone on record, and nobody learns who is known without it."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from prometheus_client import CollectorRegistry
from werkzeug.test import Client, TestResponse

from esign.api.models import RateLease
from esign.api.rates import Allowance
from esign.ceremony.people import Person
from esign.infra.metrics import Metrics
from esign.retention.models import PersonVisit
from esign.retention.projection import retention_projection
from esign.retention.requests import Outcome
from esign.retention.room import RetentionRoom, retention_room, usual_choice
from esign.retention.visits import forget_visits
from esign.trail.consumers import catch_up
from esign.trail.log import read_stream
from esign.web.app import create_pages
from esign.web.page_services import PersonLimits, page_services
from tests.service import YE, YU, Desk, RecordedMessages, request, short_request, system_now
from tests.unit.web.page_room import AMPLE as AMPLE_RATES
from tests.unit.web.page_room import SITE, Pages, Visitor
from tests.vectors.trail.stored import place

HOME = "/my-data"
AMPLE = PersonLimits(Allowance("a", 10_000), Allowance("b", 10_000), Allowance("c", 10_000))


@dataclass
class PersonRoom:
    """The pages with a room of retention, whose worker sends codes when a test says so."""

    pages: Pages
    room: RetentionRoom
    client: Client

    @property
    def visitor(self) -> Visitor:
        return Visitor(Client(self.client.application), "")

    def begin(self, visitor: Visitor, name: str, phone: str) -> TestResponse:
        told = visitor.send(HOME, HOME, name=name, phone=phone)
        assert self.room.visits is not None
        self.room.visits.send_codes()
        return told

    def enter(self, person: Person) -> Visitor:
        """Return the browser of somebody whose code was right."""
        visitor = self.visitor
        assert self.begin(visitor, person.name, person.phone).location == f"{HOME}/code"
        tail = (person.id_number or "")[-4:]
        told = visitor.send(f"{HOME}/code", f"{HOME}/code", code="246810", tail=tail)
        assert told.location == f"{HOME}/mine", told.text
        return visitor

    def messages(self) -> list[tuple[str, str]]:
        box = self.pages.desk.service.ports.messages
        assert isinstance(box, RecordedMessages)
        return [(kind, person) for kind, person, _facts in box.put_so_far if kind == "data-code"]

    def follow(self) -> None:
        database = self.pages.desk.service.ports.database
        place(database)
        catch_up(database, retention_projection())


@pytest.fixture
def people(pages: Pages) -> PersonRoom:
    return opened(pages)


def opened(pages: Pages, limits: PersonLimits = AMPLE) -> PersonRoom:
    service = pages.desk.service
    ports = service.ports
    room = retention_room(
        ports.database, ports.keys, ports.blobs, usual_choice(), clock=system_now, messages=ports.messages
    )
    made = page_services(service, Metrics(CollectorRegistry()), SITE, retention=room)
    services = replace(made, limits=AMPLE_RATES, person_limits=limits)
    return PersonRoom(pages, room, Client(create_pages(services)))


def bare(text: str) -> str:
    """Return a page without what differs from visit to visit."""
    return re.sub(r'value="[A-Za-z0-9_-]{20,}"', "", text)


def signed(people: PersonRoom, contract: bytes) -> str:
    desk = Desk(people.pages.desk.service)
    envelope = desk.create(request(contract))
    for number, person in enumerate((YU, YE)):
        desk.play(envelope, number, person)
        desk.work()
    people.follow()
    return envelope.id


def test_nobody_learns_who_is_known_before_the_code_is_right(people: PersonRoom, contract: bytes) -> None:
    Desk(people.pages.desk.service).create(request(contract))
    known, unknown = people.visitor, people.visitor
    told = [
        people.begin(known, YU.name, YU.phone),
        people.begin(unknown, "查无此人", "13900000000"),
        people.begin(people.visitor, YU.name, YE.phone),
    ]
    assert {(one.status_code, one.location) for one in told} == {(303, f"{HOME}/code")}
    assert len(people.messages()) == 1  # to whom name and phone belong together, and to nobody else
    pages = [bare(one.get(f"{HOME}/code").text) for one in (known, unknown)]
    assert pages[0] == pages[1]
    wrong = [one.send(f"{HOME}/code", f"{HOME}/code", code="111111", tail="002X") for one in (known, unknown)]
    assert wrong[0].status_code == wrong[1].status_code == 422
    assert bare(wrong[0].text) == bare(wrong[1].text)
    right = unknown.send(f"{HOME}/code", f"{HOME}/code", code="246810", tail="")
    assert bare(right.text) == bare(wrong[1].text)
    assert known.send(f"{HOME}/code", f"{HOME}/code", code="246810", tail="0000").status_code == 422
    assert known.send(f"{HOME}/code", f"{HOME}/code", code="246810", tail="002x").location == f"{HOME}/mine"


def test_a_code_is_tried_five_times_and_a_visit_ends(people: PersonRoom, contract: bytes) -> None:
    Desk(people.pages.desk.service).create(request(contract))
    visitor = people.visitor
    people.begin(visitor, YE.name, YE.phone)
    for _ in range(5):
        assert visitor.send(f"{HOME}/code", f"{HOME}/code", code="000000", tail="").status_code == 422
    assert visitor.send(f"{HOME}/code", f"{HOME}/code", code="246810", tail="").status_code == 422
    inside = people.enter(YE)
    assert "我的个人信息" in inside.get(f"{HOME}/mine").text
    assert inside.send(f"{HOME}/mine", f"{HOME}/leave").location == HOME
    assert inside.get(f"{HOME}/mine").location == HOME
    with people.pages.desk.service.ports.database.transaction() as session:
        assert forget_visits(session, system_now() + timedelta(hours=2)) == 1
        assert session.query(PersonVisit).count() == 0


def test_asking_again_and_again_is_refused_alike_for_known_and_unknown(pages: Pages, contract: bytes) -> None:
    people = opened(pages, PersonLimits(Allowance("a", 100), Allowance("b", 1)))
    pages.desk.create(request(contract))
    for name, phone in ((YU.name, YU.phone), ("查无此人", "13900000000")):
        assert people.begin(people.visitor, name, phone).status_code == 303
        assert people.begin(people.visitor, name, phone).status_code == 429
    assert people.visitor.send(HOME, HOME, name=" ", phone="x").status_code == 422


def test_guesses_at_the_name_of_a_phone_do_not_shut_out_whoever_has_it_until_they_are_very_many(
    pages: Pages, contract: bytes
) -> None:
    people = opened(pages, PersonLimits(Allowance("a", 100), Allowance("b", 1), Allowance("c", 5)))
    pages.desk.create(request(contract))
    for guess in ("查无此人", "何人", "何许人"):
        assert people.begin(people.visitor, guess, YU.phone).status_code == 303
    assert people.begin(people.visitor, YU.name, YU.phone).status_code == 303
    assert people.begin(people.visitor, YU.name, YU.phone).status_code == 429
    assert people.begin(people.visitor, "又一人", YU.phone).status_code == 303
    assert people.begin(people.visitor, "再一人", YU.phone).status_code == 429
    with pages.desk.service.ports.database.reading() as session:
        counted = {row.subject for row in session.query(RateLease)}
    assert len([one for one in counted if one.startswith("b:")]) == 6
    assert not [one for one in counted if YU.phone in one or YU.name in one]


def test_a_person_asks_for_a_copy_and_takes_it_away_once_it_is_granted(people: PersonRoom, contract: bytes) -> None:
    envelope = signed(people, contract)
    visitor, database = people.enter(YU), people.pages.desk.service.ports.database
    mine = visitor.get(f"{HOME}/mine").text
    assert "鸿福一生终身寿险合同" in mine
    assert "合同终止之后，再按法律规定的年限保存" in mine
    assert visitor.send(f"{HOME}/mine", f"{HOME}/ask", kind="correction", words="").status_code == 422
    assert visitor.send(f"{HOME}/mine", f"{HOME}/ask", kind="").status_code == 422
    assert visitor.send(f"{HOME}/mine", f"{HOME}/ask", kind="copy").status_code == 303
    assert visitor.send(f"{HOME}/mine", f"{HOME}/ask", kind="copy").status_code == 409
    with database.transaction() as session:
        (asked,) = people.room.requests.of(session, YU.name, YU.phone)
        assert not asked.told or asked.told.words == ""
        refused = visitor.post(f"{HOME}/requests/{asked.id}/copy", {"form_token": _token(visitor)})
    assert refused.status_code == 404
    with database.transaction() as session:
        people.room.requests.answer(
            session, asked, Outcome.GRANTED, "请下载。", by="usr_1", actor="staff:usr_1", now=system_now()
        )
    page = f"{HOME}/requests/{asked.id}/copy"
    taken = visitor.send(f"{HOME}/mine", page)
    assert taken.content_type == "application/zip"
    with zipfile.ZipFile(io.BytesIO(taken.data)) as archive:
        held = json.loads(archive.read("held.json"))
        assert json.loads(archive.read("1/person.json"))["name"] == YU.name
        assert json.loads(archive.read("1/handwriting.json"))["strokes"]
        assert archive.read("1/photo.jpg").startswith(b"\xff\xd8")
        assert archive.read("1/document-1.pdf").startswith(b"%PDF-")
        assert YE.phone not in archive.read("held.json").decode()
    assert [one["envelope"] for one in held["held"]] == [envelope]
    assert held["requests"][0]["answer"] == "请下载。"
    other = people.enter(YE)
    assert other.post(page, {"form_token": _token(other)}).status_code == 404
    with database.reading() as session:
        told = [event.type for event in read_stream(session, asked.id)]
    assert told == ["person-request.received", "person-request.answered", "person-request.collected"]


def test_whoever_a_recipient_without_a_number_lets_in_sees_no_request_of_the_others(
    people: PersonRoom, contract: bytes
) -> None:
    signed(people, contract)
    database, answer = people.pages.desk.service.ports.database, "您家里的地址已改。"
    asking = people.enter(YU)
    for kind in ("copy", "correction"):
        assert asking.send(f"{HOME}/mine", f"{HOME}/ask", kind=kind, words="x").status_code == 303
    with database.transaction() as session:
        asked = people.room.requests.of(session, YU.name, YU.phone)
        for one in asked:
            people.room.requests.answer(
                session, one, Outcome.GRANTED, answer, by="usr_1", actor="staff:usr_1", now=system_now()
            )
    without = replace(YU, id_number=None)
    Desk(people.pages.desk.service).create(short_request(contract, without))
    stranger = people.enter(without)
    mine = stranger.get(f"{HOME}/mine").text
    assert answer not in mine
    assert "地址" not in mine
    for one in asked:
        copied = stranger.post(f"{HOME}/requests/{one.id}/copy", {"form_token": _token(stranger)})
        assert copied.status_code == 404
    own = people.enter(YU)
    assert own.get(f"{HOME}/mine").text.count(answer) == 2
    assert stranger.send(f"{HOME}/mine", f"{HOME}/ask", kind="erasure").status_code == 303
    assert stranger.get(f"{HOME}/mine").text.count("要求删除") > mine.count("要求删除")  # the one that is their own


def test_a_correction_is_noted_beside_and_changes_nothing_that_was_signed(people: PersonRoom, contract: bytes) -> None:
    envelope, database = signed(people, contract), people.pages.desk.service.ports.database
    visitor = people.enter(YU)
    assert visitor.send(f"{HOME}/mine", f"{HOME}/ask", kind="correction", words="地址换了").status_code == 303
    before = Desk(people.pages.desk.service).envelope(envelope)
    with database.transaction() as session:
        (asked,) = people.room.requests.of(session, YU.name, YU.phone)
        corrected = [one.recipient for one in asked.concerned]
        people.room.requests.answer(
            session,
            asked,
            Outcome.GRANTED,
            "已记下。",
            by="usr_1",
            actor="staff:usr_1",
            now=system_now(),
            corrected=corrected,
        )
    assert Desk(people.pages.desk.service).envelope(envelope) == before
    told = visitor.get(f"{HOME}/mine").text
    assert "已记下。" in told


def test_without_a_way_to_send_codes_there_is_no_page(pages: Pages) -> None:
    without = Client(pages.app)
    assert without.get(HOME, base_url=SITE).status_code == 404
    assert HOME not in without.get("/", base_url=SITE).text


def _token(visitor: Visitor) -> str:
    return visitor.form(f"{HOME}/mine", f"{HOME}/ask").fields["form_token"]
