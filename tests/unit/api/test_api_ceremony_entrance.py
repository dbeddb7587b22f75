"""Links, codes and sessions over HTTP: who gets in, on which device, for how long, and what a stranger is told."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest
from PIL import Image
from schemathesis.openapi import from_dict
from sqlalchemy import func, select
from werkzeug.test import Client

from esign.api.app import mount, openapi_document
from esign.api.call import Call, Reply
from esign.api.ceremony_refusals import as_told
from esign.api.link_limits import LinkLimits
from esign.api.models import RateLease
from esign.api.problems import problem_of
from esign.api.rates import Allowance, RateLimits
from esign.ceremony.creation import keep_person
from esign.ceremony.domain import commands
from esign.ceremony.errors import IdentityServiceUnavailable
from esign.ceremony.people import Person
from esign.service import assemble
from tests.service import YE, YU, request, short_request, system_now
from tests.unit.api.ceremony_room import *  # noqa: F403
from tests.unit.api.ceremony_room import EN, ZH, Phone, Room, api_of, drawn_face


def test_another_device_goes_on_where_the_first_stopped_and_ends_its_session(room: Room, contract: bytes) -> None:
    envelope = room.desk.create(request(contract))
    first, second = room.phone(envelope, 0), room.phone(envelope, 0)
    first.enter()
    first.read()
    assert second.visit("/code").status_code == 200
    assert second.answer().status_code == 200
    assert second.progress()["state"] == "read"
    for told in (first.call("GET", "/v1/ceremony"), first.draw()):
        assert (told.status_code, told.json["code"]) == (409, "another-device")
    assert second.draw().status_code == 200


def test_a_code_that_was_wrong_five_times_is_burned_and_the_next_one_works(room: Room, contract: bytes) -> None:
    envelope = room.desk.create(request(contract))
    phone = room.phone(envelope, 0)
    phone.visit("/open")
    phone.visit("/code")
    told = [phone.answer("000000") for _ in range(5)]
    assert {(one.status_code, one.json["code"]) for one in told} == {(403, "code-wrong")}
    assert [one.json["errors"][0]["pointer"] for one in told] == ["/code"] * 5
    assert ["4" in told[0].text, "失效" in told[4].text] == [True, True]
    burned = phone.answer()
    assert (burned.status_code, burned.json["code"]) == (409, "code-burned")
    phone.visit("/code")
    assert phone.answer().status_code == 200


def test_details_that_differ_count_as_tries_and_are_not_repeated(room: Room, contract: bytes) -> None:
    envelope = room.desk.create(request(contract))
    phone = room.phone(envelope, 0)
    phone.visit("/open")
    phone.visit("/code")
    for changes in ({"name": "于文水"}, {"id_last_four": "0021"}, {"id_last_four": None}):
        told = phone.answer(**changes)
        assert (told.status_code, told.json["code"]) == (403, "details-differ")
        assert "于文水" not in told.text
    assert phone.answer(name=" 于 文山", id_last_four="002x").status_code == 200


def test_a_code_is_good_once_and_for_five_minutes(room: Room, contract: bytes) -> None:
    envelope = room.desk.create(request(contract))
    phone = room.phone(envelope, 0)
    phone.visit("/open")
    phone.visit("/code")
    room.pass_by(minutes=5)
    assert phone.answer().json["code"] == "code-expired"
    phone.visit("/code")
    assert phone.answer().status_code == 200
    assert phone.answer().json["code"] == "code-burned"


def test_codes_are_sent_five_times_an_hour_at_most(room: Room, contract: bytes) -> None:
    envelope = room.desk.create(request(contract))
    phone = room.phone(envelope, 0)
    phone.visit("/open")
    assert [phone.visit("/code").status_code for _ in range(6)] == [200] * 5 + [429]
    told = phone.visit("/code")
    assert (told.json["code"], told.headers["Retry-After"]) == ("too-many-codes", "3600")


def test_a_session_is_over_after_two_hours_and_a_fresh_code_resumes(room: Room, contract: bytes) -> None:
    envelope = room.desk.create(request(contract))
    phone = room.phone(envelope, 0)
    phone.enter()
    phone.read()
    room.pass_by(hours=2)
    told = phone.draw()
    assert (told.status_code, told.json["code"]) == (401, "session-over")
    assert phone.visit("/code").status_code == 200
    assert phone.answer().status_code == 200
    assert phone.progress()["next"] == "draw"


def test_a_corrected_phone_ends_the_old_link_and_its_session(room: Room, contract: bytes) -> None:
    envelope = room.desk.create(request(contract))
    old = room.phone(envelope, 0)
    old.enter()
    service = room.desk.service

    def corrected(session: object, _envelope: object) -> commands.Command:
        person = keep_person(service.records, session, Person(YU.name, "13800000009"), now=system_now())  # type: ignore[arg-type]
        return commands.CorrectPhone(
            at=system_now(), recipient=envelope.recipients[0].id, person=person, by="usr_a", approved_by="usr_b"
        )

    service.envelopes.change(envelope.id, corrected, actor="user:usr_a")
    assert old.call("GET", "/v1/ceremony").json["code"] == "another-device"
    for act in ("", "/open", "/code", "/copy-code"):
        told = old.visit(act)
        assert (told.status_code, told.json["code"]) == (404, "link-unknown")
    assert old.answer().json["code"] == "link-unknown"
    new = room.phone(envelope, 0, Person(YU.name, "13800000009"))
    assert new.visit().json["phone_ends"] == "0009"
    new.enter()


def test_a_token_that_differs_in_one_character_is_a_strangers(room: Room, contract: bytes) -> None:
    envelope = room.desk.create(request(contract))
    phone = room.phone(envelope, 0)
    phone.enter()
    token = str(phone.token)
    for place in (5, len(token) // 2, len(token) - 2):
        phone.token = token[:place] + ("a" if token[place] != "a" else "b") + token[place + 1 :]
        told = phone.call("GET", "/v1/ceremony")
        assert (told.status_code, told.json["code"]) == (401, "session-refused")
    phone.token = None
    assert phone.call("GET", "/v1/ceremony").json["code"] == "credentials-missing"
    phone.link = phone.link[:-2] + ("aa" if not phone.link.endswith("aa") else "bb")
    assert phone.visit().json["code"] == "link-unknown"


def test_agent_and_address_are_those_of_the_request_not_of_the_body(room: Room, contract: bytes) -> None:
    envelope = room.desk.create(request(contract))
    phone = room.phone(envelope, 0)
    phone.visit("/open")
    phone.visit("/code")
    assert phone.answer(device={"user_agent": "another"}).json["errors"][0]["pointer"] == "/device/user_agent"
    assert phone.answer(device={"language": "zh-CN", "screen": "390x844@3"}).status_code == 200
    with room.desk.service.ports.database.reading() as session:
        record = room.desk.envelope(envelope.id).recipients[0].session.identity
        assert record is not None
        kept = room.desk.service.records.read(session, str(record.record)).decode()
    assert all(fact in kept for fact in ("a phone", "203.0.113.7", "390x844@3"))


def test_one_link_is_asked_so_often_and_not_more(room: Room, contract: bytes) -> None:
    envelope = room.desk.create(request(contract))
    client = Client(mount(api_of(room.desk.service, links=LinkLimits(link=Allowance("link", 3, 1440)))))
    phone, other = (Phone(client, room.desk.link(envelope, number)) for number in (0, 1))
    assert [phone.visit().status_code for _ in range(4)] == [200, 200, 200, 429]
    assert phone.answer().json["code"] == "too-many-requests"
    assert other.visit().status_code == 200


def test_one_address_asks_so_often_and_not_more(room: Room, contract: bytes) -> None:
    room.desk.create(request(contract))
    app = api_of(room.desk.service, RateLimits(address=Allowance("few", 3, 1440)))
    stranger = Phone(Client(mount(app)), "rcp_01k9x7m2qv8w3c5t6r4n0b1d2e.x")
    assert [stranger.visit().status_code for _ in range(4)] == [404, 404, 404, 429]


@pytest.mark.parametrize(
    ("path", "body", "kind", "status"),
    [
        ("/v1/ceremony/handwriting", b"[" * 3_000_000, "application/json", 413),
        ("/v1/ceremony/handwriting", b"[" * 100_000, "application/json", 422),
        ("/v1/ceremony/handwriting", b"\xff\x00", "application/json", 422),
        ("/v1/ceremony/handwriting", b'{"schema":"esign-handwriting/1"}', "application/json", 422),
        ("/v1/ceremony/handwriting", b"", "application/json", 422),
        ("/v1/ceremony/handwriting", b"{}", "text/plain", 415),
        ("/v1/ceremony/photo", b"\x00" * (15 * 1024 * 1024 + 1), "image/jpeg", 413),
        ("/v1/ceremony/photo", b"GIF89a", "image/gif", 415),
        ("/v1/ceremony/consents", b"{", "application/json", 400),
        ("/v1/ceremony/consents", b'{"id":"x","version":"1","digest":"5E"}', "application/json", 422),
        ("/v1/ceremony/pages", b'{"stays":[]}', "application/json", 422),
        ("/v1/ceremony/pages", b"[]", "application/json", 422),
        ("/v1/ceremony/pages", b'{"page":1,"entered_at":"2026-03-01","left_at":5}', "application/json", 422),
        (
            "/v1/ceremony/pages",
            b'{"page":1,"entered_at":"0001-01-01T00:00:00+23:59","left_at":"9999-12-31T23:59:59-23:59"}',
            "application/json",
            422,
        ),
        ("/v1/ceremony/decline", b'{"reason":"Because"}', "application/json", 422),
        ("/v1/ceremony/no-face", b'{"reason":"x","assisted_by":"somebody"}', "application/json", 422),
    ],
)
def test_oversized_and_garbage_bodies_are_refused_and_change_nothing(
    room: Room, contract: bytes, path: str, body: bytes, kind: str, status: int
) -> None:
    envelope = room.desk.create(request(contract))
    phone = room.phone(envelope, 0)
    phone.enter()
    version = room.version(envelope)
    told = phone.call("POST", path, data=body, content_type=kind)
    assert told.status_code == status, told.text
    assert told.mimetype == "application/problem+json"
    assert room.version(envelope) == version


def test_garbage_in_place_of_a_photo_is_refused_with_words_for_the_person(room: Room, contract: bytes) -> None:
    envelope = room.desk.create(request(contract))
    phone = room.phone(envelope, 0)
    phone.enter()
    phone.read()
    phone.draw()
    phone.consent("photo")
    grey = io.BytesIO()
    Image.new("L", (640, 800), 128).save(grey, "JPEG")
    version = room.version(envelope)
    pictures = {
        "photo-format": (b"not a picture", b"", b"GIF89a", b"%PDF-1.7"),
        "photo-broken": (b"\xff\xd8\xff\xe0" + b"x" * 100, drawn_face(1)[:900]),
        "photo-nothing-seen": (grey.getvalue(),),
    }
    for code, bodies in pictures.items():
        for body in bodies:
            told = phone.call("POST", "/v1/ceremony/photo", data=body, content_type="image/jpeg")
            assert (told.status_code, told.json["code"]) == (422, code)
    assert told.json["errors"] == [
        {"pointer": "", "message": "照片里什么也看不出来。请看看镜头有没有被挡住，再拍一张。"}
    ]
    assert room.version(envelope) == version


def test_whatever_is_sent_to_whichever_operation_is_answered_with_a_problem(room: Room, contract: bytes) -> None:
    envelope = room.desk.create(request(contract))
    phone = room.phone(envelope, 0)
    phone.enter()
    app = api_of(room.desk.service)
    own = [operation for resource in app.resources for operation in resource.operations if "/v1/c" in operation.path]
    assert len(own) == 21
    for operation in own:
        for part in ("x", "%00", "x" * 500, phone.link):
            path = operation.path.replace("<page>", part).replace("<link>", part).replace("<token>", part)
            for body in (b"", b"null", b"[]", b'{"code":0}', b"\x00\xff", b"{" * 2000):
                told = phone.call(operation.method, path, data=body, content_type="application/json")
                fine = operation.body is None and told.status_code == 200
                assert fine or told.mimetype == "application/problem+json", (operation.name, part, body)
                assert told.status_code < 500, (operation.name, part, body)


def test_the_description_is_valid_and_its_examples_are_what_is_described(room: Room) -> None:
    app = api_of(room.desk.service)
    schema = from_dict(json.loads(json.dumps(openapi_document(app))))
    schema.validate()
    for operation in app.declared.operations():
        if isinstance(operation.body, type) and operation.example is not None:
            operation.body.model_validate_json(json.dumps(operation.example))
        if isinstance(operation.answer, type) and operation.answer_example is not None:
            operation.answer.model_validate(operation.answer_example)


def test_the_docs_show_every_operation_with_its_problems(room: Room) -> None:
    phone = Phone(room.client, "x")
    for resource in ("ceremonies", "ceremony", "copies"):
        page = phone.call("GET", f"/v1/docs/{resource}", headers=ZH)
        assert page.status_code == 200
        assert "/v1/" in page.text


def test_a_link_without_form_is_answered_as_one_that_nobody_has(room: Room) -> None:
    for link in ("x", "rcp_x.y", "." * 160, "a" * 161, "%00", "%E4%BA%8E"):
        told = Phone(room.client, link).visit()
        assert (told.status_code, told.json["code"] in ("link-unknown", "no-route")) == (404, True)


def test_links_that_nobody_made_leave_no_row_behind(room: Room, contract: bytes) -> None:
    phone = room.phone(room.desk.create(request(contract)), 0)
    recipient, _dot, _proof = phone.link.partition(".")
    for number, link in enumerate(("x", f"rcp_{'0' * 26}.{'x' * 27}", f"{recipient}.{'x' * 27}")):
        for act in ("", "/open", "/code", "/copy-code"):
            told = Phone(room.client, f"{link}{number}").visit(act)
            assert (told.status_code, told.json["code"]) == (404, "link-unknown")

    def counted() -> int:
        with room.desk.service.ports.database.reading() as session:
            chosen = select(func.count()).select_from(RateLease).where(RateLease.subject.like("link:%"))
            return session.scalar(chosen) or 0

    assert counted() == 0
    assert phone.visit().status_code == 200
    assert counted() == 1


def test_a_live_service_opens_no_ceremony_of_test_mode(room: Room, contract: bytes) -> None:
    envelope = room.desk.create(short_request(contract, YU))
    room.desk.play(envelope, 0, YU)
    room.desk.work()
    tested = room.phone(envelope, 0)
    assert tested.visit("/copy-code").status_code == 200
    opened = tested.visit("/copy", json={"code": "246810"}).json["token"]

    live = assemble(replace(room.desk.service.ports, live=True))
    phone = Phone(Client(mount(api_of(live))), tested.link)
    for act in ("", "/open", "/code", "/copy-code"):
        told = phone.visit(act)
        assert (told.status_code, told.json["code"]) == (404, "link-unknown")
    assert phone.answer().json["code"] == "link-unknown"
    assert phone.visit("/copy", json={"code": "246810"}).json["code"] == "link-unknown"
    assert tested.call("GET", f"/v1/copies/{opened}/sealed.pdf").status_code == 200
    assert phone.call("GET", f"/v1/copies/{opened}/sealed.pdf").json["code"] == "copy-over"


def test_a_session_that_is_over_is_not_told_old_answers_again(room: Room, contract: bytes) -> None:
    phone, again = (room.phone(room.desk.create(request(contract)), 0), {"Idempotency-Key": "one"})
    phone.enter()
    early = phone.call("POST", "/v1/ceremony/confirm", headers={"Idempotency-Key": "two"})
    assert (early.status_code, early.json["code"]) == (409, "read-first")
    phone.read()
    assert phone.draw().status_code == 200
    later = phone.call("POST", "/v1/ceremony/confirm", headers={"Idempotency-Key": "two"})
    assert (later.status_code, later.json["code"]) == (409, "photo-missing")

    finish = "/v1/ceremony/finish-reading"
    assert phone.call("POST", finish, headers=again).status_code == 200
    assert phone.call("POST", finish, headers=again).headers["Idempotency-Replayed"] == "true"
    newer = Phone(room.client, phone.link)
    assert newer.visit("/code").status_code == 200
    assert newer.answer().status_code == 200
    told = phone.call("POST", finish, headers=again)
    assert (told.status_code, told.json["code"]) == (409, "another-device")
    assert newer.call("POST", finish, headers=again).status_code == 200
    room.pass_by(hours=2)
    told = newer.call("POST", finish, headers=again)
    assert (told.status_code, told.json["code"]) == (401, "session-over")


def test_a_vendor_that_does_not_answer_is_told_as_that_and_not_by_its_words() -> None:
    def fails(_call: Call) -> Reply:
        raise IdentityServiceUnavailable("identity-service-timeout", "the vendor at 10.0.0.1 is silent", "try later")

    with pytest.raises(IdentityServiceUnavailable) as raised:
        as_told(fails)(None)  # type: ignore[arg-type]
    problem = problem_of(raised.value)
    assert (problem.status, problem.code, problem.hidden) == (503, "vendor-unavailable", True)
    assert "10.0.0.1" not in "".join(problem.detail)


def test_who_has_no_turn_yet_is_told_so_in_both_languages(room: Room, contract: bytes) -> None:
    usual = request(contract)
    second = [*usual.recipients[:1], type(usual.recipients[1])(usual.recipients[1].role, YE, group=2)]
    envelope = room.desk.create(request(contract, recipients=second))
    phone = room.phone(envelope, 1, YE)
    assert phone.visit().json["state"] == "pending"
    told = [phone.visit("/open", headers=language).json for language in (ZH, EN)]
    assert {one["code"] for one in told} == {"not-your-turn"}
    assert told[0]["detail"] == "还没有轮到这位签署人。轮到时会发送通知。"
    assert told[1]["detail"].startswith("It is not this recipient's turn yet.")
