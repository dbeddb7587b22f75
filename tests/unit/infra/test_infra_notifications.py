from __future__ import annotations

import contextvars
import http.server
import json
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from esign.infra.apprise_channel import AppriseChannel
from esign.infra.connection_guard import ConnectionDenied, guarded_connections
from esign.infra.errors import ConfigurationError
from esign.infra.notifications import (
    Address,
    Channel,
    ChannelRefused,
    ChannelUnavailable,
    OutboxChannel,
    Words,
)
from esign.infra.outgoing_rules import OutgoingRules
from esign.infra.secret import Secret

YU = Address("+8613900010001", "yu@example.com", "于文山")
YE = Address("13900010002", None, "叶小禾")
WORDS = Words("请您签署", "【澄岳人寿】<b>请您签署</b> :smile: C:\\new & https://sign.example.cn/s/x.y 请勿转发")


@dataclass
class Receiver:
    """A gateway of somebody's: what reached it, and what it answers."""

    port: int
    status: int = 200
    location: str | None = None
    got: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"


@pytest.fixture
def receivers() -> Iterator[Callable[[], Receiver]]:
    servers: list[http.server.ThreadingHTTPServer] = []

    def start() -> Receiver:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                started.got.append((self.path, json.loads(body)))
                self.send_response(started.status)
                if started.location:
                    self.send_header("Location", started.location)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        started = Receiver(server.server_port)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return started

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def receiver(receivers: Callable[[], Receiver]) -> Receiver:
    return receivers()


def channel(*urls: str, allow: tuple[str, ...] = ()) -> Channel:
    return AppriseChannel([Secret(url) for url in urls], rules=OutgoingRules(allow))


def test_the_outbox_sends_nothing() -> None:
    outbox: Channel = OutboxChannel()
    outbox.send(YU, WORDS)
    assert outbox.name == "outbox"


def test_a_message_arrives_word_for_word_at_the_persons_number(receiver: Receiver) -> None:
    channel(f"json://{receiver.host}/sms/{{phone}}?:to={{phone}}&:mail={{email}}", allow=(receiver.host,)).send(
        YU, WORDS
    )
    [(path, body)] = receiver.got
    assert path == "/sms/+8613900010001"
    assert body["to"] == "+8613900010001"
    assert body["mail"] == "yu@example.com"
    assert body["message"] == WORDS.text
    assert body["title"] == WORDS.subject


def test_the_next_url_takes_over_from_one_that_fails(receivers: Callable[[], Receiver]) -> None:
    broken, whole = receivers(), receivers()
    broken.status = 500
    urls = [f"json://{r.host}/{{phone}}" for r in (broken, whole)]
    channel(*urls, allow=(broken.host, whole.host)).send(YE, WORDS)
    assert (len(broken.got), len(whole.got)) == (1, 1)


def test_a_message_goes_by_one_url_only(receivers: Callable[[], Receiver]) -> None:
    first, second = receivers(), receivers()
    urls = [f"json://{r.host}/{{phone}}" for r in (first, second)]
    channel(*urls, allow=(first.host, second.host)).send(YE, WORDS)
    assert (len(first.got), len(second.got)) == (1, 0)


def test_a_service_that_fails_is_to_be_tried_again(receiver: Receiver) -> None:
    receiver.status = 503
    with pytest.raises(ChannelUnavailable) as caught:
        channel(f"json://{receiver.host}/{{phone}}", allow=(receiver.host,)).send(YE, WORDS)
    assert caught.value.code == "channel-unavailable"
    assert len(receiver.got) == 1


def test_a_service_that_is_not_there_is_to_be_tried_again() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(ChannelUnavailable, match="number 1 did not take"):
            channel(f"json://{host}/{{phone}}", allow=(host,)).send(YE, WORDS)


def test_a_redirect_is_not_followed(receivers: Callable[[], Receiver]) -> None:
    here, there = receivers(), receivers()
    here.status, here.location = 307, f"http://{there.host}/"
    with pytest.raises(ChannelUnavailable):
        channel(f"json://{here.host}/{{phone}}", allow=(here.host, there.host)).send(YE, WORDS)
    assert (len(here.got), len(there.got)) == (1, 0)


@pytest.mark.parametrize(
    "url",
    [
        "jsons://127.0.0.1:{port}/{{phone}}",
        "jsons://localhost:{port}/{{phone}}",
        "mailtos://u:p@localhost:{port}?to={{phone}}@example.com",
    ],
)
def test_a_private_address_is_not_reached_unless_it_is_listed(url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as inside:
        inside.settimeout(0)
        with pytest.raises(ChannelUnavailable) as caught:
            channel(url.format(port=inside.getsockname()[1])).send(YE, WORDS)
        assert caught.value.code == "channel-connection-denied"
        with pytest.raises(BlockingIOError):
            inside.accept()


def test_a_listed_name_is_reached_and_another_port_of_it_is_not(receivers: Callable[[], Receiver]) -> None:
    listed, other = receivers(), receivers()
    urls = [f"json://localhost:{r.port}/{{phone}}" for r in (listed, other)]
    channel(urls[0], allow=(f"LocalHost:{listed.port}",)).send(YE, WORDS)
    with guarded_connections(OutgoingRules([f"localhost:{listed.port}"])), pytest.raises(ConnectionDenied):
        socket.create_connection(("localhost", other.port))
    assert (len(listed.got), len(other.got)) == (1, 0)


def test_a_person_without_e_mail_is_not_written_to(receiver: Receiver) -> None:
    with pytest.raises(ChannelRefused) as caught:
        channel(f"json://{receiver.host}/{{email}}", allow=(receiver.host,)).send(YE, WORDS)
    assert caught.value.code == "no-channel-for-person"
    assert receiver.got == []


def test_a_number_that_the_service_does_not_know_is_refused_for_good() -> None:
    with pytest.raises(ChannelRefused) as caught:
        channel("signals://gateway.example.com/{phone}").send(Address("12345", None, "于文山"), WORDS)
    assert caught.value.code == "channel-address"


@pytest.mark.parametrize(
    ("url", "cause"),
    [
        ("jsons://gateway.example.com/everybody", "has neither"),
        ("nonsense://gateway.example.com/{phone}", "is not one that Apprise can use"),
        ("not a url {phone}", "is not one that Apprise can use"),
        ("json://gateway.example.com/{phone}", "sends without TLS"),
        ("mailto://user:word@example.com?to={email}", "sends without TLS"),
        ("jsons://{phone}.example.com/", "in the place of the host"),
        ("jsons://gateway.example.com/{phone}?redirect=yes", "follows redirects"),
        ("jsons://gateway.example.com/{phone}?verify=no", "trusts any certificate"),
        ("jsons://gateway.example.com/{phone}?optional=yes", "is optional"),
        ("ircs://gateway.example.com/{phone}", "cannot be judged"),
        ("syslog://local0/?gateway={phone}", "cannot be judged"),
    ],
)
def test_a_url_that_takes_a_check_away_is_refused_at_the_start(url: str, cause: str) -> None:
    with pytest.raises(ConfigurationError, match=f"number 2.*{cause}") as caught:
        channel("jsons://gateway.example.com/{phone}", url)
    assert caught.value.code == "notification-urls"
    assert "gateway" not in str(caught.value)
    assert "word" not in str(caught.value)


def test_a_channel_without_urls_or_with_too_many_is_refused() -> None:
    for number in (0, 7):
        with pytest.raises(ConfigurationError, match=f"there are {number}"):
            channel(*["jsons://gateway.example.com/{phone}"] * number)


def test_no_credential_number_or_word_is_in_errors_and_logs(
    receiver: Receiver, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    receiver.status = 401
    secret = "s3cr3t-w0rd"
    sending = channel(f"json://operator:{secret}@{receiver.host}/{{phone}}", allow=(receiver.host,))
    with caplog.at_level(logging.DEBUG), pytest.raises(ChannelUnavailable) as caught:
        sending.send(YU, WORDS)
    printed = capfd.readouterr()
    ours = [record.getMessage() for record in caplog.records if record.name.startswith(("apprise", "esign"))]
    told = "".join((str(caught.value), repr(caught.value), repr(sending), printed.out, printed.err, *ours))
    assert not any(word in told for word in (secret, "13900010001", "澄岳人寿", str(receiver.port)))
    assert caught.value.__cause__ is None


def test_connections_outside_the_guard_are_nobodys_business(receiver: Receiver) -> None:
    with guarded_connections(OutgoingRules()):
        pass
    socket.create_connection(("127.0.0.1", receiver.port)).close()


def test_work_given_to_another_thread_with_its_context_is_inside(receiver: Receiver) -> None:
    caught: list[BaseException] = []

    def connect() -> None:
        try:
            socket.create_connection(("127.0.0.1", receiver.port))
        except ConnectionDenied as error:
            caught.append(error)

    with guarded_connections(OutgoingRules()) as connections:
        thread = threading.Thread(target=contextvars.copy_context().run, args=(connect,))
        thread.start()
        thread.join()
    assert len(caught) == 1
    assert connections.denied


def test_a_socket_of_the_machine_itself_is_denied(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as own, guarded_connections(OutgoingRules()), pytest.raises(ConnectionDenied):
        own.connect(str(tmp_path / "socket"))


def test_a_datagram_to_a_private_address_is_denied(receiver: Receiver) -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own,
        guarded_connections(OutgoingRules()),
        pytest.raises(ConnectionDenied),
    ):
        own.sendto(b"x", ("127.0.0.1", receiver.port))
