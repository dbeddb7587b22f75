"""Sealing: opened by the right key alone, unchanged alone, and silent about keys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from esign.errors import EvidenceError
from esign.evidence.sealing import (
    CMS_BYTES_AT_MOST,
    EnvelopeKey,
    create_envelope_key,
    is_sealed_form,
    open_sealed,
    seal,
    unwrap_envelope_key,
    wrap_for_custodian,
)
from tests.examples import some_of

KEY = create_envelope_key()
SEALED = seal(b"what nobody else reads", KEY.public_key)

CustodianKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey

KEY_USAGES = (
    *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
    *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
)


def certificate(key: CustodianKey, usage: str | None = None) -> bytes:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Custodian 保管人")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=3650))
    )
    if usage is not None:
        extension = x509.KeyUsage(**{name: name == usage for name in KEY_USAGES})
        builder = builder.add_extension(extension, critical=True)
    algorithm = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(key, algorithm).public_bytes(Encoding.DER)


def pkcs8(key: CustodianKey) -> bytes:
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


RSA_KEY = rsa.generate_private_key(65537, 2048)


@settings(max_examples=some_of(30), deadline=None)
@given(st.binary(max_size=2_000))
def test_what_is_sealed_is_opened(plaintext: bytes) -> None:
    assert open_sealed(seal(plaintext, KEY.public_key), KEY.private_key_pkcs8) == plaintext


def test_no_two_seals_are_alike() -> None:
    assert seal(b"same", KEY.public_key) != seal(b"same", KEY.public_key)


def test_another_key_does_not_open() -> None:
    for stranger in (create_envelope_key().private_key_pkcs8, pkcs8(RSA_KEY)):
        with pytest.raises(EvidenceError) as refused:
            open_sealed(SEALED, stranger)
        assert refused.value.code == "sealed-item-unopenable"


def test_a_change_of_any_byte_is_noticed() -> None:
    for place in range(len(SEALED)):
        changed = bytearray(SEALED)
        changed[place] ^= 0x01
        try:
            opened = open_sealed(bytes(changed), KEY.private_key_pkcs8)
        except EvidenceError as refused:
            assert refused.code == "sealed-item-unopenable"
        else:
            # The recipient's identifier names a key and protects nothing; all else is bound to the content.
            assert opened == b"what nobody else reads"
            assert 4 <= place - SEALED.index(b"\xa0\x16\x04\x14") < 24


@settings(deadline=None)
@given(st.binary(max_size=200) | st.integers(0, len(SEALED) - 1).map(lambda end: SEALED[:end] + SEALED[end + 1 :]))
def test_any_bytes_are_opened_or_refused_with_our_code(data: bytes) -> None:
    with pytest.raises(EvidenceError) as refused:
        open_sealed(data, KEY.private_key_pkcs8)
    assert refused.value.code == "sealed-item-unopenable"


def test_the_sealed_form_is_known_without_a_key() -> None:
    assert is_sealed_form(SEALED)
    assert is_sealed_form(wrap_for_custodian(KEY, certificate(RSA_KEY)))
    for other in (b"", SEALED[:-1], SEALED + b"\x00", certificate(RSA_KEY), b"\x30\x80" * 5_000):
        assert not is_sealed_form(other)
    assert not is_sealed_form(bytes(CMS_BYTES_AT_MOST + 1))


@pytest.mark.parametrize(
    ("key", "usage"),
    [
        (ec.generate_private_key(ec.SECP256R1()), None),
        (ec.generate_private_key(ec.SECP384R1()), "key_agreement"),
        (ec.generate_private_key(ec.SECP521R1()), None),
        (RSA_KEY, None),
        (RSA_KEY, "key_encipherment"),
    ],
    ids=["P-256", "P-384 keyAgreement", "P-521", "RSA", "RSA keyEncipherment"],
)
def test_the_custodian_unwraps_the_envelope_key(
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, usage: str | None
) -> None:
    wrapped = wrap_for_custodian(KEY, certificate(key, usage))
    assert KEY.private_key_pkcs8 not in wrapped
    unwrapped = unwrap_envelope_key(wrapped, pkcs8(key))
    assert unwrapped == KEY
    assert open_sealed(SEALED, unwrapped.private_key_pkcs8) == b"what nobody else reads"


def test_a_stranger_does_not_unwrap() -> None:
    pairs: tuple[tuple[CustodianKey, CustodianKey], ...] = (
        (RSA_KEY, rsa.generate_private_key(65537, 2048)),
        (ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP384R1())),
        (ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())),
    )
    for owner, stranger in pairs:
        with pytest.raises(EvidenceError) as refused:
            unwrap_envelope_key(wrap_for_custodian(KEY, certificate(owner)), pkcs8(stranger))
        assert refused.value.code == "sealed-item-unopenable"


@pytest.mark.parametrize(
    "unsuitable",
    [
        b"not a certificate",
        certificate(ec.generate_private_key(ec.SECP256K1())),
        certificate(ec.generate_private_key(ec.SECP256R1()), "digital_signature"),
        certificate(RSA_KEY, "digital_signature"),
        certificate(ed25519.Ed25519PrivateKey.generate()),
    ],
    ids=["garbage", "another curve", "EC for signing", "RSA for signing", "Ed25519"],
)
def test_a_certificate_that_is_not_for_encryption_is_refused(unsuitable: bytes) -> None:
    with pytest.raises(EvidenceError) as refused:
        wrap_for_custodian(KEY, unsuitable)
    assert refused.value.code == "custodian-certificate-unsuitable"


def test_a_short_rsa_key_is_refused() -> None:
    with pytest.raises(EvidenceError, match="2048") as refused:
        wrap_for_custodian(KEY, certificate(rsa.generate_private_key(65537, 1024)))  # noqa: S505  # too short
    assert refused.value.code == "custodian-certificate-unsuitable"


def test_keys_of_another_kind_are_refused_by_name() -> None:
    p384 = ec.generate_private_key(ec.SECP384R1())
    spki = p384.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    for public_key in (b"", spki):
        with pytest.raises(EvidenceError) as unusable:
            seal(b"x", public_key)
        assert unusable.value.code == "envelope-key-unusable"
    with pytest.raises(EvidenceError) as no_key:
        open_sealed(SEALED, pkcs8(ed25519.Ed25519PrivateKey.generate()))
    assert no_key.value.code == "private-key-unusable"
    foreign = EnvelopeKey(pkcs8(p384), spki)
    with pytest.raises(EvidenceError) as wrong_kind:
        unwrap_envelope_key(wrap_for_custodian(foreign, certificate(RSA_KEY)), pkcs8(RSA_KEY))
    assert wrong_kind.value.code == "private-key-unusable"


def test_no_key_shows_in_repr_or_error() -> None:
    secret = KEY.private_key_pkcs8
    assert repr(KEY) == "EnvelopeKey()"
    with pytest.raises(EvidenceError) as refused:
        open_sealed(SEALED, secret[:-3])
    told = repr(refused.value) + str(refused.value) + repr(refused.value.__cause__)
    assert refused.value.__suppress_context__
    assert secret[:-3].hex() not in told
    assert repr(secret[:-3]) not in told


def test_more_than_fits_a_pdf_sensibly_is_not_sealed() -> None:
    with pytest.raises(EvidenceError) as refused:
        seal(bytes(CMS_BYTES_AT_MOST), KEY.public_key)
    assert refused.value.code == "sealed-item-size"
