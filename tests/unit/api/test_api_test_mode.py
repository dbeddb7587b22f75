"""Test mode: a clock that the client moves, its own outbox, and captures that a ceremony accepts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from esign.ceremony.canned_handwriting import canned_handwriting
from esign.ceremony.canned_photo import canned_photo
from esign.ceremony.capture import accepted_handwriting
from esign.evidence.handwriting import encode_handwriting
from esign.evidence.likeness import is_replay, stroke_fingerprint
from esign.evidence.photo import check_photo, read_photo
from esign.infra.messages import MessageBox
from tests.service import YU, system_now
from tests.unit.api.client_office import *  # noqa: F403
from tests.unit.api.client_office import Office, code_of, open_office
from tests.unit.api.invented_api import Caller, token_of


def test_a_moved_clock_lets_an_envelope_expire_for_this_client_alone(office: Office, contract: bytes) -> None:
    made = office.make(contract)
    before = datetime.fromisoformat(office.client.get("/v1/test/clock").get_json()["now"])
    moved = datetime.fromisoformat(office.client.post("/v1/test/clock", json={"advance": "P15D"}).get_json()["now"])
    assert moved - before >= timedelta(days=15)
    assert office.see(made)["state"] == "expired"
    others = datetime.fromisoformat(office.other.get("/v1/test/clock").get_json()["now"])
    assert abs(others - system_now()) < timedelta(minutes=5)


def test_reminders_that_are_due_have_gone_out_when_the_answer_comes(office: Office, contract: bytes) -> None:
    made = office.make(contract, reminders={"first_after_hours": 24, "every_hours": 24, "at_most": 2})
    office.client.post("/v1/test/clock", json={"advance": 25 * 3600})
    assert [one["reminders"] for one in office.see(made)["recipients"]] == [1, 1]


def test_a_clock_moves_forward_only_and_not_for_ever(office: Office) -> None:
    for advance in ("-P1D", "P4000D", -5):
        assert code_of(office.client.post("/v1/test/clock", json={"advance": advance})) == (422, "clock-move")
    for advance in ("tomorrow", None, [], "P999999999999D", 1e300):
        assert code_of(office.client.post("/v1/test/clock", json={"advance": advance})) == (422, "request-invalid")


def test_the_outbox_shows_codes_and_links_of_the_clients_own_envelopes(office: Office, contract: bytes) -> None:
    made, second = office.make(contract), office.make(contract)
    link = made["recipients"][0]["link"]
    office.desk.service.entrance.open(made["recipients"][0]["token"])
    office.desk.service.entrance.send_code(made["recipients"][0]["token"])
    messages = office.client.get(f"/v1/test/outbox?envelope={made['id']}").get_json()["items"]
    assert [message["kind"] for message in messages] == ["code", "invitation", "invitation"]
    assert "246810" in messages[0]["text"]
    assert any(link in message["text"] for message in messages[1:])
    assert messages[0]["to"] == YU.phone
    first = office.client.get("/v1/test/outbox?limit=4").get_json()
    last = office.client.get(f"/v1/test/outbox?limit=4&cursor={first['next_cursor']}").get_json()
    assert {one["envelope"] for one in (*first["items"], *last["items"])} == {made["id"], second["id"]}
    assert len(first["items"]) + len(last["items"]) == 5
    assert office.other.get("/v1/test/outbox").get_json()["items"] == []
    assert code_of(office.other.get(f"/v1/test/outbox?envelope={made['id']}")) == (404, "no-envelope")


def test_a_canned_capture_is_taken_in_a_ceremony(office: Office, contract: bytes) -> None:
    made = office.make(contract)
    ceremony = office.desk.service.ceremony
    token = office.desk.enter(office.state(made), 0, YU)
    office.desk.read(token)
    ceremony.draw(token, office.client.get("/v1/test/handwriting?name=于文山").data)
    office.desk.consent(token, "photo")
    ceremony.take_photo(token, office.client.get("/v1/test/photo.jpg?name=于文山").data)
    ceremony.confirm(token)
    assert office.see(made)["recipients"][0]["state"] == "confirmed"


def test_every_name_has_a_hand_of_its_own_that_passes() -> None:
    hands = [canned_handwriting(f"name {number}") for number in range(40)]
    for hand in hands:
        assert accepted_handwriting(encode_handwriting(hand)) == hand
    prints = [stroke_fingerprint(hand) for hand in hands]
    assert not any(is_replay(one, other) for one, other in pairwise(prints))
    assert canned_handwriting("于文山") == canned_handwriting("于文山")


def test_every_name_has_a_face_that_passes() -> None:
    faces = {canned_photo(f"name {number}") for number in range(20)}
    assert len(faces) > 15
    assert not [face for face in faces if check_photo(read_photo(face))]


def test_live_mode_has_none_of_it(office: Office) -> None:
    ports = replace(office.desk.service.ports, live=True)
    box = ports.messages
    assert isinstance(box, MessageBox)
    live = open_office(ports, box)
    for mode, code in (("live", "test-mode-only"), ("test", "mode-refused")):
        caller = Caller(live.api, token_of(live.services, mode=mode))  # type: ignore[arg-type]
        answers = [
            caller.get("/v1/test/clock"),
            caller.post("/v1/test/clock", json={"advance": "P1D"}),
            caller.get("/v1/test/outbox"),
            caller.get("/v1/test/handwriting"),
            caller.get("/v1/test/photo.jpg"),
        ]
        assert [code_of(answer) for answer in answers] == [(403, code)] * 5


def test_a_live_envelope_is_told_without_its_links(office: Office, contract: bytes) -> None:
    ports = replace(office.desk.service.ports, live=True)
    box = ports.messages
    assert isinstance(box, MessageBox)
    live = open_office(ports, box)
    live.client = Caller(live.api, token_of(live.services, mode="live"))
    made = live.make(contract, identity_levels=["not-verified"])
    assert (made["mode"], made["test"]) == ("live", False)
    assert [(one["link"], one["token"]) for one in made["recipients"]] == [(None, None)] * 2
