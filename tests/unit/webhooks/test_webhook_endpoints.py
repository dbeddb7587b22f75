"""Endpoints: sealed, counted, and each client's own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from esign.infra.errors import SealedDataError
from esign.infra.models import DataKey, Erasure
from esign.infra.secret import Secret
from esign.webhooks.endpoints import ENDPOINTS_AT_MOST, OVERLAP
from esign.webhooks.errors import WebhookError
from esign.webhooks.models import WebhookDelivery, WebhookEndpoint
from esign.webhooks.signature import new_secret
from tests.unit.webhooks.webhook_room import CLIENT, URL, Room, room_of

STRANGER = "client_b"


def signing(room: Room, endpoint_id: str) -> list[str]:
    with room.database.reading() as session:
        row = session.get_one(WebhookEndpoint, endpoint_id)
        return [secret.reveal() for secret in room.endpoints.target(session, row, room.now).secrets]


def test_an_endpoint_is_registered_and_shown_without_its_secret(room: Room) -> None:
    endpoint, secret = room.register(event_types=["envelope.sent", "envelope.completed", "envelope.sent"])
    assert room.endpoint(endpoint.id) == endpoint
    assert (endpoint.url, endpoint.client) == (URL, CLIENT)
    assert endpoint.event_types == ("envelope.completed", "envelope.sent")
    assert endpoint.disabled_at is endpoint.disabled_because is endpoint.failing_since is None
    assert secret.reveal() not in repr(endpoint)
    assert signing(room, endpoint.id) == [secret.reveal()]


def test_address_and_secret_are_sealed_in_the_database(room: Room) -> None:
    endpoint, secret = room.register()
    with room.database.reading() as session:
        sealed = session.get_one(WebhookEndpoint, endpoint.id).sealed
        assert session.get(DataKey, endpoint.id) is not None
    assert b"insurer.example" not in sealed
    assert secret.reveal().encode() not in sealed


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.insurer.example/",
        "ftp://hooks.insurer.example/",
        "https://user:password@hooks.insurer.example/",
        "https://hooks.insurer.example/#part",
        "https://hooks.insurer.example:25/",
        "https://hooks.insurer.example/\r\nX: y",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://10.0.0.8:8443/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.8]/",
        "https:///path",
        "https://hooks.insurer.example/" + "a" * 2048,
        "",
    ],
)
def test_an_address_that_may_not_be_told_is_refused_and_not_quoted(room: Room, url: str) -> None:
    with pytest.raises(WebhookError) as refused:
        room.register(url=url)
    assert refused.value.code == "webhook-url"
    assert "insurer" not in str(refused.value)


def test_hosts_that_only_look_like_numbers_are_accepted(room: Room) -> None:
    for url in ("https://fade.cab/", "https://8.8.8.8/", "https://[2606:4700::1111]:8443/"):
        assert room.register(url=url)[0].url == url


def test_plain_http_is_accepted_where_the_operator_lists_host_and_port(
    room: Room, tmp_path_factory: pytest.TempPathFactory
) -> None:
    listing = room_of(room.database, tmp_path_factory.mktemp("more") / "keys", allow=["localhost:4321"])
    assert listing.register(url="http://localhost:4321/hook")[0].url == "http://localhost:4321/hook"
    with pytest.raises(WebhookError, match="not https"):
        listing.register(url="http://localhost:4322/hook")


@pytest.mark.parametrize("types", [[], ["*", "envelope.sent"], ["envelope.lost"], ["envelope.sent"] * 101])
def test_event_types_that_nobody_is_told_of_are_refused(room: Room, types: list[str]) -> None:
    with pytest.raises(WebhookError) as refused:
        room.register(event_types=types)
    assert refused.value.code == "webhook-event-types"


def test_a_client_has_twenty_endpoints_at_most(room: Room) -> None:
    for _ in range(ENDPOINTS_AT_MOST):
        room.register()
    with pytest.raises(WebhookError) as refused:
        room.register()
    assert refused.value.code == "webhook-endpoints-at-most"
    room.register(STRANGER)


def test_two_registrations_at_once_do_not_both_find_the_last_place_free(room: Room) -> None:
    for _ in range(ENDPOINTS_AT_MOST - 1):
        room.register()
    counted = threading.Event()

    def make_secret() -> Secret:  # asked for by whoever found a place free
        counted.set()
        return new_secret()

    with ThreadPoolExecutor(1) as pool:
        with room.database.transaction() as session:
            room.endpoints.register(session, CLIENT, URL, ["*"], room.now)
            room.endpoints._make_secret = make_secret
            second = pool.submit(room.register)
            counted.wait(0.3)  # in vain, if it waits for our transaction as it should
        assert isinstance(second.exception(), WebhookError)
    with room.database.reading() as session:
        assert len(room.endpoints.list_endpoints(session, CLIENT)) == ENDPOINTS_AT_MOST


def test_a_change_keeps_what_is_not_given(room: Room) -> None:
    endpoint, secret = room.register()
    with room.database.transaction() as session:
        changed = room.endpoints.update(session, CLIENT, endpoint.id, event_types=["envelope.sent"])
    assert (changed.url, changed.event_types) == (URL, ("envelope.sent",))
    with room.database.transaction() as session:
        changed = room.endpoints.update(session, CLIENT, endpoint.id, url="https://new.insurer.example/")
    assert (changed.url, changed.event_types) == ("https://new.insurer.example/", ("envelope.sent",))
    assert room.endpoint(endpoint.id) == changed
    assert signing(room, endpoint.id) == [secret.reveal()]
    with pytest.raises(WebhookError), room.database.transaction() as session:
        room.endpoints.update(session, CLIENT, endpoint.id, url="http://127.0.0.1/")


def test_a_replaced_secret_signs_for_a_day_beside_the_new_one(room: Room) -> None:
    endpoint, first = room.register()
    with room.database.transaction() as session:
        second = room.endpoints.rotate_secret(session, CLIENT, endpoint.id, room.now)
    assert signing(room, endpoint.id) == [second.reveal(), first.reveal()]
    room.now += OVERLAP - timedelta(seconds=1)
    assert signing(room, endpoint.id) == [second.reveal(), first.reveal()]
    room.wait(seconds=1)
    assert signing(room, endpoint.id) == [second.reveal()]


def test_a_secret_replaced_again_and_again_leaves_three_at_most(room: Room) -> None:
    endpoint, _ = room.register()
    made = []
    for _ in range(5):
        with room.database.transaction() as session:
            made.append(room.endpoints.rotate_secret(session, CLIENT, endpoint.id, room.now).reveal())
    assert signing(room, endpoint.id) == made[:1:-1]
    with room.database.transaction() as session:
        last = room.endpoints.rotate_secret(session, CLIENT, endpoint.id, room.now, overlap=timedelta())
    assert last.reveal() in signing(room, endpoint.id)
    assert made[-1] not in signing(room, endpoint.id)


def test_disabling_and_enabling_say_when_and_why(room: Room) -> None:
    endpoint, _ = room.register()
    for _ in range(2):
        with room.database.transaction() as session:
            disabled = room.endpoints.disable(session, CLIENT, endpoint.id, room.now)
        assert (disabled.disabled_at, disabled.disabled_because) == (endpoint.created_at, "by-client")
        room.wait(hours=1)
    with room.database.transaction() as session:
        assert room.endpoints.enable(session, CLIENT, endpoint.id) == endpoint


def test_deleting_takes_deliveries_and_keys_with_it(room: Room) -> None:
    endpoint, _ = room.register()
    room.happen(2)
    with room.database.transaction() as session:
        room.endpoints.delete(session, CLIENT, endpoint.id, room.now)
    with room.database.reading() as session:
        assert room.endpoints.list_endpoints(session, CLIENT) == ()
        assert session.query(WebhookDelivery).count() == 0
        assert session.get(DataKey, endpoint.id) is None
        assert session.get(Erasure, endpoint.id) is not None
    assert room.sender.flush(endpoint.id) == 0


STRANGE: dict[str, Callable[[Room, Session, str], object]] = {
    "get": lambda room, session, id_: room.endpoints.get(session, STRANGER, id_),
    "update": lambda room, session, id_: room.endpoints.update(session, STRANGER, id_, url=URL),
    "rotate": lambda room, session, id_: room.endpoints.rotate_secret(session, STRANGER, id_, room.now),
    "disable": lambda room, session, id_: room.endpoints.disable(session, STRANGER, id_, room.now),
    "enable": lambda room, session, id_: room.endpoints.enable(session, STRANGER, id_),
    "delete": lambda room, session, id_: room.endpoints.delete(session, STRANGER, id_, room.now),
}


@pytest.mark.parametrize("name", STRANGE)
def test_a_stranger_finds_no_endpoint_of_another_client(room: Room, name: str) -> None:
    endpoint, secret = room.register()
    mine, _ = room.register(STRANGER)
    for endpoint_id in (endpoint.id, "whe_nowhere"):
        with pytest.raises(WebhookError) as refused, room.database.transaction() as session:
            STRANGE[name](room, session, endpoint_id)
        assert refused.value.code == "webhook-endpoint-missing"
    assert room.endpoint(endpoint.id) == endpoint
    assert signing(room, endpoint.id) == [secret.reveal()]
    with room.database.reading() as session:
        assert room.endpoints.list_endpoints(session, STRANGER) == (mine,)


def test_a_row_moved_to_another_endpoint_does_not_open(room: Room) -> None:
    first, _ = room.register()
    second, _ = room.register()
    with room.database.transaction() as session:
        moved = session.get_one(WebhookEndpoint, first.id).sealed
        session.get_one(WebhookEndpoint, second.id).sealed = moved
    with pytest.raises(SealedDataError):
        room.endpoint(second.id)
