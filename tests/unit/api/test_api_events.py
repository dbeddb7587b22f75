"""Events through the API: in the trail's order, nothing too early, and proofs that need no server."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from esign.api.pagination import write_cursor
from esign.trail.checkpoint import read_token
from esign.trail.note import NoteVerifier, parse_note, verify_note
from esign.trail.proof import parse_inclusion_proof, verify_inclusion_proof
from tests.service import YE, YU
from tests.unit.api.client_office import *  # noqa: F403
from tests.unit.api.client_office import Office, code_of
from tests.vectors.trail.stored import LOG_KEY, ORIGIN


def types(events: list[dict[str, Any]]) -> list[str]:
    return [event["type"] for event in events]


def test_the_feed_goes_on_where_it_ended_and_tells_each_event_once(office: Office, contract: bytes) -> None:
    made = office.make(contract)
    empty = office.client.get("/v1/events").get_json()
    assert (empty["items"], empty["has_more"]) == ([], False)
    office.keeper.place()
    first = office.client.get(f"/v1/events?limit=2&after={empty['next_cursor']}").get_json()
    assert types(first["items"]) == ["envelope.created", "envelope.sent"]
    assert first["items"][0]["data"] == {"envelope": made["id"], "external_id": None}
    assert first["has_more"] is True
    rest = office.client.get(f"/v1/events?after={first['next_cursor']}").get_json()
    assert types(rest["items"]) == ["recipient.sent", "recipient.sent"]
    office.client.post(f"/v1/envelopes/{made['id']}/void", json={"reason": "customer-asked"})
    office.keeper.place()
    new = office.client.get(f"/v1/events?after={rest['next_cursor']}").get_json()
    assert types(new["items"]) == ["envelope.voided"]
    assert office.other.get("/v1/events").get_json()["items"] == []


def test_the_feed_tells_one_type_where_asked(office: Office, contract: bytes) -> None:
    office.make(contract)
    office.keeper.place()
    assert types(office.client.get("/v1/events?type=envelope.sent").get_json()["items"]) == ["envelope.sent"]
    assert code_of(office.client.get("/v1/events?type=recipient.page-read")) == (422, "request-invalid")


def test_a_completion_is_told_only_under_a_checkpoint(office: Office, contract: bytes) -> None:
    made = office.make(contract)
    for number, person in enumerate((YU, YE)):
        office.desk.play(office.state(made), number, person)
        office.desk.work()
    timeline = f"/v1/envelopes/{made['id']}/events?limit=200"
    assert "document.sealed" not in types(office.client.get(timeline).get_json()["items"])
    office.keeper.place()
    for path in ("/v1/events?limit=200", timeline):
        told = types(office.client.get(path).get_json()["items"])
        assert told[-1] == "envelope.signed"
    office.keeper.publish()
    for path in ("/v1/events?limit=200", timeline):
        told = types(office.client.get(path).get_json()["items"])
        assert told[-2:] == ["document.sealed", "envelope.completed"]
        assert "recipient.page-read" not in told


def test_an_envelopes_events_come_page_by_page(office: Office, contract: bytes) -> None:
    made = office.make(contract)
    path = f"/v1/envelopes/{made['id']}/events?limit=3"
    first = office.client.get(path).get_json()
    last = office.client.get(f"{path}&cursor={first['next_cursor']}").get_json()
    assert types([*first["items"], *last["items"]]) == [
        *("envelope.created", "envelope.sent", "recipient.sent", "recipient.sent")
    ]
    assert last["next_cursor"] is None


def test_a_cursor_of_another_list_is_refused(office: Office, contract: bytes) -> None:
    made = office.make(contract)
    cursor = office.client.get("/v1/events").get_json()["next_cursor"]
    wrong = [
        f"/v1/envelopes/{made['id']}/events?cursor={cursor}",
        "/v1/events?after=ZXZlbnRzCmFiYw",  # events, abc
        f"/v1/events?after={write_cursor('events', '9' * 40)}",
        f"/v1/events?after={write_cursor('events', '0' * 17 + '9' * 80)}",
        f"/v1/envelopes/{made['id']}/events?cursor={write_cursor('timeline', '0' * 17 + '9' * 80)}",
    ]
    assert [code_of(office.client.get(path)) for path in wrong] == [(400, "cursor-refused")] * 5
    assert office.client.get(f"/v1/events?after={write_cursor('events', str(2**53))}").status_code == 200


def test_an_event_is_proven_with_its_file_and_the_key_alone(office: Office, contract: bytes) -> None:
    office.make(contract)
    assert code_of(office.client.get("/v1/trail/checkpoint")) == (409, "no-checkpoint")
    office.keeper.place()
    event = office.client.get("/v1/events").get_json()["items"][-1]["id"]
    assert code_of(office.client.get(f"/v1/events/{event}/proof")) == (409, "event-not-covered")
    office.tend()
    proof = office.client.get(f"/v1/events/{event}/proof")
    assert proof.content_type == "text/plain; charset=utf-8"
    assert verify_inclusion_proof(parse_inclusion_proof(proof.data), [LOG_KEY.public_key]).id == event


def test_the_latest_checkpoint_is_told_with_its_timestamp_and_key(office: Office, contract: bytes) -> None:
    office.make(contract)
    office.tend()
    told = office.client.get("/v1/trail/checkpoint").get_json()
    verifier = NoteVerifier.from_vkey(told["verifier"])
    assert verifier == ORIGIN.verifier(LOG_KEY.public_key)
    note = told["note"].encode()
    assert verify_note(parse_note(note), [verifier]) == {verifier}
    token = base64.b64decode(told["timestamp_token"])
    assert hashlib.sha256(note).digest() in token
    assert read_token(token).gen_time.isoformat().startswith(told["at"][:19])
