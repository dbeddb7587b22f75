"""Webhooks over real HTTP: a receiver that verifies, fails, dawdles, redirects, floods, and hangs up."""

from __future__ import annotations

import http.server
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from esign.infra.database import Database
from esign.infra.outgoing import GuardedTransport
from esign.infra.outgoing_rules import OutgoingRules
from esign.infra.secret import Secret
from esign.webhooks.deliveries import DeliveryFailure, DeliveryState
from esign.webhooks.errors import SignatureRefused
from esign.webhooks.signature import verify
from tests.databases import *  # noqa: F403
from tests.unit.webhooks.webhook_room import Message, Room, room_of

Answer = Callable[[http.server.BaseHTTPRequestHandler], None]


def says(status: int, **headers: str) -> Answer:
    """Answer with that status and those headers."""

    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in ({"Content-Length": "0"} | headers).items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()

    return answer


@dataclass
class Integrator:
    """Somebody's server: verifies what comes, keeps what was genuine, answers as told."""

    secret: Secret | None = None
    answer: Answer = says(204)
    got: list[Message] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    room: Room | None = None
    transport: GuardedTransport = field(default_factory=lambda: GuardedTransport(OutgoingRules()))

    def receive(self, handler: http.server.BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        self.paths.append(handler.path)
        assert self.secret is not None
        assert self.room is not None
        try:
            verify(self.secret, dict(handler.headers), body, now=self.room.now)
        except SignatureRefused:
            says(401)(handler)
            return
        headers = {name.lower(): value for name, value in handler.headers.items()}
        self.got.append(Message(handler.path, headers, body))
        self.answer(handler)

    @property
    def ids(self) -> list[str]:
        return [message.id for message in self.got]


@contextmanager
def listening(integrator: Integrator) -> Iterator[int]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            integrator.receive(self)

        def log_message(self, format: str, *args: object) -> None:
            return

    class Server(http.server.ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            return  # a client that has heard enough hangs up

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield int(server.server_address[1])
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def integrator(database: Database, tmp_path: Path) -> Iterator[Integrator]:
    """A server with a registered endpoint, and the room that tells it."""
    made = Integrator()
    with listening(made) as port:
        allow = [f"localhost:{port}"]
        room = room_of(database, tmp_path / "keys", allow)
        made.transport = GuardedTransport(OutgoingRules(allow))
        room.sender = room.another_sender(made.transport)
        _, made.secret = room.register(url=f"http://localhost:{port}/hook?for=esign")
        made.room = room
        yield made


def told(integrator: Integrator) -> Room:
    assert integrator.room is not None
    return integrator.room


def test_every_event_arrives_once_verified_and_in_order(integrator: Integrator) -> None:
    room = told(integrator)
    events = room.happen(12)
    assert room.flush_due() == 12
    assert integrator.ids == events
    assert set(integrator.paths) == {"/hook?for=esign"}
    assert {message.event for message in integrator.got} == set(events)
    assert integrator.got[0].headers["content-type"] == "application/json"
    assert {delivery.state for delivery in room.stand()} == {DeliveryState.DELIVERED}


def test_a_receiver_with_another_secret_is_told_again_once_it_has_the_right_one(integrator: Integrator) -> None:
    room, right = told(integrator), integrator.secret
    integrator.secret = Secret("whsec_" + "QUFB" * 8)
    (event,) = room.happen()
    room.flush_due()
    assert (room.stand()[0].last_status, integrator.got) == (401, [])
    integrator.secret = right
    room.flush_due(seconds=5)
    assert integrator.ids == [event]


def dawdles(handler: http.server.BaseHTTPRequestHandler) -> None:
    """Send a byte now and then, so that no socket's own timeout ends it, until the other side has gone."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        handler.wfile.write(b"X")
        threading.Event().wait(0.05)


def floods(handler: http.server.BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    for _ in range(1000):
        handler.wfile.write(b"x" * 10_000)


def hangs_up(handler: http.server.BaseHTTPRequestHandler) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


def babbles(handler: http.server.BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")
    hangs_up(handler)


@pytest.mark.parametrize(
    ("answer", "status", "failure"),
    [
        (says(500), 500, DeliveryFailure.HTTP_ERROR),
        (says(404), 404, DeliveryFailure.HTTP_ERROR),
        (says(302, Location="/elsewhere"), 302, DeliveryFailure.REDIRECTED),
        (says(307, Location="http://169.254.169.254/latest/meta-data"), 307, DeliveryFailure.REDIRECTED),
        (dawdles, None, DeliveryFailure.TIMEOUT),
        (floods, None, DeliveryFailure.TOO_LARGE),
        (hangs_up, None, DeliveryFailure.UNREACHABLE),
        (babbles, None, DeliveryFailure.UNREACHABLE),
    ],
    ids=["500", "404", "302", "307", "dawdles", "floods", "hangs-up", "babbles"],
)
def test_a_receiver_that_fails_is_told_again_under_the_same_id(
    integrator: Integrator, answer: Answer, status: int | None, failure: DeliveryFailure
) -> None:
    room = told(integrator)
    (event,) = room.happen()
    integrator.answer = answer
    if answer is dawdles:
        room.sender = room.another_sender(integrator.transport, timeout_seconds=0.3)
    assert room.flush_due() == 1
    (delivery,) = room.stand()
    assert (delivery.state, delivery.last_status, delivery.last_failure) == (DeliveryState.PENDING, status, failure)
    integrator.answer = says(200)
    room.sender = room.another_sender(integrator.transport)
    assert room.flush_due(seconds=5) == 1
    assert integrator.ids == [event, event]
    assert len({message.body for message in integrator.got}) == 1
    assert "/elsewhere" not in integrator.paths
    assert room.stand()[0].state is DeliveryState.DELIVERED


def test_an_endpoint_that_is_gone_hears_nothing_more(integrator: Integrator) -> None:
    room = told(integrator)
    events = room.happen(2)
    integrator.answer = says(410)
    room.flush_due()
    assert room.flush_due(days=1) == 0
    assert integrator.ids == events[:1]


def test_without_the_operators_list_nobody_on_this_machine_is_told(integrator: Integrator) -> None:
    room = told(integrator)
    room.sender = room.another_sender(GuardedTransport(OutgoingRules()))
    room.happen()
    assert room.flush_due() == 1
    (delivery,) = room.stand()
    assert (delivery.last_status, delivery.last_failure) == (None, DeliveryFailure.REFUSED)
    assert integrator.paths == []
