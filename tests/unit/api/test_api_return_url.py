"""Where a recipient's device goes when the ceremony is over: a page of the client's, told to the device alone."""

from __future__ import annotations

import pytest

from tests.service import request
from tests.unit.api.ceremony_room import *  # noqa: F403
from tests.unit.api.ceremony_room import Phone, Room
from tests.unit.api.client_office import *  # noqa: F403
from tests.unit.api.client_office import Office, asked

PAGE = "https://sales.example/done?order=17"


@pytest.mark.parametrize("url", [PAGE, "http://127.0.0.1:3000/done", "http://localhost/done"])
def test_a_page_of_the_clients_is_taken(office: Office, contract: bytes, url: str) -> None:
    assert office.client.post("/v1/envelopes", json=asked(contract, return_url=url)).status_code == 201


@pytest.mark.parametrize(
    "url",
    [
        "http://sales.example/done",
        "javascript:alert(1)",
        "https://user@sales.example/",
        "//sales.example/done",
        "https://sales.example/a b",
        "https://[broken/",
        "",
    ],
)
def test_what_a_browser_should_not_be_sent_to_is_refused_at_its_place(
    office: Office, contract: bytes, url: str
) -> None:
    answer = office.client.post("/v1/envelopes", json=asked(contract, return_url=url))
    assert answer.status_code == 422
    assert [issue["pointer"] for issue in answer.get_json()["errors"]] == ["/return_url"]


@pytest.mark.parametrize("url", [PAGE, None])
def test_the_device_is_told_where_to_go(room: Room, contract: bytes, url: str | None) -> None:
    envelope = room.desk.create(request(contract, return_url=url))
    phone = Phone(room.client, room.desk.link(envelope, 0))
    phone.enter()
    assert phone.progress()["return_url"] == url
