"""OCSP responses and revocation lists, in process."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given, settings
from hypothesis import strategies as st

from ca.authority import EmbeddedAuthority, Role
from ca.errors import TrustServiceError
from ca.ports import RevocationReason
from tests.authority import SettableClock, create_test_authority, event_request


def issue(authority: EmbeddedAuthority) -> x509.Certificate:
    return x509.load_der_x509_certificate(authority.issuer.issue_event_certificate(event_request()).certificate)


def certificate(authority: EmbeddedAuthority, role: Role) -> x509.Certificate:
    return x509.load_der_x509_certificate(authority.certificate(role))


def ask(authority: EmbeddedAuthority, asked: x509.Certificate) -> ocsp.OCSPResponse:
    response = authority.revocation.ocsp(asked.public_bytes(Encoding.DER), authority.certificate(Role.ISSUING))
    assert response is not None
    return ocsp.load_der_ocsp_response(response)


def request(
    asked: x509.Certificate,
    issuer: x509.Certificate,
    *,
    algorithm: hashes.HashAlgorithm | None = None,
    nonce: bytes | None = None,
) -> bytes:
    builder = ocsp.OCSPRequestBuilder().add_certificate(asked, issuer, algorithm or hashes.SHA1())  # noqa: S303
    if nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.build().public_bytes(Encoding.DER)


def respond(authority: EmbeddedAuthority, asked: bytes) -> ocsp.OCSPResponse:
    return ocsp.load_der_ocsp_response(authority.ocsp_responder.respond(asked))


def crl(authority: EmbeddedAuthority, issuer: Role) -> x509.CertificateRevocationList:
    found = authority.revocation.crl(authority.certificate(issuer))
    assert found is not None
    parsed = x509.load_der_x509_crl(found)
    key = certificate(authority, issuer).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert parsed.is_signature_valid(key)
    return parsed


def whole_seconds(time: datetime) -> datetime:
    return time.replace(microsecond=0)


def test_an_event_certificate_is_good(authority: EmbeddedAuthority) -> None:
    event = issue(authority)
    response = ask(authority, event)
    assert response.response_status is ocsp.OCSPResponseStatus.SUCCESSFUL
    assert response.certificate_status is ocsp.OCSPCertStatus.GOOD
    assert response.serial_number == event.serial_number


@pytest.mark.parametrize("role", [Role.TSA, Role.OCSP, Role.SEAL, Role.CUSTODIAN])
def test_the_certificates_of_the_services_are_good(authority: EmbeddedAuthority, role: Role) -> None:
    assert ask(authority, certificate(authority, role)).certificate_status is ocsp.OCSPCertStatus.GOOD


def test_a_revoked_certificate_is_revoked_since_the_first_time(
    clocked_authority: EmbeddedAuthority, clock: SettableClock
) -> None:
    event = issue(clocked_authority)
    revoked_at = whole_seconds(clock())
    clocked_authority.issuer.revoke(event.serial_number, RevocationReason.CESSATION_OF_OPERATION)
    clock.move(hours=1)
    clocked_authority.issuer.revoke(event.serial_number, RevocationReason.KEY_COMPROMISE)
    response = ask(clocked_authority, event)
    assert response.certificate_status is ocsp.OCSPCertStatus.REVOKED
    assert response.revocation_time_utc == revoked_at
    assert response.revocation_reason is x509.ReasonFlags.cessation_of_operation


def test_what_was_never_issued_is_unknown(authority: EmbeddedAuthority, tmp_path_factory: Any) -> None:
    other = create_test_authority(tmp_path_factory.mktemp("other") / "ca")
    stranger = certificate(other, Role.SEAL)
    assert ask(authority, stranger).certificate_status is ocsp.OCSPCertStatus.UNKNOWN


def test_the_responder_does_not_answer_for_what_the_root_issued(authority: EmbeddedAuthority) -> None:
    issuing = authority.certificate(Role.ISSUING)
    assert authority.revocation.ocsp(issuing, authority.certificate(Role.ROOT)) is None
    assert ask(authority, certificate(authority, Role.ISSUING)).certificate_status is ocsp.OCSPCertStatus.UNKNOWN


def test_the_answer_is_signed_by_a_delegated_responder_that_needs_no_check(authority: EmbeddedAuthority) -> None:
    response = ask(authority, issue(authority))
    (responder,) = response.certificates
    responder.verify_directly_issued_by(certificate(authority, Role.ISSUING))
    key = responder.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(response.signature, response.tbs_response_bytes, ec.ECDSA(hashes.SHA256()))
    assert list(responder.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value) == [
        ExtendedKeyUsageOID.OCSP_SIGNING
    ]
    assert not responder.extensions.get_extension_for_class(x509.OCSPNoCheck).critical


def test_an_answer_is_never_dated_before_a_timestamp_taken_just_before(
    clocked_authority: EmbeddedAuthority, clock: SettableClock
) -> None:
    event = issue(clocked_authority)
    clock.time = clock.time.replace(microsecond=999_999)
    token = clocked_authority.timestamp_authority.timestamp(bytes(32))
    response = ask(clocked_authority, event)
    assert response.this_update_utc >= token.gen_time
    assert response.this_update_utc == whole_seconds(clock())  # producedAt is the library's own reading of the time


def test_the_times_in_an_answer_have_no_fraction(authority: EmbeddedAuthority) -> None:
    response = authority.revocation.ocsp(
        issue(authority).public_bytes(Encoding.DER), authority.certificate(Role.ISSUING)
    )
    assert response is not None
    assert response.count(b"\x18\x0f20") >= 3, "GeneralizedTime of 15 characters"
    assert b"\x18\x1320" not in response


@pytest.mark.parametrize("algorithm", [hashes.SHA1(), hashes.SHA256(), hashes.SHA384()])  # noqa: S303
def test_a_request_is_answered_with_the_hash_that_it_used(
    authority: EmbeddedAuthority, algorithm: hashes.HashAlgorithm
) -> None:
    event, issuing = issue(authority), certificate(authority, Role.ISSUING)
    asked = request(event, issuing, algorithm=algorithm)
    response = respond(authority, asked)
    assert response.certificate_status is ocsp.OCSPCertStatus.GOOD
    assert response.hash_algorithm.name == algorithm.name
    assert response.issuer_key_hash == ocsp.load_der_ocsp_request(asked).issuer_key_hash


def test_the_nonce_of_a_request_comes_back(authority: EmbeddedAuthority) -> None:
    event, issuing = issue(authority), certificate(authority, Role.ISSUING)
    response = respond(authority, request(event, issuing, nonce=b"0123456789abcdef"))
    assert response.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == b"0123456789abcdef"


@pytest.mark.parametrize("nonce", [b"", b"x" * 200])
def test_a_nonce_of_an_odd_size_is_malformed(authority: EmbeddedAuthority, nonce: bytes) -> None:
    event, issuing = issue(authority), certificate(authority, Role.ISSUING)
    response = respond(authority, request(event, issuing, nonce=nonce))
    assert response.response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST


def test_a_request_about_another_issuer_is_unauthorized(authority: EmbeddedAuthority) -> None:
    asked = request(certificate(authority, Role.ISSUING), certificate(authority, Role.ROOT))
    assert respond(authority, asked).response_status is ocsp.OCSPResponseStatus.UNAUTHORIZED


@pytest.mark.parametrize("garbage", [b"", b"\x30\x00", b"hello", bytes(5000)])
def test_garbage_is_a_malformed_request(authority: EmbeddedAuthority, garbage: bytes) -> None:
    assert respond(authority, garbage).response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST


def test_a_responder_whose_clock_went_back_says_try_later(
    clocked_authority: EmbeddedAuthority, clock: SettableClock
) -> None:
    asked = request(issue(clocked_authority), certificate(clocked_authority, Role.ISSUING))
    clock.move(hours=-2)
    assert respond(clocked_authority, asked).response_status is ocsp.OCSPResponseStatus.TRY_LATER


@settings(deadline=None)
@given(position=st.integers(0, 80), replacement=st.binary(max_size=6), removed=st.integers(0, 6))
def test_every_request_gets_a_response(
    authority: EmbeddedAuthority, position: int, replacement: bytes, removed: int
) -> None:
    good = request(certificate(authority, Role.SEAL), certificate(authority, Role.ISSUING), nonce=b"0123456789abcdef")
    mangled = good[:position] + replacement + good[position + removed :]
    assert respond(authority, mangled).response_status in ocsp.OCSPResponseStatus


def test_asking_about_something_that_is_no_certificate_is_an_error(authority: EmbeddedAuthority) -> None:
    with pytest.raises(TrustServiceError) as refused:
        authority.revocation.ocsp(b"no certificate", authority.certificate(Role.ISSUING))
    assert refused.value.code == "certificate-unreadable"


def test_the_list_of_the_issuing_ca_has_what_was_revoked(clocked_authority: EmbeddedAuthority) -> None:
    kept, abandoned = issue(clocked_authority), issue(clocked_authority)
    clocked_authority.issuer.revoke(abandoned.serial_number, RevocationReason.SUPERSEDED)
    issued_list = crl(clocked_authority, Role.ISSUING)
    entry = issued_list.get_revoked_certificate_by_serial_number(abandoned.serial_number)
    assert entry is not None
    assert entry.extensions.get_extension_for_class(x509.CRLReason).value.reason is x509.ReasonFlags.superseded
    assert issued_list.get_revoked_certificate_by_serial_number(kept.serial_number) is None
    assert len(crl(clocked_authority, Role.ROOT)) == 0


def test_the_list_of_the_root_has_the_issuing_ca_when_that_is_revoked(
    clocked_authority: EmbeddedAuthority,
) -> None:
    serial = certificate(clocked_authority, Role.ISSUING).serial_number
    clocked_authority.issuer.revoke(serial, RevocationReason.KEY_COMPROMISE)
    assert [entry.serial_number for entry in crl(clocked_authority, Role.ROOT)] == [serial]
    assert len(crl(clocked_authority, Role.ISSUING)) == 0


def test_a_list_is_of_now_and_numbered_upwards(clocked_authority: EmbeddedAuthority, clock: SettableClock) -> None:
    first = crl(clocked_authority, Role.ROOT)
    clock.move(seconds=1)
    second = crl(clocked_authority, Role.ROOT)
    assert second.last_update_utc == whole_seconds(clock())
    assert second.next_update_utc == whole_seconds(clock()) + timedelta(days=7)
    numbers = [c.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number for c in (first, second)]
    assert numbers[0] < numbers[1]


def test_an_entry_leaves_the_list_only_after_the_certificate_expired_and_a_later_list(
    clocked_authority: EmbeddedAuthority, clock: SettableClock
) -> None:
    event = issue(clocked_authority)
    clocked_authority.issuer.revoke(event.serial_number, RevocationReason.UNSPECIFIED)
    clock.move(days=2)
    assert len(crl(clocked_authority, Role.ISSUING)) == 1
    clock.move(days=7)
    assert len(crl(clocked_authority, Role.ISSUING)) == 0
    assert ask(clocked_authority, event).certificate_status is ocsp.OCSPCertStatus.REVOKED


def test_a_stranger_has_no_list(authority: EmbeddedAuthority) -> None:
    assert authority.revocation.crl(authority.certificate(Role.SEAL)) is None
