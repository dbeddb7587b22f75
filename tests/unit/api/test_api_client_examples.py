"""The documentation's examples are what the service takes and tells, and its codes are in the catalogue."""

from __future__ import annotations

import json

import pytest
from pydantic import BaseModel

from esign.api.json_body import read_body
from esign.api.operations import Operation
from tests.unit.api.client_office import *  # noqa: F403
from tests.unit.api.client_office import Office, asked


def shown(office: Office) -> list[Operation]:
    return [one for one in office.api.operations.values() if not one.hidden]


def test_every_body_has_an_example_that_is_accepted(office: Office) -> None:
    for operation in shown(office):
        if isinstance(operation.body, type):
            data = json.dumps(operation.example).encode()
            assert isinstance(read_body(operation.body, data), BaseModel), operation.name


def test_every_example_of_an_answer_has_exactly_the_members_of_one(office: Office) -> None:
    for operation in shown(office):
        if isinstance(operation.answer, type) and operation.answer_example is not None:
            read = operation.answer.model_validate(operation.answer_example)
            assert json.loads(read.model_dump_json()).keys() == dict(operation.answer_example).keys(), operation.name  # type: ignore[call-overload]


def test_what_was_asked_is_known_again_whether_or_not_defaults_are_spelled_out(office: Office, contract: bytes) -> None:
    short = asked(contract, external_id="proposal-20")
    long = {**short, "level": "B-LTA", "send": True, "expires_at": None, "minimum_reading_seconds": 0}
    assert office.client.post("/v1/envelopes", json=short).status_code == 201
    assert office.client.post("/v1/envelopes", json=long).status_code == 200


@pytest.mark.parametrize("path", ["/v1/openapi.json", "/v1/docs"])
def test_the_document_and_its_pages_show_the_clients_resources(office: Office, path: str) -> None:
    page = office.client.get(path)
    assert page.status_code == 200
    assert "/v1/envelopes" in page.text
