"""Asking strangers for revocation data: addresses and lists that a hostile certificate or server makes up."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

from ca.errors import TokenRefused, TrustServiceUnavailable
from ca.remote import DirectTransport, HttpAnswer, RemoteRevocationSource, TransportFailed, TransportFailure
from tests.authority import present_time

KEY = ec.generate_private_key(ec.SECP256R1())
NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "issuer")])
LISTED_AT = "http://ca.example/list.crl"


def certificate(*extensions: x509.ExtensionType) -> bytes:
    now = present_time()
    builder = x509.CertificateBuilder().subject_name(NAME).issuer_name(NAME).public_key(KEY.public_key())
    builder = builder.serial_number(5).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(KEY, hashes.SHA256()).public_bytes(Encoding.DER)


def naming(url: str) -> bytes:
    """A certificate that names the address for OCSP and for its CRL."""
    address = x509.UniformResourceIdentifier(url)
    access = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, address)
    point = x509.DistributionPoint([address], None, None, None)
    return certificate(x509.AuthorityInformationAccess([access]), x509.CRLDistributionPoints([point]))


@pytest.mark.parametrize(
    "url",
    [
        "http://h:99999/",
        "http://h:x/",
        "http://a..b/",
        f"http://{'a' * 70}/",
        "http://[::1/",
        "http:///x",
        "https://[::1/",
        "http://127.0.0.1:1/a b",
    ],
)
def test_an_address_that_is_none_is_a_service_that_does_not_answer(url: str) -> None:
    source = RemoteRevocationSource(present_time)
    asked = naming(url)
    with pytest.raises(TrustServiceUnavailable) as caught:
        source.ocsp(asked, asked)
    assert caught.value.code == "revocation-unreachable"
    with pytest.raises(TrustServiceUnavailable):
        source.crl(asked, covering=asked)


@contextmanager
def dripping() -> Iterator[int]:
    """A server that begins a TLS record and sends the rest byte by byte, to the port that is returned."""
    over = threading.Event()

    def drip(listener: socket.socket) -> None:
        peer, _ = listener.accept()
        with peer:
            try:
                peer.sendall(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc")
                for _ in range(200):
                    if over.wait(0.05):
                        return
                    peer.sendall(b"\0")
            except OSError:
                return  # the client has gone, as it should

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=drip, args=(listener,))
        thread.start()
        yield listener.getsockname()[1]
        over.set()
        thread.join()


def test_a_handshake_that_is_dragged_out_ends_at_the_time_limit() -> None:
    transport = DirectTransport(ssl.create_default_context())
    with dripping() as port, pytest.raises(TransportFailed) as caught:
        transport.get(f"https://127.0.0.1:{port}/", timeout_seconds=0.4, max_bytes=100)
    assert caught.value.failure is TransportFailure.TIMEOUT


@dataclass
class Serving:
    """A transport that answers with a body, whatever is asked."""

    body: bytes

    def post(self, url: str, **_: object) -> HttpAnswer:
        return HttpAnswer(200, "", self.body)

    def get(self, url: str, **_: object) -> HttpAnswer:
        return HttpAnswer(200, "", self.body)


def crl_with(*extensions: x509.ExtensionType, entry: x509.ExtensionType | None = None) -> bytes:
    now = present_time()
    builder = x509.CertificateRevocationListBuilder().issuer_name(NAME)
    builder = builder.last_update(now).next_update(now + timedelta(days=1))
    for extension in extensions:
        builder = builder.add_extension(extension, critical=True)
    revoked = x509.RevokedCertificateBuilder().serial_number(99).revocation_date(now)
    revoked = revoked if entry is None else revoked.add_extension(entry, critical=True)
    return builder.add_revoked_certificate(revoked.build()).sign(KEY, hashes.SHA256()).public_bytes(Encoding.DER)


def scope(
    *,
    full_name: str | None = None,
    user: bool = False,
    authority: bool = False,
    attribute: bool = False,
    indirect: bool = False,
    reasons: frozenset[x509.ReasonFlags] | None = None,
) -> x509.IssuingDistributionPoint:
    names = [x509.UniformResourceIdentifier(full_name)] if full_name else None
    return x509.IssuingDistributionPoint(names, None, user, authority, reasons, indirect, attribute)


UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.5"), b"\x05\x00")


def fetched(body: bytes) -> bytes | None:
    asked = naming(LISTED_AT)
    return RemoteRevocationSource(present_time, transport=Serving(body)).crl(asked, covering=asked)


@pytest.mark.parametrize(
    "body",
    [
        crl_with(scope(authority=True)),
        crl_with(scope(attribute=True)),
        crl_with(scope(indirect=True)),
        crl_with(scope(reasons=frozenset({x509.ReasonFlags.key_compromise}))),
        crl_with(scope(full_name="http://ca.example/other.crl")),
        crl_with(x509.DeltaCRLIndicator(7)),
        crl_with(UNKNOWN),
        crl_with(entry=UNKNOWN),
    ],
)
def test_a_list_that_does_not_speak_of_the_certificate_is_refused(body: bytes) -> None:
    with pytest.raises(TokenRefused) as caught:
        fetched(body)
    assert caught.value.code == "crl-refused"


@pytest.mark.parametrize("body", [crl_with(), crl_with(scope(user=True)), crl_with(scope(full_name=LISTED_AT))])
def test_a_list_whose_scope_holds_the_certificate_is_returned(body: bytes) -> None:
    assert fetched(body) == body
