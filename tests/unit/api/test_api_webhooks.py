"""Webhooks through the API: registered, changed, tried out, and delivered again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ca.ports import HttpAnswer, TransportFailure
from esign.infra.secret import Secret
from esign.webhooks.signature import verify
from tests.service import system_now
from tests.unit.api.client_office import *  # noqa: F403
from tests.unit.api.client_office import Office, code_of

URL = "https://platform.example/esign"


def register(office: Office, **changes: Any) -> dict[str, Any]:
    answer = office.client.post("/v1/webhook-endpoints", json={"url": URL, **changes})
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.get_json()
    return told


def test_a_secret_is_told_once(office: Office) -> None:
    made = register(office)
    secret = made.pop("secret")
    assert secret.startswith("whsec_")
    assert made["event_types"] == ["*"]
    path = f"/v1/webhook-endpoints/{made['id']}"
    assert office.client.get(path).get_json() == made
    assert office.client.get("/v1/webhook-endpoints").get_json() == {"items": [made]}
    rotated = office.client.post(f"{path}/rotate-secret").get_json()
    assert rotated["secret"] not in (secret, None)


def test_an_endpoint_is_changed_stopped_started_and_deleted(office: Office) -> None:
    path = f"/v1/webhook-endpoints/{register(office)['id']}"
    changed = office.client("PATCH", path, json={"event_types": ["envelope.completed"]}).get_json()
    assert (changed["url"], changed["event_types"]) == (URL, ["envelope.completed"])
    assert office.client.post(f"{path}/disable").get_json()["disabled_because"] == "by-client"
    assert office.client.post(f"{path}/enable").get_json()["disabled_at"] is None
    assert office.client("DELETE", path).status_code == 204
    assert code_of(office.client.get(path)) == (404, "webhook-endpoint-missing")


def test_an_endpoint_that_cannot_be_told_is_refused(office: Office) -> None:
    bodies: tuple[tuple[dict[str, Any], str], ...] = (
        ({"url": "http://platform.example/"}, "webhook-url"),
        ({"url": "https://127.0.0.1/"}, "webhook-url"),
        ({"url": "nonsense"}, "webhook-url"),
        ({"url": URL, "event_types": ["envelope.exploded"]}, "webhook-event-types"),
        ({"url": URL, "event_types": []}, "request-invalid"),
    )
    for body, code in bodies:
        answer = office.client.post("/v1/webhook-endpoints", json=body)
        assert code_of(answer) == (422, code)
        assert "127.0.0.1" not in answer.text


def test_a_test_message_is_signed_like_every_other(office: Office) -> None:
    made = register(office)
    ping = f"/v1/webhook-endpoints/{made['id']}/ping"
    sent = office.client.post(ping).get_json()
    assert (sent["status"], sent["failure"]) == (200, None)
    url, headers, body = office.receiver.got[0]
    assert url == URL
    assert verify(Secret(made["secret"]), headers, body, now=system_now()) == sent["id"]
    assert json.loads(body)["type"] == "ping"
    office.receiver.answer = 500
    assert office.client.post(ping).get_json()["failure"] == "http-error"
    office.receiver.answer = TransportFailure.TIMEOUT
    assert office.client.post(ping).get_json() | {"id": ""} == {"id": "", "status": None, "failure": "timeout"}


def test_a_second_test_message_at_once_is_refused(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    ping = f"/v1/webhook-endpoints/{register(office)['id']}/ping"
    meanwhile: list[tuple[int, str]] = []

    def post(*_: object, **__: object) -> HttpAnswer:
        meanwhile.append(code_of(office.client.post(ping)))
        return HttpAnswer(200, "text/plain", b"")

    monkeypatch.setattr(office.receiver, "post", post)
    assert office.client.post(ping).get_json()["status"] == 200
    assert meanwhile == [(409, "webhook-ping-running")]


def test_deliveries_are_listed_and_sent_again(office: Office, contract: bytes) -> None:
    made = register(office, event_types=["envelope.created", "envelope.sent"])
    office.make(contract)
    office.tend()
    path = f"/v1/webhook-endpoints/{made['id']}/deliveries"
    first = office.client.get(f"{path}?limit=1").get_json()
    last = office.client.get(f"{path}?limit=1&cursor={first['next_cursor']}").get_json()
    assert [one["event_type"] for one in (*first["items"], *last["items"])] == ["envelope.sent", "envelope.created"]
    assert last["next_cursor"] is None
    assert office.client.get(f"{path}?state=dead").get_json()["items"] == []
    delivery = first["items"][0]["id"]
    again = office.client.post(f"/v1/webhook-deliveries/{delivery}/redeliver").get_json()
    assert (again["id"], again["state"], again["attempts"]) == (delivery, "pending", 0)
    office.client.post(f"/v1/webhook-endpoints/{made['id']}/disable")
    refused = office.client.post(f"/v1/webhook-deliveries/{delivery}/redeliver")
    assert code_of(refused) == (409, "webhook-endpoint-disabled")


def test_a_client_has_twenty_endpoints_at_most(office: Office) -> None:
    for number in range(20):
        register(office, url=f"{URL}/{number}")
    answer = office.client.post("/v1/webhook-endpoints", json={"url": URL})
    assert code_of(answer) == (409, "webhook-endpoints-at-most")
