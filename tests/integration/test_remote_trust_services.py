"""A timestamp authority of somebody else, over HTTP: tokens, and the revocation data that its chain needs."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509 import ocsp
from werkzeug.serving import make_server

from ca.authority import EmbeddedAuthority, Role, create_authority, open_authority
from ca.errors import TokenRefused, TrustServiceUnavailable
from ca.http import create_trust_services_app
from ca.ports import RevocationReason
from ca.remote import HttpAnswer, RemoteRevocationSource
from demo.judges import ask_judges
from tests.authority import event_request, present_time
from tests.command import PASSPHRASE, Desk, set_up_desk


class Stranger:
    """An authority of its own on a port that its certificates name."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        create_authority(folder, passphrase=PASSPHRASE.encode(), clock=present_time, base_url=self.url)
        self.authority: EmbeddedAuthority = open_authority(folder, passphrase=PASSPHRASE.encode(), clock=present_time)
        self.root = folder / "certificates/root.pem"
        self.server = make_server("127.0.0.1", self.port, create_trust_services_app(self.authority), threaded=True)


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stranger]:
    stranger = Stranger(tmp_path_factory.mktemp("stranger") / "ca")
    thread = threading.Thread(target=stranger.server.serve_forever)
    thread.start()
    yield stranger
    stranger.server.shutdown()
    thread.join()
    stranger.server.server_close()


@pytest.fixture
def desk(tmp_path: Path, contract: bytes) -> Desk:
    return set_up_desk(
        tmp_path,
        contract,
        lambda folder: create_authority(folder, passphrase=PASSPHRASE.encode(), clock=present_time),
    )


def test_a_contract_reaches_b_lta_with_a_strangers_timestamps(desk: Desk, stranger: Stranger) -> None:
    signed = desk.folder / "signed.pdf"
    tsa = ("--tsa", f"{stranger.url}/tsa", "--trust", stranger.root)
    desk.sign(desk.folder / "contract.pdf", "--seal", "--out", signed, *tsa)
    told = desk.json("verify", signed, "--trust", stranger.root)
    assert told["conclusion"] == "TOTAL-PASSED"
    assert {s["level"] for s in told["signatures"] if s["kind"] == "signature"} == {"B-LTA"}
    both = desk.folder / "roots.pem"
    both.write_bytes(stranger.root.read_bytes() + (desk.folder / "ca/certificates/root.pem").read_bytes())
    assert [judge for judge in ask_judges(signed, both) if judge.agrees is False] == []


def test_a_strangers_timestamps_are_refused_unless_its_root_is_trusted(desk: Desk, stranger: Stranger) -> None:
    result = desk.sign(desk.folder / "contract.pdf", "--tsa", f"{stranger.url}/tsa", status=11)
    assert "[tsa-" in result.stderr
    assert not (desk.folder / "contract.signed.pdf").exists()


def test_a_responder_is_asked_at_the_address_in_the_certificate(stranger: Stranger) -> None:
    authority = stranger.authority
    event = authority.issuer.issue_event_certificate(event_request()).certificate
    source = RemoteRevocationSource(present_time)
    answer = source.ocsp(event, authority.certificate(Role.ISSUING))
    assert answer is not None
    assert ocsp.load_der_ocsp_response(answer).certificate_status is ocsp.OCSPCertStatus.GOOD
    serial_number = x509.load_der_x509_certificate(event).serial_number
    authority.issuer.revoke(serial_number, RevocationReason.CESSATION_OF_OPERATION)
    later = source.ocsp(event, authority.certificate(Role.ISSUING))
    assert later is not None
    assert ocsp.load_der_ocsp_response(later).certificate_status is ocsp.OCSPCertStatus.REVOKED


def test_a_list_is_fetched_from_the_address_in_the_certificate(stranger: Stranger) -> None:
    authority = stranger.authority
    source = RemoteRevocationSource(present_time)
    fetched = source.crl(authority.certificate(Role.ROOT), covering=authority.certificate(Role.ISSUING))
    assert fetched is not None
    assert x509.load_der_x509_crl(fetched).issuer == x509.load_der_x509_certificate(authority.roots[0]).subject


def test_a_certificate_that_names_nobody_has_no_answer(stranger: Stranger) -> None:
    root = stranger.authority.roots[0]
    source = RemoteRevocationSource(present_time)
    assert source.ocsp(root, root) is None
    assert source.crl(root, covering=root) is None


@pytest.mark.parametrize("body", [b"", b"not an answer", b"\x30\x03\x0a\x01\x06"])
def test_a_wrong_answer_is_refused(stranger: Stranger, body: bytes) -> None:
    source = RemoteRevocationSource(present_time, transport=_Answering(body))
    authority = stranger.authority
    with pytest.raises(TokenRefused, match="OCSP"):
        source.ocsp(authority.certificate(Role.TSA), authority.certificate(Role.ISSUING))
    with pytest.raises(TokenRefused, match="CRL"):
        source.crl(authority.certificate(Role.ROOT), covering=authority.certificate(Role.ISSUING))


def test_an_answer_about_another_certificate_is_refused(stranger: Stranger) -> None:
    authority = stranger.authority
    issuing = authority.certificate(Role.ISSUING)
    other = authority.revocation.ocsp(authority.certificate(Role.SEAL), issuing)
    assert other is not None
    with pytest.raises(TokenRefused, match="another certificate"):
        RemoteRevocationSource(present_time, transport=_Answering(other)).ocsp(authority.certificate(Role.TSA), issuing)


def test_a_list_of_another_issuer_is_refused(stranger: Stranger) -> None:
    authority = stranger.authority
    of_the_issuing = authority.revocation.crl(authority.certificate(Role.ISSUING))
    assert of_the_issuing is not None
    source = RemoteRevocationSource(present_time, transport=_Answering(of_the_issuing))
    with pytest.raises(TokenRefused, match="not signed by its issuer"):
        source.crl(authority.certificate(Role.ROOT), covering=authority.certificate(Role.ISSUING))


def test_an_http_error_means_try_again(stranger: Stranger) -> None:
    source = RemoteRevocationSource(present_time, transport=_Answering(b"", status=503))
    authority = stranger.authority
    with pytest.raises(TrustServiceUnavailable, match="503"):
        source.ocsp(authority.certificate(Role.TSA), authority.certificate(Role.ISSUING))


class _Answering:
    """A transport that always gives the same answer."""

    def __init__(self, body: bytes, status: int = 200) -> None:
        self._answer = HttpAnswer(status, "application/octet-stream", body)

    def post(self, url: str, **_more: object) -> HttpAnswer:
        assert url.startswith("http://127.0.0.1:")
        return self._answer

    def get(self, url: str, **_more: object) -> HttpAnswer:
        assert url.startswith("http://127.0.0.1:")
        return self._answer
