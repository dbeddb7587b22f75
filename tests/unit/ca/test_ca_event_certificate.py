"""Event certificates: what they say, and which requests get none."""

from __future__ import annotations

import base64
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import core
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtensionOID, NameOID

from ca.authority import EmbeddedAuthority
from ca.authority.event_certificate import BIOMETRIC_INFO
from ca.errors import TrustServiceError
from ca.ports import EventCertificateRequest, RevocationReason
from tests.authority import (
    HANDWRITING,
    MANIFEST,
    NAME,
    PHOTO,
    SettableClock,
    certification_request,
    event_request,
)


def issue(authority: EmbeddedAuthority, request: EventCertificateRequest) -> x509.Certificate:
    return x509.load_der_x509_certificate(authority.issuer.issue_event_certificate(request).certificate)


def biometric_info(certificate: x509.Certificate) -> list[tuple[int, str, bytes]]:
    extension = certificate.extensions.get_extension_for_oid(BIOMETRIC_INFO)
    assert not extension.critical
    assert isinstance(extension.value, x509.UnrecognizedExtension)
    items = core.SequenceOf.load(extension.value.value, spec=core.Sequence)
    return [(item[0].native, item[1][0].native, item[2].native) for item in items]


def test_it_certifies_the_requested_key_to_the_signer_alone(authority: EmbeddedAuthority) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    issued = authority.issuer.issue_event_certificate(event_request(request=certification_request(key)))
    certificate = x509.load_der_x509_certificate(issued.certificate)
    issuing, root = (x509.load_der_x509_certificate(der) for der in issued.chain)
    certificate.verify_directly_issued_by(issuing)
    issuing.verify_directly_issued_by(root)
    assert certificate.public_key() == key.public_key()
    assert [name.value for name in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)] == [NAME]
    assert {attribute.oid for attribute in certificate.subject} == {
        NameOID.COUNTRY_NAME,
        NameOID.ORGANIZATION_NAME,
        NameOID.COMMON_NAME,
    }


def test_it_is_valid_from_five_minutes_ago_for_24_hours(
    clocked_authority: EmbeddedAuthority, clock: SettableClock
) -> None:
    certificate = issue(clocked_authority, event_request())
    now = clock().replace(microsecond=0)
    assert certificate.not_valid_before_utc == now - timedelta(minutes=5)
    assert certificate.not_valid_after_utc == now + timedelta(hours=24)


def test_it_begins_after_its_issuer_even_in_a_new_authority(clocked_authority: EmbeddedAuthority) -> None:
    certificate = issue(clocked_authority, event_request())
    issuing = x509.load_der_x509_certificate(clocked_authority.seal.chain[0])
    assert issuing.not_valid_before_utc <= certificate.not_valid_before_utc


def test_it_is_for_content_commitment_alone(authority: EmbeddedAuthority) -> None:
    usage = issue(authority, event_request()).extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert usage.value == x509.KeyUsage(
        digital_signature=False,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def test_handwriting_and_photo_are_bound_by_biometric_info(authority: EmbeddedAuthority) -> None:
    assert biometric_info(issue(authority, event_request())) == [
        (1, "2.16.840.1.101.3.4.2.1", HANDWRITING),
        (0, "2.16.840.1.101.3.4.2.1", PHOTO),
    ]


def test_without_a_photo_only_the_handwriting_is_bound(authority: EmbeddedAuthority) -> None:
    certificate = issue(authority, event_request(photo_digest=None))
    assert biometric_info(certificate) == [(1, "2.16.840.1.101.3.4.2.1", HANDWRITING)]


def test_the_manifest_is_bound_by_a_named_information_uri(authority: EmbeddedAuthority) -> None:
    names = issue(authority, event_request()).extensions.get_extension_for_class(x509.SubjectAlternativeName)
    (uri,) = names.value.get_values_for_type(x509.UniformResourceIdentifier)
    assert uri.startswith("ni:///sha-256;")
    assert "=" not in uri
    assert base64.urlsafe_b64decode(uri.removeprefix("ni:///sha-256;") + "=") == MANIFEST


def test_the_uri_of_the_example_in_rfc_6920_is_written_the_same(authority: EmbeddedAuthority) -> None:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(b"Hello World!")
    certificate = issue(authority, event_request(manifest_digest=digest.finalize()))
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.UniformResourceIdentifier) == [
        "ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk"
    ]


def test_revocation_can_be_asked_for(authority: EmbeddedAuthority) -> None:
    present = {extension.oid for extension in issue(authority, event_request()).extensions}
    assert {ExtensionOID.AUTHORITY_INFORMATION_ACCESS, ExtensionOID.CRL_DISTRIBUTION_POINTS} <= present
    assert x509.ObjectIdentifier("2.5.29.56") not in present, "noRevAvail"


def test_serial_numbers_are_positive_random_and_fit_20_octets(authority: EmbeddedAuthority) -> None:
    serials = {issue(authority, event_request()).serial_number for _ in range(20)}
    assert len(serials) == 20
    assert all(0 < serial < 2**159 for serial in serials)
    assert max(serials) > 2**128


def test_what_else_the_request_says_is_ignored(authority: EmbeddedAuthority) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    greedy = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "somebody else")]))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )
    certificate = issue(authority, event_request(request=greedy))
    assert "somebody else" not in certificate.subject.rfc4514_string()
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def refused(authority: EmbeddedAuthority, request: EventCertificateRequest) -> str:
    with pytest.raises(TrustServiceError) as refusal:
        authority.issuer.issue_event_certificate(request)
    assert refusal.value.code == "certificate-request-refused"
    return refusal.value.cause


def test_a_tampered_request_is_refused(authority: EmbeddedAuthority) -> None:
    key, other = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    numbers, others = key.public_key().public_numbers(), other.public_key().public_numbers()
    point = numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
    other_point = others.x.to_bytes(32, "big") + others.y.to_bytes(32, "big")
    tampered = certification_request(key).replace(point, other_point)
    assert "not signed by the key" in refused(authority, event_request(request=tampered))


@pytest.mark.parametrize("request_der", [b"", b"0", bytes(100), b"\x30\x80" * 1000, bytes(20000)])
def test_what_is_no_request_is_refused(authority: EmbeddedAuthority, request_der: bytes) -> None:
    refused(authority, event_request(request=request_der))


def test_trailing_bytes_after_a_request_are_refused(authority: EmbeddedAuthority) -> None:
    refused(authority, event_request(request=certification_request() + b"\x00"))


def test_weak_or_unknown_keys_are_refused(authority: EmbeddedAuthority) -> None:
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    curve = builder.sign(ec.generate_private_key(ec.SECP256K1()), hashes.SHA256())
    small = builder.sign(rsa.generate_private_key(65537, 1024), hashes.SHA256())  # noqa: S505
    edwards = builder.sign(ed25519.Ed25519PrivateKey.generate(), None)
    for weak in (curve, small, edwards):
        assert "the key is neither" in refused(authority, event_request(request=weak.public_bytes(Encoding.DER)))


@pytest.mark.parametrize("name", ["", "长" * 22, " 张伟", "张\n伟", "张\u202e伟", "张\x00伟", "\ud800"])
def test_names_that_fit_no_certificate_are_refused(authority: EmbeddedAuthority, name: str) -> None:
    refused(authority, event_request(common_name=name))


def test_a_name_of_64_bytes_with_rare_characters_is_certified(authority: EmbeddedAuthority) -> None:
    name = "𠮷" * 16
    subject = issue(authority, event_request(common_name=name)).subject
    assert subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == name


@pytest.mark.parametrize("size", [0, 20, 31, 33])
def test_a_digest_that_is_not_sha_256_is_refused(authority: EmbeddedAuthority, size: int) -> None:
    refused(authority, event_request(manifest_digest=bytes(size)))
    refused(authority, event_request(photo_digest=bytes(size)))


def test_nothing_of_the_person_is_in_the_refusal(authority: EmbeddedAuthority) -> None:
    assert "秘密" not in refused(authority, event_request(common_name="秘密" * 40))


def test_a_refused_request_leaves_no_line_in_the_register(authority: EmbeddedAuthority, folder: Path) -> None:
    before = (folder / "register").read_bytes()
    refused(authority, event_request(common_name=""))
    assert (folder / "register").read_bytes() == before
    issue(authority, event_request())
    assert len((folder / "register").read_bytes()) > len(before)


def test_revoking_a_stranger_is_refused(authority: EmbeddedAuthority) -> None:
    with pytest.raises(TrustServiceError) as refusal:
        authority.issuer.revoke(12345, RevocationReason.SUPERSEDED)
    assert refusal.value.code == "serial-unknown"
