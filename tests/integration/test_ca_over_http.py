"""The trust services over real HTTP: our client and openssl's against our own server, and against bad ones."""

from __future__ import annotations

import hashlib
import socket
import threading
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from werkzeug.serving import make_server

from ca.authority import EmbeddedAuthority, create_authority, open_authority
from ca.errors import TokenRefused, TrustServiceError, TrustServiceUnavailable
from ca.http import create_trust_services_app
from ca.ports import RevocationReason
from ca.remote import RemoteTimestampAuthority
from ca.trust import TrustStore
from tests.authority import PASSPHRASE, event_request, present_time
from tests.tools import run_tool

DIGEST = hashlib.sha256(b"contract").digest()


def slow_time() -> datetime:
    """The authority's time: openssl reads a clock that is some milliseconds late, and believes no list of later."""
    return present_time() - timedelta(seconds=1)


class Service:
    """An authority behind a threaded server on a port that its certificates name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        create_authority(folder, passphrase=PASSPHRASE, clock=slow_time, base_url=self.url)
        self.authority: EmbeddedAuthority = open_authority(folder, passphrase=PASSPHRASE, clock=slow_time)
        self.server = make_server("127.0.0.1", port, create_trust_services_app(self.authority), threaded=True)

    def certificate(self, name: str) -> Path:
        return self.folder / "certificates" / f"{name}.pem"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    service = Service(tmp_path_factory.mktemp("service") / "ca")
    thread = threading.Thread(target=service.server.serve_forever)
    thread.start()
    yield service
    service.server.shutdown()
    thread.join()
    service.server.server_close()


def remote(service: Service, trust: TrustStore | None = None) -> RemoteTimestampAuthority:
    store = service.authority.trust_store() if trust is None else trust
    return RemoteTimestampAuthority(f"{service.url}/tsa", store, present_time)


def test_our_client_gets_a_token_that_openssl_verifies(service: Service, tmp_path: Path) -> None:
    token = tmp_path / "token.der"
    token.write_bytes(remote(service).timestamp(DIGEST).der)
    root = service.certificate("root")
    run_tool("openssl", "ts", "-verify", "-digest", DIGEST.hex(), "-token_in", "-in", token, "-CAfile", root)


def test_many_clients_at_once_each_get_their_own_token(service: Service) -> None:
    digests = [hashlib.sha256(bytes([n])).digest() for n in range(20)]
    with ThreadPoolExecutor(8) as pool:
        tokens = list(pool.map(remote(service).timestamp, digests))
    assert all(digest in token.der for digest, token in zip(digests, tokens, strict=True))


def test_the_same_server_is_refused_by_who_does_not_believe_its_root(service: Service) -> None:
    with pytest.raises(TokenRefused) as refused:
        remote(service, TrustStore()).timestamp(DIGEST)
    assert refused.value.code == "tsa-untrusted"


def test_openssl_asks_over_http_and_verifies(service: Service, tmp_path: Path) -> None:
    query, response, data = (tmp_path / name for name in ("query.tsq", "response.tsr", "data"))
    data.write_bytes(b"contract")
    run_tool("openssl", "ts", "-query", "-data", data, "-sha256", "-cert", "-out", query)
    headers = {"Content-Type": "application/timestamp-query"}
    request = urllib.request.Request(f"{service.url}/tsa", data=query.read_bytes(), headers=headers)  # noqa: S310
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        response.write_bytes(answer.read())
    root = service.certificate("root")
    run_tool("openssl", "ts", "-verify", "-queryfile", query, "-in", response, "-CAfile", root)
    run_tool("openssl", "ts", "-verify", "-data", data, "-in", response, "-CAfile", root)


def test_openssl_asks_the_responder_that_the_certificate_names(service: Service, tmp_path: Path) -> None:
    issued = service.authority.issuer.issue_event_certificate(event_request())
    event = tmp_path / "event.der"
    event.write_bytes(issued.certificate)
    url = run_tool("openssl", "x509", "-in", event, "-noout", "-ocsp_uri").stdout.decode().strip()
    ask = (
        "openssl", "ocsp", "-url", url, "-issuer", service.certificate("issuing"), "-cert", event,
        "-CAfile", service.certificate("root"), "-verify_other", service.certificate("issuing"), "-timeout", "10",
    )  # fmt: skip
    assert b": good" in run_tool(*map(str, ask)).stdout
    serial = x509.load_der_x509_certificate(issued.certificate).serial_number
    service.authority.issuer.revoke(serial, RevocationReason.CESSATION_OF_OPERATION)
    assert b": revoked" in run_tool(*map(str, ask)).stdout


def test_openssl_fetches_the_lists_that_the_certificates_name(service: Service) -> None:
    root, issuing, seal = (service.certificate(name) for name in ("root", "issuing", "seal"))
    downloading = ("-crl_download", "-crl_check", "-CAfile", root)
    run_tool("openssl", "verify", *downloading, "-untrusted", issuing, seal)
    run_tool("openssl", "verify", *downloading, issuing)


def test_the_issuer_is_where_the_certificate_says(service: Service) -> None:
    seal = x509.load_der_x509_certificate(service.authority.seal.certificate)
    access = seal.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    with urllib.request.urlopen(access[1].access_location.value, timeout=10) as answer:  # noqa: S310
        issuing = x509.load_der_x509_certificate(answer.read())
    seal.verify_directly_issued_by(issuing)


@contextmanager
def misbehaving(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server for one request: it reads the head, then does what the test says. Yields its url."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            answer(connection)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/tsa"
    finally:
        thread.join(timeout=10)
        listener.close()


def failure(url: str, *, timeout_seconds: float = 10) -> TrustServiceError:
    client = RemoteTimestampAuthority(url, TrustStore(), present_time, timeout_seconds=timeout_seconds)
    with pytest.raises(TrustServiceError) as failed:
        client.timestamp(DIGEST)
    return failed.value


def head(status: str, *fields: str) -> bytes:
    return "\r\n".join((f"HTTP/1.1 {status}", *fields, "", "")).encode()


def test_a_server_error_may_be_tried_again() -> None:
    with misbehaving(lambda peer: peer.sendall(head("500 Oh", "Content-Length: 0"))) as url:
        error = failure(url)
    assert (type(error), error.code) == (TrustServiceUnavailable, "tsa-http-error")


def test_a_redirect_is_not_followed() -> None:
    redirect = head("302 Found", "Location: http://127.0.0.1:1/inside", "Content-Length: 0")
    with misbehaving(lambda peer: peer.sendall(redirect)) as url:
        assert failure(url).code == "tsa-redirected"


def test_an_endless_answer_is_cut_off() -> None:
    def endless(peer: socket.socket) -> None:
        peer.sendall(head("200 OK", "Content-Type: application/timestamp-reply"))
        try:
            while True:
                peer.sendall(bytes(65536))
        except OSError:
            return

    with misbehaving(endless) as url:
        assert failure(url).code == "tsa-answer-too-large"


def test_a_server_that_says_nothing_times_out() -> None:
    released = threading.Event()

    def silent(_: socket.socket) -> None:
        released.wait(10)

    with misbehaving(silent) as url:
        error = failure(url, timeout_seconds=0.2)
        released.set()
    assert (type(error), error.code) == (TrustServiceUnavailable, "tsa-timeout")


@pytest.mark.parametrize("start", [b"", head("200 OK", "Content-Type: application/timestamp-reply")])
def test_a_server_that_drips_times_out_although_each_byte_is_in_time(start: bytes) -> None:
    released = threading.Event()

    def drip(peer: socket.socket) -> None:
        peer.sendall(start)
        try:
            while not released.wait(0.05):
                peer.sendall(b"H")
        except OSError:
            return

    with misbehaving(drip) as url:
        error = failure(url, timeout_seconds=0.4)
        released.set()
    assert error.code == "tsa-timeout"


@pytest.mark.parametrize("said", [b"", b"SSH-2.0-server\r\n", head("200 OK", "Content-Length: 100") + b"short"])
def test_a_server_that_hangs_up_or_speaks_something_else_is_unreachable(said: bytes) -> None:
    with misbehaving(lambda peer: peer.sendall(said)) as url:
        assert failure(url).code == "tsa-unreachable"


def test_nobody_there_is_unreachable() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}/tsa"
    assert failure(url).code == "tsa-unreachable"


def test_a_server_without_tls_is_unreachable_by_https() -> None:
    with misbehaving(lambda peer: peer.sendall(b"no tls here")) as url:
        assert failure(url.replace("http://", "https://")).code == "tsa-unreachable"
