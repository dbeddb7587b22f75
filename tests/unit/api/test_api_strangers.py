"""Every operation with an id in its path, found in what is served: a stranger finds nothing there, as at no id.

An operation that is added is tried here by itself; one whose parameter this file cannot fill fails the test.
"""

from __future__ import annotations

import base64
from itertools import product
from typing import Any

import pytest
from werkzeug.test import TestResponse

from esign.api.operations import Operation
from esign.api.scopes import Scope
from tests.unit.api.client_office import *  # noqa: F403
from tests.unit.api.client_office import Office, code_of
from tests.unit.api.invented_api import Caller

UNKNOWN = {
    "envelope": "env_01k9x7m2qv8w3c5t6r4n0b1d2e",
    "recipient": "rcp_01k9x7m2qv8w3c5t6r4n0b1d2e",
    "document": "doc_01k9x7m2qv8w3c5t6r4n0b1d2e",
    "event": "evt_0f6c1d9a4b7e42d88a53c2e1907f6b35",
    "endpoint": "whe_01k9x7m2qv8w3c5t6r4n0b1d2e",
    "delivery": "whd_01k9x7m2qv8w3c5t6r4n0b1d2e",
    "key": "key_01k9x7m2qv8w3c5t6r4n0b1d2e",
    "verification": "k" * 43,
    "signal": "sig_01k9x7m2qv8w3c5t6r4n0b1d2e",
    "export": "exp_01k9x7m2qv8w3c5t6r4n0b1d2e",
}
ODD = ("x", "env_", "..", "%2e", "' OR 1=1", "0" * 150, "evt_1", "envelope:1")


def guarded(office: Office) -> list[Operation]:
    """Return the operations that are a client's and name something."""
    return [one for one in office.api.operations.values() if one.parameters and isinstance(one.access, Scope)]


def call(caller: Caller, operation: Operation, ids: dict[str, str]) -> TestResponse:
    path = operation.path
    for name in operation.parameters:
        path = path.replace(f"<{name}>", ids[name])
    given: dict[str, Any] = {"json": operation.example} if operation.body is not None else {}
    return caller(operation.method, path, **given)


def told(answer: TestResponse) -> dict[str, Any]:
    return {name: value for name, value in answer.get_json().items() if name != "trace_id"}


@pytest.fixture
def ids(office: Office, contract: bytes) -> dict[str, str]:
    """Of the first client: an id of everything that a path can name."""
    endpoint = office.client.post("/v1/webhook-endpoints", json={"url": "https://platform.example/esign"}).get_json()
    made = office.make(contract)
    path = f"/v1/test/envelopes/{made['id']}/recipients/{made['recipients'][0]['id']}/signals"
    raised = office.client.post(path, json={"finding": "too-fast"}).get_json()
    office.complete(made)
    judged = office.client.post("/v1/verifications", json={"content": base64.b64encode(contract).decode()})
    exported = office.client.post("/v1/exports", json={"envelopes": [made["id"]], "reason": "test"}).get_json()
    deliveries = office.client.get(f"/v1/webhook-endpoints/{endpoint['id']}/deliveries").get_json()["items"]
    return {
        "envelope": made["id"],
        "recipient": made["recipients"][0]["id"],
        "document": made["documents"][0]["id"],
        "event": office.client.get("/v1/events").get_json()["items"][0]["id"],
        "endpoint": endpoint["id"],
        "delivery": deliveries[0]["id"],
        "key": office.client.get("/v1/keys").get_json()["items"][0]["id"],
        "verification": judged.headers["Location"].rpartition("/")[2],
        "signal": raised["signals"][0]["id"],
        "export": exported["id"],
    }


def test_a_stranger_is_told_exactly_what_is_told_of_an_unknown_id(office: Office, ids: dict[str, str]) -> None:
    operations = guarded(office)
    assert len(operations) >= 25
    for operation in operations:
        theirs, nobodys = call(office.other, operation, ids), call(office.other, operation, UNKNOWN)
        assert theirs.status_code == 404, (operation.name, theirs.text)
        assert told(theirs) == told(nobodys), operation.name
        assert told(theirs)["code"] in operation.problems, operation.name


def test_the_owner_finds_everything_that_the_stranger_does_not(office: Office, ids: dict[str, str]) -> None:
    last = ("keys.revoke", "webhooks.delete")
    for operation in sorted(guarded(office), key=lambda one: one.name in last):
        if operation.name == "keys.revoke":
            continue  # it would end the very key that asks; its own tests have it
        answer = call(office.client, operation, ids)
        assert answer.status_code < 500, (operation.name, answer.text)
        assert answer.status_code not in (403, 404), (operation.name, answer.text)
        if answer.status_code >= 400:
            assert code_of(answer)[1] in operation.problems, (operation.name, answer.text)


def test_nothing_opens_without_its_scope(office: Office, ids: dict[str, str]) -> None:
    for operation in guarded(office):
        others = [scope for scope in Scope if scope is not operation.access]
        assert code_of(call(office.caller(*others), operation, ids)) == (403, "scope-missing"), operation.name


def test_one_id_of_a_path_does_not_open_the_other(office: Office, ids: dict[str, str], contract: bytes) -> None:
    """The stranger's own envelope is no way to another's recipient, and the owner's two envelopes are two."""
    mine = office.make(contract)["id"]
    nested = [one for one in guarded(office) if len(one.parameters) > 1]
    assert nested
    for operation in nested:
        answer = call(office.client, operation, {**ids, "envelope": mine})
        assert code_of(answer) == (404, f"no-{operation.parameters[-1]}"), operation.name


def test_odd_ids_are_not_found_and_break_nothing(office: Office) -> None:
    for operation, odd in product(guarded(office), ODD):
        answer = call(office.client, operation, dict.fromkeys(UNKNOWN, odd))
        assert answer.status_code in (404, 405), (operation.name, odd, answer.text)
