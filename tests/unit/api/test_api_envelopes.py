"""Envelopes through the API: made once, told of wholly, found by their people, and changed by who may."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from esign.api.errors import ApiError
from esign.ceremony.domain import commands
from esign.ceremony.models import Task
from esign.ceremony.tasks import Tasks
from esign.infra.jobs import NoJobs
from tests.service import YU, request, system_now
from tests.unit.api.client_office import *  # noqa: F403
from tests.unit.api.client_office import UPLOAD_AT_MOST, Office, asked, code_of
from tests.unit.api.invented_api import Caller


def test_an_envelope_is_told_with_who_acts_next_and_no_whole_phone_number(office: Office, contract: bytes) -> None:
    made = office.make(contract, external_id="proposal-17")
    assert (made["state"], made["test"], made["level"]) == ("in_progress", True, "B-LTA")
    assert (made["external_id"], made["title"]) == ("proposal-17", "鸿福一生终身寿险合同")
    applicant, insured = made["recipients"]
    assert applicant["phone"] == "*******0001"
    assert "13800000001" not in str(made)
    assert applicant["link"] == f"https://sign.example/s/{applicant['token']}"
    assert made["next"] == [*applicant["next"], *insured["next"]]
    assert [(move["actor"], move["act"]) for move in made["next"]] == [("recipient", "open")] * 2
    assert made["documents"][0]["sealed_sha256"] is None
    assert office.see(made) == made


def test_an_envelope_that_is_completed_is_told_with_its_seal_and_signatures(office: Office, contract: bytes) -> None:
    made = office.make(contract)
    office.complete(made)
    seen = office.see(made)
    assert seen["state"] == "completed"
    assert seen["next"] == [{"actor": "nobody", "act": "none", "recipient": None, "waiting_for": None}]
    assert seen["seal"] == {"attempt": 1, "failure": None}
    assert len(seen["documents"][0]["sealed_sha256"]) == 64
    for recipient in seen["recipients"]:
        assert recipient["state"] == "signed"
        assert recipient["signed_at"] is not None
        assert recipient["identity"]["assurance"] == "not-verified"
        assert (recipient["photo"]["check"], recipient["photo"]["by"]) == ("quality-only", "nobody")


def test_the_same_request_under_one_external_id_is_the_same_envelope(office: Office, contract: bytes) -> None:
    body = asked(contract, external_id="proposal-18")
    first = office.client.post("/v1/envelopes", json=body)
    again = office.client.post("/v1/envelopes", json=body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.get_json()["id"] == again.get_json()["id"]
    assert first.headers["Location"] == f"/v1/envelopes/{first.get_json()['id']}"
    changed = office.client.post("/v1/envelopes", json=body | {"title": "另一份合同"})
    assert code_of(changed) == (409, "external-id-taken")
    elsewhere = office.other.post("/v1/envelopes", json=body)
    assert elsewhere.status_code == 201
    assert elsewhere.get_json()["id"] != first.get_json()["id"]


def test_an_envelope_is_told_and_found_with_its_salesperson(office: Office, contract: bytes) -> None:
    made = office.make(contract, salesperson="usr_shen", institution="ins_east")
    other = office.make(contract)
    assert (made["salesperson"], made["institution"]) == ("usr_shen", "ins_east")
    assert (other["salesperson"], other["institution"]) == (None, None)
    found = office.client.get("/v1/envelopes?salesperson=usr_shen").get_json()["items"]
    assert [one["id"] for one in found] == [made["id"]]


def test_the_same_idempotency_key_makes_one_envelope(office: Office, contract: bytes) -> None:
    answers = [office.client.post("/v1/envelopes", key="one-and-only", json=asked(contract)) for _ in range(2)]
    assert answers[0].data == answers[1].data
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    assert len(office.client.get("/v1/envelopes").get_json()["items"]) == 1


def test_an_answer_that_cannot_be_kept_undoes_what_it_tells_of(office: Office, contract: bytes) -> None:
    """So a repeated request finds either the answer, or nothing done."""
    made, service = office.make(contract), office.desk.service

    def lost(*_: object) -> None:
        raise ApiError("request-running")

    with pytest.raises(ApiError):
        service.maker.create(office.state(made).client, request(contract), now=system_now(), beside=lost)
    with pytest.raises(ApiError):
        command = commands.Void(at=system_now(), by=office.state(made).client, reason="customer-asked")
        service.envelopes.change(made["id"], lambda *_: command, actor="system", beside=lost)
    assert [one["id"] for one in office.client.get("/v1/envelopes").get_json()["items"]] == [made["id"]]
    assert office.see(made)["state"] == "in_progress"


def test_a_draft_goes_out_when_it_is_sent(office: Office, contract: bytes) -> None:
    made = office.make(contract, send=False)
    assert (made["state"], made["next"][0]["act"]) == ("draft", "send")
    path = f"/v1/envelopes/{made['id']}/send"
    assert office.client.post(path).get_json()["state"] == "in_progress"
    assert office.client.post(path).status_code == 200


def test_voiding_ends_it_and_keeps_the_note_out_of_the_trail(office: Office, contract: bytes) -> None:
    made = office.make(contract)
    path = f"/v1/envelopes/{made['id']}/void"
    voided = office.client.post(path, json={"reason": "customer-asked", "note": "投保人改变主意"})
    assert voided.get_json()["state"] == "voided"
    assert voided.get_json()["ending"]["reason"] == "customer-asked"
    assert office.client.post(path, json={"reason": "customer-asked"}).status_code == 200
    assert code_of(office.client.post(f"/v1/envelopes/{made['id']}/send")) == (409, "envelope-voided")
    assert "投保人改变主意" not in str(office.see(made))


def test_the_seal_is_not_retried_where_it_did_not_fail(office: Office, contract: bytes) -> None:
    draft, sent = office.make(contract, send=False), office.make(contract)
    retry = [office.client.post(f"/v1/envelopes/{one['id']}/retry-seal") for one in (draft, sent)]
    assert [code_of(answer) for answer in retry] == [(409, "envelope-draft"), (409, "envelope-in-progress")]


def test_what_hinders_a_signature_is_told_with_the_move_that_waits(office: Office, contract: bytes) -> None:
    made = office.make(contract)
    office.desk.play(office.state(made), 0, YU)
    database = office.desk.service.ports.database
    with database.transaction() as session:
        task = session.query(Task).one()
        task.attempts = 1
        Tasks(NoJobs()).put_off(session, task.id, "tsa-unreachable", now=system_now())
    waits = office.see(made)["recipients"][0]["next"]
    assert [(move["actor"], move["act"], move["waiting_for"]) for move in waits] == [
        ("service", "sign", "tsa-unreachable")
    ]


FINDS = (
    "name=于文山",
    "phone=%2B86 138 0000 0001",
    "id_number=11010519491231002x",
    "state=in_progress",
    "external_id=proposal-19",
    "created_after=2026-01-01T00:00:00Z",
)
FINDS_NOT = ("name=于文", "state=completed", "created_before=2026-01-01T00:00:00Z", "name=于文山&phone=13800000009")


def test_envelopes_are_found_by_people_state_id_and_time(office: Office, contract: bytes) -> None:
    made = office.make(contract, external_id="proposal-19")
    office.make(contract, send=False, recipients=[asked(contract)["recipients"][1]])

    def found(caller: Caller, parameters: str) -> list[str]:
        return [one["id"] for one in caller.get(f"/v1/envelopes?{parameters}").get_json()["items"]]

    for parameters in FINDS:
        assert made["id"] in found(office.client, parameters), parameters
        assert found(office.other, parameters) == []
    for parameters in FINDS_NOT:
        assert found(office.client, parameters) == [], parameters
    assert len(found(office.client, "name=叶小禾")) == 2
    assert len(found(office.client, "name=于文山")) == 1


def test_a_search_that_cannot_find_is_refused_and_says_where(office: Office) -> None:
    for parameter, value in (
        ("phone", "abc"),
        ("phone", "000000"),
        ("name", "%20"),
        ("created_before", "0376-07-09T08:34:11Z"),
        ("created_after", "2026-01-01"),
        ("who", "x"),
    ):
        answer = office.client.get(f"/v1/envelopes?{parameter}={value}")
        assert code_of(answer) == (422, "request-invalid"), parameter
        assert answer.get_json()["errors"][0]["pointer"] == f"?{parameter}"


def test_lists_go_on_page_by_page_newest_first(office: Office, contract: bytes) -> None:
    made = [office.make(contract)["id"] for _ in range(3)]
    first = office.client.get("/v1/envelopes?limit=2").get_json()
    last = office.client.get(f"/v1/envelopes?limit=2&cursor={first['next_cursor']}").get_json()
    assert [one["id"] for one in (*first["items"], *last["items"])] == made[::-1]
    assert last["next_cursor"] is None


REFUSED: tuple[tuple[dict[str, Any], str], ...] = (
    ({"documents": [{"name": "a.pdf", "content": "bm90IGEgUERG"}]}, "document-not-pdf"),
    ({"documents": []}, "request-invalid"),
    ({"documents": [{"name": "a.pdf", "content": "***"}]}, "request-invalid"),
    ({"recipients": [{"role": "copy", "name": "于文山", "phone": "13800000001"}]}, "plan-documents"),
    ({"recipients": [{"role": "boss", "name": "于文山", "phone": "13800000001"}]}, "request-invalid"),
    ({"recipients": [{"role": "agent", "name": "于文山", "phone": "+86"}]}, "request-invalid"),
    ({"recipients": [{"role": "agent", "name": "于文山", "phone": "000000"}]}, "request-invalid"),
    ({"recipients": [{"role": "agent", "name": "于\u200b文山", "phone": "13800000001"}]}, "request-invalid"),
    (
        {"recipients": [{"role": "agent", "name": "于", "phone": "13800000001", "document": 3}]},
        "document-unknown",
    ),
    ({"expires_at": "2020-01-01T00:00:00Z"}, "plan-expiry"),
    ({"level": "B-B"}, "request-invalid"),
    ({"unknown": 1}, "request-invalid"),
    ({"photo": {"roles": ["copy"]}}, "plan-settings"),
)


def test_what_could_not_be_sealed_is_refused_at_creation(office: Office, contract: bytes) -> None:
    for changes, code in REFUSED:
        answer = office.client.post("/v1/envelopes", json=asked(contract, **changes))
        assert code_of(answer) == (422, code), changes
    assert office.client.get("/v1/envelopes").get_json()["items"] == []


def test_a_phone_of_the_agent_is_refused_as_a_customers(office: Office, contract: bytes) -> None:
    people = [
        {"role": "agent", "name": "石磊", "phone": "13800000007"},
        {"role": "applicant", "name": "于文山", "phone": "+8613800000007"},
    ]
    answer = office.client.post("/v1/envelopes", json=asked(contract, recipients=people))
    assert code_of(answer) == (422, "phone-of-agent")


def test_places_are_given_by_text_page_or_field(office: Office, contract: bytes) -> None:
    people = asked(contract)["recipients"]
    people[0]["place"] = {"page": 1, "box": [50, 50, 250, 120]}
    people[1]["place"] = {"anchor": {"text": "被保险人签名", "right": 4}}
    assert office.make(contract, recipients=people)["state"] == "in_progress"
    people[1]["place"] = {"anchor": {"text": "没有这段文字"}}
    missing = office.client.post("/v1/envelopes", json=asked(contract, recipients=people))
    assert code_of(missing) == (422, "anchor-not-found")
    people[1]["place"] = {"field": "nowhere"}
    assert office.client.post("/v1/envelopes", json=asked(contract, recipients=people)).status_code == 422
    people[1]["place"] = {}
    unclear = office.client.post("/v1/envelopes", json=asked(contract, recipients=people))
    assert unclear.get_json()["errors"][0]["pointer"] == "/recipients/1/place"


def test_documents_beyond_the_upload_limit_are_refused(office: Office) -> None:
    big = base64.b64encode(b"%PDF-1.7" + bytes(UPLOAD_AT_MOST)).decode("ascii")
    answer = office.client.post("/v1/envelopes", json=asked(b"", documents=[{"name": "a.pdf", "content": big}]))
    assert code_of(answer) == (413, "body-too-large")
