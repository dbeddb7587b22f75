"""CMS as PAdES wants it: exactly its attributes, read back byte for byte, everything foreign refused."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from hypothesis import given
from hypothesis import strategies as st

from ca.authority import EmbeddedAuthority, KeyAlgorithm
from ca.encoding import encoding_of
from ca.ports import CertifiedKey, SignatureAlgorithm
from esign.errors import SigningError
from esign.pades.cms import SignedData, parse_signed_data, sign_digest
from tests.authority import create_test_authority

DIGEST = hashlib.sha256(b"a document").digest()


@pytest.fixture(scope="module")
def rsa_authority(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedAuthority:
    return create_test_authority(tmp_path_factory.mktemp("rsa") / "ca", key_algorithm=KeyAlgorithm.RSA2048)


@pytest.fixture(scope="module")
def signed(authority: EmbeddedAuthority) -> SignedData:
    return sign_digest(DIGEST, authority.seal)


@pytest.fixture(scope="module")
def timestamped(authority: EmbeddedAuthority, signed: SignedData) -> SignedData:
    return signed.with_timestamp(authority.timestamp_authority.timestamp(signed.timestamp_digest))


def signer_of(der: bytes) -> cms.SignerInfo:
    return cms.ContentInfo.load(der, strict=True)["content"]["signer_infos"][0]


def test_there_are_exactly_the_signed_attributes_that_pades_wants(signed: SignedData) -> None:
    types = [attribute["type"].native for attribute in signer_of(signed.der)["signed_attrs"]]
    assert sorted(types) == ["content_type", "message_digest", "signing_certificate_v2"]


def test_the_message_digest_is_the_documents(signed: SignedData) -> None:
    values = {a["type"].native: a["values"][0].native for a in signer_of(signed.der)["signed_attrs"]}
    assert values["message_digest"] == DIGEST
    assert values["content_type"] == "data"


def test_the_signing_certificate_is_named_by_its_digest(authority: EmbeddedAuthority, signed: SignedData) -> None:
    values = {a["type"].native: a["values"][0].native for a in signer_of(signed.der)["signed_attrs"]}
    (identifier,) = values["signing_certificate_v2"]["certs"]
    assert identifier["cert_hash"] == hashlib.sha256(authority.seal.certificate).digest()
    assert identifier["hash_algorithm"]["algorithm"] == "sha256"


def test_the_content_is_detached_and_the_root_is_left_out(authority: EmbeddedAuthority, signed: SignedData) -> None:
    signed_data = cms.ContentInfo.load(signed.der, strict=True)["content"]
    assert signed_data["version"].native == "v1"
    assert signed_data["encap_content_info"]["content"].native is None
    carried = set(map(encoding_of, signed_data["certificates"]))
    assert carried == {authority.seal.certificate, *authority.seal.chain[:-1]}


@pytest.mark.parametrize("algorithm", ["p256", "rsa"])
def test_what_is_written_is_der_all_through(
    algorithm: str, authority: EmbeddedAuthority, rsa_authority: EmbeddedAuthority
) -> None:
    """Every SET OF is in order (X.690, 11.6): a signature dictionary wants a DER-encoded CMS."""
    chosen = authority if algorithm == "p256" else rsa_authority
    signed = sign_digest(DIGEST, chosen.seal)
    stamped = signed.with_timestamp(chosen.timestamp_authority.timestamp(signed.timestamp_digest))
    signed_data = cms.ContentInfo.load(stamped.der, strict=True)["content"]
    signer = signed_data["signer_infos"][0]
    for members in (signed_data["certificates"], signed_data["digest_algorithms"], signer["signed_attrs"]):
        encoded = list(map(encoding_of, members))
        assert encoded == sorted(encoded)


def test_what_was_written_is_read_back(signed: SignedData, timestamped: SignedData) -> None:
    assert parse_signed_data(signed.der) == signed
    assert parse_signed_data(timestamped.der) == timestamped
    assert timestamped.timestamp is not None


def test_an_rsa_signature_is_read_back(rsa_authority: EmbeddedAuthority) -> None:
    signed = sign_digest(DIGEST, rsa_authority.seal)
    assert parse_signed_data(signed.der) == signed
    assert signer_of(signed.der)["signature_algorithm"]["algorithm"].native == "sha256_rsa"


def test_a_timestamp_changes_nothing_that_was_signed(signed: SignedData, timestamped: SignedData) -> None:
    assert timestamped.signed_attributes == signed.signed_attributes
    assert timestamped.signature == signed.signature
    token = cms.ContentInfo.load(timestamped.timestamp, strict=True)
    assert token["content_type"].native == "signed_data"


def test_a_cms_of_another_program_is_refused() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Somebody")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=9000))
        .sign(key, hashes.SHA256())
    )
    foreign = (
        pkcs7.PKCS7SignatureBuilder()
        .set_data(b"a document")
        .add_signer(certificate, key, hashes.SHA256())
        .sign(Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature])
    )
    with pytest.raises(SigningError) as caught:
        parse_signed_data(foreign)
    assert caught.value.code == "stored-cms-unreadable"


@pytest.mark.parametrize(
    "der",
    [
        b"",
        b"\x30",
        b"\x30\x80\x00\x00",
        b"not DER at all",
        cms.ContentInfo({"content_type": "data", "content": b"bare"}).dump(),
        cms.ContentInfo(
            {
                "content_type": "signed_data",
                "content": {
                    "version": "v1",
                    "digest_algorithms": [],
                    "encap_content_info": {"content_type": "data"},
                    "signer_infos": [],
                },
            }
        ).dump(),
    ],
    ids=["empty", "cut off", "indefinite length", "text", "data", "no signer"],
)
def test_what_is_no_signature_of_ours_is_refused(der: bytes) -> None:
    with pytest.raises(SigningError) as caught:
        parse_signed_data(der)
    assert caught.value.code == "stored-cms-unreadable"


def test_trailing_bytes_are_refused(signed: SignedData) -> None:
    with pytest.raises(SigningError):
        parse_signed_data(signed.der + b"\0")


@given(data=st.data())
def test_a_damaged_cms_is_refused_or_is_read_back_the_same(data: st.DataObject, timestamped: SignedData) -> None:
    der = bytearray(timestamped.der)
    for _ in range(data.draw(st.integers(1, 3))):
        der[data.draw(st.integers(0, len(der) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = parse_signed_data(bytes(der))
    except SigningError as error:
        assert error.code == "stored-cms-unreadable"  # either way is right
    else:
        assert found.der == bytes(der)


def test_a_key_that_is_not_the_certificates_is_refused(
    authority: EmbeddedAuthority, rsa_authority: EmbeddedAuthority
) -> None:
    crossed = CertifiedKey(rsa_authority.seal.key, authority.seal.certificate, authority.seal.chain)
    assert crossed.key.algorithm is SignatureAlgorithm.RSA_PKCS1_SHA256
    with pytest.raises(SigningError) as caught:
        sign_digest(DIGEST, crossed)
    assert caught.value.code == "key-not-of-certificate"


def test_a_key_that_fails_speaks_for_itself(authority: EmbeddedAuthority) -> None:
    class Broken:
        algorithm = SignatureAlgorithm.ECDSA_SHA256

        def sign(self, data: bytes) -> bytes:
            raise ConnectionError(f"{len(data)} bytes were not signed")

    with pytest.raises(ConnectionError):
        sign_digest(DIGEST, CertifiedKey(Broken(), authority.seal.certificate, authority.seal.chain))


def test_a_certificate_without_a_chain_is_carried_alone(authority: EmbeddedAuthority) -> None:
    alone = sign_digest(DIGEST, CertifiedKey(authority.seal.key, authority.seal.certificate, ()))
    assert alone.certificates == authority.seal.certificate
