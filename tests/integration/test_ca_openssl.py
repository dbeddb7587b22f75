"""openssl judges what the embedded authority makes: certificates, lists, timestamps, OCSP answers, key files."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from ca.authority import EmbeddedAuthority, KeyAlgorithm, Role
from ca.ports import IssuedCertificate, RevocationReason
from tests.authority import HANDWRITING, PASSPHRASE, PHOTO, create_test_authority, event_request
from tests.tools import run_tool

DATA = b"contract"


@dataclass(frozen=True)
class Desk:
    """An authority, and the files that openssl is handed."""

    authority: EmbeddedAuthority
    folder: Path
    files: Path

    def write(self, name: str, content: bytes) -> Path:
        path = self.files / name
        path.write_bytes(content)
        return path

    @property
    def root(self) -> Path:
        return self.folder / "certificates" / "root.pem"

    @property
    def issuing(self) -> Path:
        return self.folder / "certificates" / "issuing.pem"

    def event(self, name: str = "event.pem") -> tuple[IssuedCertificate, Path]:
        issued = self.authority.issuer.issue_event_certificate(event_request())
        pem = x509.load_der_x509_certificate(issued.certificate).public_bytes(Encoding.PEM)
        return issued, self.write(name, pem)

    def lists(self) -> Path:
        """The present CRLs of both issuers, PEM in one file."""
        pem = b""
        for issuer in (Role.ROOT, Role.ISSUING):
            der = self.authority.revocation.crl(self.authority.certificate(issuer))
            assert der is not None
            pem += x509.load_der_x509_crl(der).public_bytes(Encoding.PEM)
        return self.write("lists.pem", pem)

    def verify(self, *arguments: str | Path, accept: tuple[int, ...] = (0,)) -> bytes:
        done = run_tool(
            "openssl", "verify", "-x509_strict", "-policy_check", "-purpose", "any",
            "-CAfile", self.root, "-untrusted", self.issuing, *arguments, accept=accept,
        )  # fmt: skip
        return done.stdout + done.stderr


@pytest.fixture(scope="module", params=[KeyAlgorithm.P256, KeyAlgorithm.RSA2048], ids=str)
def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    files = tmp_path_factory.mktemp(str(request.param))
    authority = create_test_authority(files / "ca", key_algorithm=request.param)
    return Desk(authority, files / "ca", files)


@pytest.mark.parametrize("role", list(Role))
def test_openssl_verifies_every_certificate_of_the_hierarchy(desk: Desk, role: Role) -> None:
    assert b": OK" in desk.verify(desk.folder / "certificates" / f"{role.value}.pem")


def test_openssl_verifies_an_event_certificate_with_the_lists(desk: Desk) -> None:
    _, event = desk.event()
    assert b": OK" in desk.verify("-crl_check_all", "-CRLfile", desk.lists(), event)


def test_openssl_finds_a_revoked_certificate_in_the_list(desk: Desk) -> None:
    issued, event = desk.event("revoked.pem")
    serial = x509.load_der_x509_certificate(issued.certificate).serial_number
    desk.authority.issuer.revoke(serial, RevocationReason.CESSATION_OF_OPERATION)
    said = desk.verify("-crl_check_all", "-CRLfile", desk.lists(), event, accept=(2,))
    assert b"certificate revoked" in said


def test_openssl_accepts_the_timestamping_certificate_for_timestamps_only(desk: Desk) -> None:
    arguments = ("-CAfile", desk.root, "-untrusted", desk.issuing)
    tsa, seal = (desk.folder / "certificates" / f"{name}.pem" for name in ("tsa", "seal"))
    assert b": OK" in run_tool("openssl", "verify", "-purpose", "timestampsign", *arguments, tsa).stdout
    run_tool("openssl", "verify", "-purpose", "timestampsign", *arguments, seal, accept=(2,))


def test_openssl_shows_the_evidence_in_an_event_certificate(desk: Desk) -> None:
    _, event = desk.event()
    text = run_tool("openssl", "x509", "-in", event, "-noout", "-text", "-nameopt", "utf8").stdout.decode()
    assert "Biometric Info" in text
    assert "URI:ni:///sha-256;" in text
    assert "Non Repudiation" in text
    assert "FOR TESTING ONLY" in text
    assert "张伟" in text
    assert "Digital Signature" not in text
    dump = run_tool("openssl", "asn1parse", "-in", event).stdout.decode()
    assert "Biometric Info" in dump
    der = x509.load_pem_x509_certificate(event.read_bytes()).public_bytes(Encoding.DER)
    assert HANDWRITING in der
    assert PHOTO in der


def test_openssl_verifies_a_token_made_in_process(desk: Desk) -> None:
    digest = hashlib.sha256(DATA)
    token = desk.write("token.der", desk.authority.timestamp_authority.timestamp(digest.digest()).der)
    data = desk.write("data", DATA)
    trusted = ("-token_in", "-in", token, "-CAfile", desk.root)
    run_tool("openssl", "ts", "-verify", "-digest", digest.hexdigest(), *trusted)
    run_tool("openssl", "ts", "-verify", "-data", data, *trusted)
    wrong = run_tool("openssl", "ts", "-verify", "-digest", "00" * 32, *trusted, accept=(1,))
    assert b"imprint" in wrong.stderr


@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
def test_openssl_asks_and_verifies_the_response(desk: Desk, digest: str) -> None:
    data = desk.write("data", DATA)
    query = run_tool("openssl", "ts", "-query", "-data", data, f"-{digest}", "-cert").stdout
    response = desk.write("response.der", desk.authority.timestamp_authority.respond(query))
    query_file = desk.write("query.der", query)
    trusted = ("-in", response, "-CAfile", desk.root)
    run_tool("openssl", "ts", "-verify", "-queryfile", query_file, *trusted)
    run_tool("openssl", "ts", "-verify", "-data", data, *trusted)


def test_openssl_verifies_a_response_without_certificates_when_it_has_them(desk: Desk) -> None:
    data = desk.write("data", DATA)
    query = run_tool("openssl", "ts", "-query", "-data", data, "-sha256").stdout
    response = desk.write("bare.der", desk.authority.timestamp_authority.respond(query))
    chain = desk.write("chain.pem", (desk.folder / "certificates" / "tsa.pem").read_bytes() + desk.issuing.read_bytes())
    run_tool("openssl", "ts", "-verify", "-data", data, "-in", response, "-CAfile", desk.root, "-untrusted", chain)


def test_openssl_reads_a_rejection(desk: Desk) -> None:
    query = run_tool("openssl", "ts", "-query", "-digest", "00" * 20, "-sha1").stdout
    response = desk.write("rejection.der", desk.authority.timestamp_authority.respond(query))
    text = run_tool("openssl", "ts", "-reply", "-in", response, "-text").stdout
    assert b"Status: Rejected" in text
    assert b"unrecognized or unsupported algorithm" in text


def ocsp_verdict(desk: Desk, certificate: Path, der: bytes) -> str:
    answer = desk.authority.revocation.ocsp(der, desk.authority.certificate(Role.ISSUING))
    assert answer is not None
    done = run_tool(
        "openssl", "ocsp", "-respin", desk.write("ocsp.der", answer), "-issuer", desk.issuing,
        "-cert", certificate, "-CAfile", desk.root, "-verify_other", desk.issuing, "-no_nonce",
    )  # fmt: skip
    assert b"Response verify OK" in done.stderr
    return done.stdout.decode()


def test_openssl_accepts_an_ocsp_answer_good_and_revoked(desk: Desk) -> None:
    issued, event = desk.event("asked.pem")
    assert f"{event}: good" in ocsp_verdict(desk, event, issued.certificate)
    serial = x509.load_der_x509_certificate(issued.certificate).serial_number
    desk.authority.issuer.revoke(serial, RevocationReason.SUPERSEDED)
    verdict = ocsp_verdict(desk, event, issued.certificate)
    assert f"{event}: revoked" in verdict
    assert "Reason: superseded" in verdict


def test_openssl_asks_with_a_nonce_and_gets_it_back(desk: Desk) -> None:
    seal = desk.folder / "certificates" / "seal.pem"
    asked = desk.files / "ocsp-request.der"
    subject = ("-issuer", desk.issuing, "-cert", seal)
    run_tool("openssl", "ocsp", "-sha256", *subject, "-nonce", "-reqout", asked)
    answer = desk.write("ocsp-answer.der", desk.authority.ocsp_responder.respond(asked.read_bytes()))
    done = run_tool(
        "openssl", "ocsp", "-reqin", asked, "-respin", answer, "-CAfile", desk.root, "-verify_other", desk.issuing
    )
    assert b"Response verify OK" in done.stderr
    assert b"nonce" not in done.stderr.lower()


def test_openssl_opens_what_was_sealed_to_the_custodian_with_its_key_file(desk: Desk) -> None:
    custodian = desk.folder / "certificates" / "custodian.pem"
    secret = desk.write("secret", b"strokes and salts")
    sealed = desk.files / "sealed.der"
    run_tool(
        "openssl", "cms", "-encrypt", "-aes-256-gcm", "-binary", "-in", secret,
        "-outform", "DER", "-out", sealed, custodian,
    )  # fmt: skip
    opened = run_tool(
        "openssl", "cms", "-decrypt", "-inform", "DER", "-in", sealed, "-recip", custodian,
        "-inkey", desk.folder / "keys" / "custodian.pem", "-passin", f"pass:{PASSPHRASE.decode()}",
    )  # fmt: skip
    assert opened.stdout == b"strokes and salts"
