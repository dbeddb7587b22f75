"""Recipients through the API: seen, reminded, replaced, corrected by two people, and what they drew looked at."""

from __future__ import annotations

import io
import logging
from typing import Any

import pytest
from PIL import Image

from esign.api.scopes import Scope
from esign.ceremony.people import Person
from tests.service import YE, YU
from tests.unit.api.client_office import *  # noqa: F403
from tests.unit.api.client_office import Office, asked, code_of

SECOND = {"approved_by": "usr_0217"}
NEW = {"name": "叶文山", "phone": "13800000003"}


def path_of(made: dict[str, Any], number: int, act: str = "") -> str:
    return f"/v1/envelopes/{made['id']}/recipients/{made['recipients'][number]['id']}{act}"


def test_recipients_are_told_alone_as_in_their_envelope(office: Office, contract: bytes) -> None:
    made = office.make(contract)
    listed = office.client.get(f"/v1/envelopes/{made['id']}/recipients").get_json()["items"]
    assert listed == made["recipients"]
    assert office.client.get(path_of(made, 1)).get_json() == listed[1]


def test_a_reminder_waits_for_its_hour_and_then_goes_out_once(office: Office, contract: bytes) -> None:
    made = office.make(contract)
    early = office.client.post(path_of(made, 0, "/remind"))
    assert code_of(early) == (409, "reminder-too-early")
    office.client.post("/v1/test/clock", json={"advance": "PT1H"})
    answers = [office.client.post(path_of(made, 0, "/remind"), key="remind-once") for _ in range(2)]
    assert [answer.get_json()["reminders"] for answer in answers] == [1, 1]
    assert office.see(made)["recipients"][0]["reminders"] == 1


def test_replacing_after_sending_needs_a_second_person(office: Office, contract: bytes) -> None:
    made = office.make(contract)
    path = path_of(made, 1, "/replace")
    assert code_of(office.client.post(path, json=NEW)) == (409, "approval-missing")
    client = office.state(made).client
    own = office.client.post(path, json={**NEW, "approved_by": client})
    assert code_of(own) == (409, "own-approval")
    new = office.client.post(path, json={**NEW, **SECOND}).get_json()
    assert (new["name"], new["state"], new["role"]) == ("叶文山", "sent", "insured")
    old = office.client.get(path_of(made, 1)).get_json()
    assert (old["state"], old["replaced_by"]) == ("replaced", new["id"])
    assert code_of(office.client.post(path, json={**NEW, **SECOND})) == (409, "recipient-replaced")


def test_whoever_took_a_place_signs_in_it(office: Office, contract: bytes) -> None:
    made = office.make(contract)
    office.client.post(path_of(made, 0, "/replace"), json={**NEW, **SECOND})
    office.desk.play(office.state(made), 2, Person("叶文山", "13800000003"))
    office.desk.play(office.state(made), 1, YE)
    office.desk.work()
    assert office.see(made)["state"] == "completed"


def test_they_sign_too_with_a_name_that_the_document_was_not_prepared_for(office: Office, contract: bytes) -> None:
    made = office.make(contract)
    office.client.post(path_of(made, 0, "/replace"), json={**NEW, "name": "石磊", **SECOND})
    office.desk.play(office.state(made), 2, Person("石磊", "13800000003"))
    office.desk.play(office.state(made), 1, YE)
    office.desk.work()
    assert office.see(made)["state"] == "completed"


def test_a_name_that_nobody_can_draw_is_refused_before_anybody_signs(office: Office, contract: bytes) -> None:
    made = office.make(contract)
    answer = office.client.post(path_of(made, 0, "/replace"), json={**NEW, "name": "石\U0001f600", **SECOND})
    assert code_of(answer) == (422, "name-not-printable")
    assert office.see(made)["recipients"] == made["recipients"]


def test_a_corrected_phone_ends_the_old_link(office: Office, contract: bytes) -> None:
    made = office.make(contract)
    path = path_of(made, 0, "/correct-phone")
    same = office.client.post(path, json={"phone": YU.phone, **SECOND}).get_json()
    assert same["link"] == made["recipients"][0]["link"]
    assert code_of(office.client.post(path, json={"phone": "13800000004"})) == (409, "approval-missing")
    corrected = office.client.post(path, json={"phone": "13800000004", **SECOND}).get_json()
    assert (corrected["phone"], corrected["state"]) == ("*******0004", "sent")
    assert corrected["link"] != made["recipients"][0]["link"]
    assert len(office.client.get("/v1/envelopes?phone=13800000004").get_json()["items"]) == 1
    assert office.client.get(f"/v1/envelopes?phone={YU.phone}").get_json()["items"] == []


def test_no_change_gives_a_customer_the_agents_phone(office: Office, contract: bytes) -> None:
    people = [*asked(contract)["recipients"], {"role": "agent", "name": "石磊", "phone": "13800000007"}]
    made = office.make(contract, recipients=people)
    answers = [
        office.client.post(path_of(made, 0, "/correct-phone"), json={"phone": "+8613800000007", **SECOND}),
        office.client.post(path_of(made, 0, "/replace"), json={"name": "于文", "phone": "13800000007", **SECOND}),
        office.client.post(path_of(made, 2, "/correct-phone"), json={"phone": YU.phone, **SECOND}),
    ]
    assert [code_of(answer) for answer in answers] == [(422, "phone-of-agent")] * 3


def test_a_draft_is_changed_by_one_person(office: Office, contract: bytes) -> None:
    made = office.make(contract, send=False)
    assert office.client.post(path_of(made, 0, "/replace"), json=NEW).get_json()["state"] == "pending"


def test_the_salesperson_says_whose_face_it_is_once_there_is_one(office: Office, contract: bytes) -> None:
    made = office.make(contract, photo={"roles": ["applicant"], "face_statement": True})
    path, yes = path_of(made, 0, "/state-face"), {"is_customer": True, "by": "usr_0105"}
    assert code_of(office.client.post(path, json=yes)) == (409, "photo-unknown")
    office.desk.play(office.state(made), 0, YU)
    seen = office.see(made)
    assert {"actor": "salesperson", "act": "state-face"}.items() <= seen["recipients"][0]["next"][-1].items()
    other = office.client.post(path, json={**yes, "photo": "pho_01k9x7m2qvd4f6h8k0m2p4r6t8"})
    assert code_of(other) == (409, "photo-unknown")
    stated = office.client.post(path, json={**yes, "photo": seen["recipients"][0]["photo"]["id"]}).get_json()
    assert stated["face_stated"] is True


def test_a_face_that_is_not_the_customers_voids_the_envelope(office: Office, contract: bytes) -> None:
    made = office.make(contract, photo={"roles": ["applicant"], "face_statement": True})
    office.desk.play(office.state(made), 0, YU)
    office.client.post(path_of(made, 0, "/state-face"), json={"is_customer": False, "by": "usr_0105"})
    assert office.see(made)["state"] == "voided"


def test_what_was_drawn_and_taken_is_seen_afterwards_and_every_look_is_logged(
    office: Office, contract: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    made = office.make(contract)
    ink, photo = path_of(made, 0, "/handwriting.png"), path_of(made, 0, "/photo.jpg")
    assert code_of(office.client.get(ink)) == (409, "no-handwriting")
    assert code_of(office.client.get(photo)) == (409, "no-photo")
    office.desk.play(office.state(made), 0, YU)
    with caplog.at_level(logging.INFO, logger="esign"):
        pictures = [office.client.get(path) for path in (ink, photo)]
    assert [Image.open(io.BytesIO(one.data)).format for one in pictures] == ["PNG", "JPEG"]
    assert [one.headers["Cache-Control"] for one in pictures] == ["no-store"] * 2
    looks = [record for record in caplog.records if record.msg == "evidence was looked at"]
    assert [record.esign_fields["type"] for record in looks] == ["handwriting", "photo"]  # type: ignore[attr-defined]
    assert code_of(office.caller(Scope.ENVELOPES_READ, Scope.DOCUMENTS_READ).get(ink)) == (403, "scope-missing")


def test_an_erased_person_shows_as_erased(office: Office, contract: bytes) -> None:
    made = office.make(contract)
    service = office.desk.service
    with service.ports.database.transaction() as session:
        service.records.erase(session, office.state(made).recipients[0].plan.person, at=office.services.clock())
    first, second = office.see(made)["recipients"]
    assert (first["name"], first["phone"], first["locale"]) == ("已删除", "已删除", None)
    assert second["name"] == YE.name
    assert office.client.get(f"/v1/envelopes?phone={YU.phone}").get_json()["items"] == []
