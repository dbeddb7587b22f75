"""The one way out: nobody inside is reached, the name is looked up once, and nothing is followed."""

from __future__ import annotations

import http.server
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from ca.exchange import SocketAddress
from ca.ports import HttpAnswer, TransportFailed, TransportFailure
from esign.infra.outgoing import GuardedTransport
from esign.infra.outgoing_rules import AddressRefused, OutgoingRules, is_open

HOST = "hooks.insurer.example"

OPEN = ("8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "2606:4700::1111", "2a00::1")
INSIDE = (
    *("0.0.0.0", "0.1.2.3", "10.0.0.8", "100.64.0.1", "100.127.255.255", "127.0.0.1"),  # noqa: S104  # not bound to
    *("169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1"),
    *("198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1"),
    *("255.255.255.255", "168.63.129.16"),
    *("::", "::1", "::ffff:10.0.0.8", "::ffff:8.8.8.8", "::8.8.8.8", "::ffff:0:8.8.8.8", "64:ff9b::808:808"),
    *("64:ff9b:1::1", "100::1", "2001::1", "2001:0:808:808::1", "2001:10::1", "2001:db8::1", "2002:7f00:1::1"),
    *("2002:808:808::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1"),
    *("ff02::1", "4000::1", "", "localhost", "127.1", "2130706433"),
)


@pytest.mark.parametrize("address", OPEN)
def test_an_address_of_the_open_internet_may_be_reached(address: str) -> None:
    assert is_open(address)


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_may_not_be_reached(address: str) -> None:
    assert not is_open(address)


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_whatever_python_calls_private_or_special_is_inside(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    special = (
        address.is_private,
        address.is_loopback,
        address.is_link_local,
        address.is_multicast,
        address.is_reserved,
        address.is_unspecified,
        getattr(address, "ipv4_mapped", None),
        getattr(address, "sixtofour", None),
        getattr(address, "teredo", None),
    )
    if any(special):
        assert not is_open(str(address))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.insurer.example",
        "//hooks.insurer.example/",
        "ftp://hooks.insurer.example/",
        "file:///etc/passwd",
        "gopher://hooks.insurer.example:70/",
        "http:///etc",
        "http://",
        "https://user@hooks.insurer.example/",
        "https://user:password@hooks.insurer.example/",
        "https://hooks.insurer.example\\@10.0.0.8/",
        "https://hooks.insurer.example:0/",
        "https://hooks.insurer.example:22/",
        "https://hooks.insurer.example:25/",
        "https://hooks.insurer.example:70000/",
        "https://hooks.insurer.example:x/",
        "https://hooks.insurer.example./",
        "https://hooks..example/",
        "https://-hooks.example/",
        "https://hooks.example%2f/",
        "https://höoks.example/",
        "https://hooks.insurer.example/a b",
        "https://hooks.insurer.example/\r\nX-Injected: 1",
        "https://hooks.insurer.example/\t",
        "https://hooks.insurer.example/\x00",
        "https://[::1",
        "https://[fe80::1%25eth0]/",
        "https://[127.0.0.1]/",
        "https://" + "a" * 64 + ".example/",
        "https://" + "a." * 130 + "example/",
        "https://hooks.insurer.example/" + "a" * 2048,
    ],
)
def test_a_url_that_is_not_plain_web_is_refused_and_not_quoted(url: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        OutgoingRules().destination(url)
    assert "insurer" not in str(refused.value)
    with pytest.raises(TransportFailed) as failed:
        GuardedTransport(OutgoingRules(), lookup=never).get(url, timeout_seconds=1, max_bytes=10)
    assert failed.value.failure is TransportFailure.REFUSED


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://hooks.insurer.example", (True, HOST, 443, "/")),
        ("HTTPS://Hooks.Insurer.example:8443/a?b=c#d", (True, HOST, 8443, "/a?b=c")),
        ("http://hooks.insurer.example/ocsp", (False, HOST, 80, "/ocsp")),
        ("http://[2606:4700::1111]:8080/", (False, "2606:4700::1111", 8080, "/")),
    ],
)
def test_a_plain_url_names_a_destination(url: str, told: tuple[bool, str, int, str]) -> None:
    found = OutgoingRules().destination(url)
    assert (found.is_https, found.host, found.port, found.target) == told


def test_the_operators_list_opens_one_host_on_one_port() -> None:
    rules = OutgoingRules(["Localhost:4321", "[::1]:4322", "10.0.0.8:25"])
    rules.refuse_inside("localhost", 4321, ["127.0.0.1", "::1"])
    rules.refuse_inside("::1", 4322, ["::1"])
    for host, port in (("localhost", 4322), ("127.0.0.1", 4321), ("::1", 4321)):
        with pytest.raises(AddressRefused):
            rules.refuse_inside(host, port, ["127.0.0.1"])
    assert rules.destination("http://10.0.0.8:25/").port == 25
    assert rules.lists(rules.destination("http://LOCALHOST:4321/"))
    assert not rules.lists(rules.destination("http://localhost/"))


def never(host: str, port: int, seconds: float) -> list[SocketAddress]:
    raise AssertionError("nobody is to be looked up")


class Inside:
    """A server on this machine that counts its visitors and answers as told."""

    def __init__(self, answer: bytes, tls: ssl.SSLContext | None = None) -> None:
        inside = self
        self.requests: list[tuple[str, dict[str, str], bytes]] = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"] or 0))
                inside.requests.append((self.requestline, dict(self.headers), body))
                self.wfile.write(answer)
                self.close_connection = True

            do_GET = do_POST

            def log_message(self, format: str, *args: object) -> None:
                return

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if tls is not None:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
            self.server.handle_error = lambda request, client_address: None  # type: ignore[method-assign]
        self.port = int(self.server.server_address[1])


@contextmanager
def inside(
    answer: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", tls: ssl.SSLContext | None = None
) -> Iterator[Inside]:
    made = Inside(answer, tls)
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


class Names:
    """A resolver that is told its answers, each for one question."""

    def __init__(self, *answers: Sequence[SocketAddress] | Exception) -> None:
        self._answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    def __call__(self, host: str, port: int, seconds: float) -> Sequence[SocketAddress]:
        self.asked.append((host, port))
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def get(transport: GuardedTransport, url: str, *, seconds: float = 10, max_bytes: int = 100) -> HttpAnswer:
    return transport.get(url, timeout_seconds=seconds, max_bytes=max_bytes)


def refusal(ask: Callable[[], object]) -> TransportFailure:
    with pytest.raises(TransportFailed) as failed:
        ask()
    assert "127.0.0.1" not in failed.value.detail
    return failed.value.failure


def test_a_name_that_leads_inside_is_refused_and_nobody_is_asked() -> None:
    with inside() as server:
        for url in (
            f"http://127.0.0.1:{server.port}/",
            f"http://localhost:{server.port}/",
            f"http://127.1:{server.port}/",
        ):
            assert refusal(lambda url=url: get(GuardedTransport(OutgoingRules()), url)) is TransportFailure.REFUSED
        assert server.requests == []


def test_a_name_that_leads_outside_and_inside_is_refused_as_a_whole() -> None:
    with inside() as server:
        for addresses in (
            [("8.8.8.8", server.port), ("127.0.0.1", server.port)],
            [("127.0.0.1", server.port), ("8.8.8.8", server.port)],
            [("2606:4700::1111", server.port, 0, 0), ("::ffff:127.0.0.1", server.port, 0, 0)],
        ):
            transport = GuardedTransport(OutgoingRules(), lookup=Names(addresses))
            assert refusal(lambda t=transport: get(t, f"http://{HOST}:{server.port}/")) is TransportFailure.REFUSED
        assert server.requests == []


def test_the_name_is_looked_up_once_so_that_a_second_answer_changes_nothing() -> None:
    with inside() as server:
        names = Names([("127.0.0.1", server.port)], AssertionError("looked up again"))
        transport = GuardedTransport(OutgoingRules([f"{HOST}:{server.port}"]), lookup=names)
        assert get(transport, f"http://{HOST}:{server.port}/a?b=c").body == b"ok"
        assert names.asked == [(HOST, server.port)]
        ((line, headers, _),) = server.requests
        assert line == "GET /a?b=c HTTP/1.1"
        assert headers["Host"] == f"{HOST}:{server.port}"


def test_the_next_address_is_tried_where_one_does_not_answer() -> None:
    with inside() as server, socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))  # bound and not listening: refused at once
        addresses = [("127.0.0.1", int(silent.getsockname()[1])), ("127.0.0.1", server.port)]
        transport = GuardedTransport(OutgoingRules([f"{HOST}:{server.port}"]), lookup=Names(addresses))
        assert get(transport, f"http://{HOST}:{server.port}/").status == 200


def test_a_redirect_is_an_answer_and_nobody_follows_it() -> None:
    with inside(b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n") as server:
        transport = GuardedTransport(OutgoingRules([f"127.0.0.1:{server.port}"]))
        assert get(transport, f"http://127.0.0.1:{server.port}/").status == 302
        assert len(server.requests) == 1


def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with inside() as server:
        transport = GuardedTransport(OutgoingRules([f"127.0.0.1:{server.port}"]))
        assert get(transport, f"http://127.0.0.1:{server.port}/").status == 200


def test_an_answer_beyond_the_limit_is_not_taken() -> None:
    with inside(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 100_000) as server:
        transport = GuardedTransport(OutgoingRules([f"127.0.0.1:{server.port}"]))
        url = f"http://127.0.0.1:{server.port}/"
        assert refusal(lambda: get(transport, url, max_bytes=99_999)) is TransportFailure.TOO_LARGE
        assert len(get(transport, url, max_bytes=100_000).body) == 100_000


def test_a_resolver_that_takes_too_long_is_left_behind() -> None:
    released = threading.Event()

    def slow(host: str, port: int, seconds: float) -> list[SocketAddress]:
        released.wait()
        return []

    transport = GuardedTransport(OutgoingRules(), lookup=slow)
    assert refusal(lambda: get(transport, f"https://{HOST}/", seconds=0.05)) is TransportFailure.TIMEOUT
    released.set()


@pytest.mark.parametrize("answer", [[], socket.gaierror(-2, "Name or service not known")])
def test_a_name_without_an_address_is_unreachable(answer: list[SocketAddress] | Exception) -> None:
    transport = GuardedTransport(OutgoingRules(), lookup=Names(answer))
    assert refusal(lambda: get(transport, f"https://{HOST}/")) is TransportFailure.UNREACHABLE


@pytest.mark.parametrize(
    "headers",
    [
        {"X-A": "1\r\nX-Injected: 1"},
        {"X-A": "1\r\n folded"},
        {"X-A": "1\n"},
        {"X-A": "é"},
        {"X-A\r\nX-Injected": "1"},
        {"X A": "1"},
        {"": "1"},
        {"Host": "10.0.0.8"},
        {"content-length": "0"},
        {"Transfer-Encoding": "chunked"},
        {"X-A": "1" * 4097},
    ],
)
def test_a_header_that_could_change_the_request_is_refused(headers: dict[str, str]) -> None:
    transport = GuardedTransport(OutgoingRules(), lookup=never)
    with pytest.raises(TransportFailed) as failed:
        transport.post(f"https://{HOST}/", body=b"", headers=headers, timeout_seconds=1, max_bytes=10)
    assert failed.value.failure is TransportFailure.REFUSED


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return what a server with a certificate for that name has, and what a client has that believes it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(made.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return server, ssl.create_default_context(cafile=str(folder / "certificate.pem"))


def test_the_certificate_is_checked_for_the_name_and_not_for_the_address(tmp_path: Path) -> None:
    server_tls, client_tls = certificate(tmp_path, HOST)
    asked: list[str | None] = []
    server_tls.sni_callback = lambda connection, name, context: asked.append(name)
    with inside(tls=server_tls) as server:
        rules = OutgoingRules([f"{HOST}:{server.port}", f"other.example:{server.port}"])
        at = [("127.0.0.1", server.port)]
        believing = GuardedTransport(rules, tls=client_tls, lookup=Names(at, at))
        assert get(believing, f"https://{HOST}:{server.port}/").body == b"ok"
        assert asked == [HOST]
        other = f"https://other.example:{server.port}/"
        assert refusal(lambda: get(believing, other)) is TransportFailure.UNREACHABLE
        stranger = GuardedTransport(rules, lookup=Names(at))
        assert refusal(lambda: get(stranger, f"https://{HOST}:{server.port}/")) is TransportFailure.UNREACHABLE
        assert len(server.requests) == 1
