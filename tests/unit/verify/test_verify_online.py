"""Fetching what a file does not carry: from a real server on this machine, through the guard, under limits."""

from __future__ import annotations

import io
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from signed_material import Desk
from small_pki import Holder, certify, leaf, ocsp_answer, root
from werkzeug.serving import make_server

from ca.authority import EmbeddedAuthority, Role, create_authority, open_authority
from ca.errors import TokenRefused, TrustServiceUnavailable
from ca.http import create_trust_services_app
from ca.ports import Fetch, HttpAnswer, RevocationReason, TransportFailed, TransportFailure
from ca.remote.metered_transport import FetchLimits, MeteredTransport
from ca.remote.validation_data import RemoteValidationData
from ca.trust import TrustStore
from esign.infra.outgoing import GuardedTransport
from esign.infra.outgoing_rules import OutgoingRules
from esign.pades.typeface import Typeface
from esign.verify import Report, SecurityStore, verify
from esign.verify.online import fetch_missing
from esign.verify.report import MissingData
from tests.authority import PASSPHRASE, present_time


class Service:
    """An authority behind a threaded server on a port that its certificates name."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        address = f"http://127.0.0.1:{self.port}"
        create_authority(folder, passphrase=PASSPHRASE, clock=present_time, base_url=address)
        self.authority: EmbeddedAuthority = open_authority(folder, passphrase=PASSPHRASE, clock=present_time)
        self.server = make_server("127.0.0.1", self.port, create_trust_services_app(self.authority), threaded=True)

    def source(self, *, opened: bool = True, limits: FetchLimits | None = None) -> RemoteValidationData:
        """What asks, through the service's own guard; only here is it opened for an address of this machine."""
        rules = OutgoingRules([f"127.0.0.1:{self.port}"] if opened else [])
        return RemoteValidationData(present_time, GuardedTransport(rules), limits=limits)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    service = Service(tmp_path_factory.mktemp("service") / "ca")
    thread = threading.Thread(target=service.server.serve_forever)
    thread.start()
    yield service
    service.server.shutdown()
    thread.join()


@pytest.fixture
def without_data(contract: bytes, typeface: Typeface, service: Service) -> Desk:
    """A contract at B-T: a signature and its timestamp, no revocation data."""
    desk = Desk.open(contract, typeface, service.authority)
    desk.sign("applicant")
    return desk


def judged(document: bytes, trust: TrustStore, source: RemoteValidationData, at: datetime | None = None) -> Report:
    def judge(supplement: SecurityStore, *, tell_missing: bool) -> Report:
        moment = at or present_time() + timedelta(seconds=2)
        stream = io.BytesIO(document)
        return verify(
            stream, name="contract.pdf", trust=trust, at=moment, supplement=supplement, tell_missing=tell_missing
        )

    fetched = fetch_missing(lambda supplement: judge(supplement, tell_missing=True).missing, source)
    return fetched.told_in(judge(fetched.supplement, tell_missing=False))


def told(report: Report, code: str) -> list[str]:
    return [finding.message for finding in report.findings if finding.code == code]


def test_a_file_without_revocation_data_passes_by_what_its_addresses_answer(
    without_data: Desk, service: Service
) -> None:
    trust = service.authority.trust_store()
    offline = verify(io.BytesIO(without_data.document), name="contract.pdf", trust=trust, at=present_time())
    assert (offline.signatures[0].sub_indication, offline.missing) == ("TRY_LATER", ())
    report = judged(without_data.document, trust, service.source())
    assert report.signatures[0].indication == "TOTAL-PASSED"
    addresses = [message.split(" from ")[1].split(" ")[0] for message in told(report, "fetched")]
    base = f"http://127.0.0.1:{service.port}"
    assert f"{base}/ocsp" in addresses
    assert f"{base}/crl/root.crl" in addresses  # the root answers by a list alone


def test_a_revocation_that_is_fetched_counts(contract: bytes, typeface: Typeface, service: Service) -> None:
    desk = Desk.open(contract, typeface, service.authority)
    signature = desk.sign("applicant", timestamp=False)
    service.authority.issuer.revoke(signature.serial_number, RevocationReason.KEY_COMPROMISE)
    report = judged(desk.document, service.authority.trust_store(), service.source())
    assert report.signatures[0].sub_indication == "REVOKED_NO_POE"


def test_an_issuer_that_is_not_in_the_file_is_fetched(without_data: Desk, service: Service) -> None:
    """The root is believed, and what lies between is found at the address that the signer's certificate names."""
    issuing = service.authority.certificate(Role.ISSUING)
    found = service.source().issuers(without_data.authority.certificate(Role.SEAL))
    assert found == (issuing,)
    source = service.source()
    seal = MissingData(without_data.authority.certificate(Role.SEAL))
    fetched = fetch_missing(lambda supplement: () if supplement.certificates else (seal,), source)
    assert [one.dump() for one in fetched.supplement.certificates] == [issuing]


def test_the_guard_keeps_addresses_inside_closed(without_data: Desk, service: Service) -> None:
    report = judged(without_data.document, service.authority.trust_store(), service.source(opened=False))
    assert report.signatures[0].sub_indication == "TRY_LATER"
    assert told(report, "fetched") == []
    assert all("may not reach" in message for message in told(report, "fetch-failed"))
    assert {finding.severity for finding in report.findings if finding.code.startswith("fetch")} == {"info"}


@pytest.mark.parametrize("limits", [FetchLimits(requests=0), FetchLimits(total_bytes=0), FetchLimits(seconds=0)])
def test_what_may_be_fetched_is_limited(limits: FetchLimits, without_data: Desk, service: Service) -> None:
    report = judged(without_data.document, service.authority.trust_store(), service.source(limits=limits))
    assert report.signatures[0].sub_indication == "TRY_LATER"
    assert told(report, "fetched") == []
    assert all("limit" in message for message in told(report, "fetch-failed"))


@dataclass
class Canned:
    """A transport with one answer, which counts how often it was asked."""

    answer: HttpAnswer
    asked: list[str] = field(default_factory=list)

    def post(self, url: str, **_: object) -> HttpAnswer:
        self.asked.append(url)
        return self.answer

    get = post


def test_bytes_are_counted_over_all_requests() -> None:
    metered = MeteredTransport(Canned(HttpAnswer(200, "", b"x" * 60)), FetchLimits(total_bytes=100))
    for _ in range(2):
        metered.get("http://a.example/", timeout_seconds=1, max_bytes=100)
    with pytest.raises(TransportFailed, match="limit"):
        metered.post("http://a.example/", body=b"", headers={}, timeout_seconds=1, max_bytes=100)
    assert [fetch.failure is None for fetch in metered.fetches] == [True, True, False]


def naming_its_issuer(host: str = "a") -> bytes:
    address = x509.UniformResourceIdentifier(f"http://{host}.example/ca.cer")
    access = x509.AccessDescription(x509.oid.AuthorityInformationAccessOID.CA_ISSUERS, address)
    return certify("signer", root(), x509.AuthorityInformationAccess([access])).der


@pytest.mark.parametrize(
    "body",
    [
        root().der,
        root().certificate.public_bytes(Encoding.PEM),
        pkcs7.serialize_certificates([root().certificate], Encoding.DER),
    ],
    ids=["der", "pem", "pkcs7"],
)
def test_issuers_are_read_in_every_form_in_which_they_lie_there(body: bytes) -> None:
    source = RemoteValidationData(present_time, Canned(HttpAnswer(200, "", body)))
    assert source.issuers(naming_its_issuer()) == (root().der,)


def test_what_is_no_issuer_is_refused_and_a_missing_one_is_unreachable() -> None:
    with pytest.raises(TokenRefused):
        RemoteValidationData(present_time, Canned(HttpAnswer(200, "", b"<html>"))).issuers(naming_its_issuer())
    missing = RemoteValidationData(present_time, Canned(HttpAnswer(404, "", b"")))
    with pytest.raises(TrustServiceUnavailable):
        missing.issuers(naming_its_issuer())
    assert missing.fetches() == (Fetch("http://a.example/ca.cer", 0, "status 404"),)
    assert RemoteValidationData(present_time, Canned(HttpAnswer(200, "", b""))).issuers(leaf().der) == ()


@dataclass
class Endless:
    """A source that always has another answer, to which there is always another question."""

    asked: int = 0

    def ocsp(self, certificate: bytes, issuer: bytes) -> bytes | None:
        self.asked += 1
        return ocsp_answer(leaf(), root(), root())

    def crl(self, issuer: bytes, *, covering: bytes | None = None) -> bytes | None:
        raise AssertionError

    def issuers(self, certificate: bytes) -> tuple[bytes, ...]:
        raise AssertionError

    def fetches(self) -> tuple[Fetch, ...]:
        return ()


def test_questions_come_to_an_end() -> None:
    source = Endless()

    def more(_: SecurityStore) -> tuple[MissingData, ...]:
        return tuple(MissingData(bytes([source.asked, number]), b"issuer") for number in range(50))

    fetch_missing(more, source)
    assert source.asked == 60


@dataclass
class Slow:
    """A transport on a clock of its own: every answer takes four seconds, or as long as it is given."""

    now: float = 1000.0
    given: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.now

    def get(self, url: str, *, timeout_seconds: float, max_bytes: int) -> HttpAnswer:
        self.given.append(timeout_seconds)
        self.now += min(4.0, timeout_seconds)
        if timeout_seconds < 4.0:
            raise TransportFailed(TransportFailure.TIMEOUT, "no answer in time")
        return HttpAnswer(200, "", root().der)

    def post(self, url: str, **_: object) -> HttpAnswer:
        raise AssertionError


def test_all_rounds_of_one_verdict_share_one_deadline() -> None:
    """Two answers come in their rounds, the third is cut short, and of the fourth it is said that nobody was asked."""
    transport = Slow()
    limits = FetchLimits(seconds=10)
    source = RemoteValidationData(present_time, transport, limits=limits, monotonic=transport.monotonic)
    rounds = [[naming_its_issuer("a")], [naming_its_issuer("b")], [naming_its_issuer("c"), naming_its_issuer("d")]]
    judged_for: list[int] = []

    def missing(supplement: SecurityStore) -> tuple[MissingData, ...]:
        judged_for.append(len(supplement.certificates))
        return tuple(map(MissingData, rounds[len(supplement.certificates)]))

    fetched = fetch_missing(missing, source)
    assert transport.given == [10.0, 6.0, 2.0]
    assert judged_for == [0, 1, 2]  # and not once more, when nothing came
    assert [(one.code, one.message) for one in fetched.findings[:4]] == [
        ("fetched", f"Validation data was fetched from http://a.example/ca.cer ({len(root().der)} bytes)."),
        ("fetched", f"Validation data was fetched from http://b.example/ca.cer ({len(root().der)} bytes)."),
        ("fetch-failed", "Validation data could not be had from http://c.example/ca.cer (no answer in time)."),
        (
            "fetch-failed",
            "Validation data could not be had from http://d.example/ca.cer "
            "(the limit of 10 seconds for all requests is reached).",
        ),
    ]


def test_the_judging_between_two_rounds_counts() -> None:
    transport = Slow()
    limits = FetchLimits(seconds=10)
    source = RemoteValidationData(present_time, transport, limits=limits, monotonic=transport.monotonic)

    def missing(supplement: SecurityStore) -> tuple[MissingData, ...]:
        transport.now += 7
        return (MissingData(naming_its_issuer("b" if supplement.certificates else "a")),)

    fetched = fetch_missing(missing, source)
    assert transport.given == [10.0]
    assert [one.failure is None for one in source.fetches()] == [True, False]
    assert "10 seconds" in fetched.findings[1].message


def test_what_a_stranger_writes_as_an_address_does_not_reach_the_terminal(service: Service) -> None:
    holder: Holder = certify(
        "signer",
        root(),
        x509.AuthorityInformationAccess(
            [
                x509.AccessDescription(
                    x509.oid.AuthorityInformationAccessOID.OCSP,
                    x509.UniformResourceIdentifier("http://127.0.0.1:1/\x1b[2J" + "a" * 500),
                )
            ]
        ),
    )
    wanted = MissingData(holder.der, root().der)
    fetched = fetch_missing(lambda _: (wanted,), service.source())
    assert all("\x1b" not in one.message and len(one.message) < 400 for one in fetched.findings)
