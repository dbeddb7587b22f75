"""Chains by name and key identifier."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from ca.authority import EmbeddedAuthority
from esign.errors import SigningError
from esign.pades.chains import MAX_CHAIN_LENGTH, chain_from, timestamp_chain

START = datetime(2026, 1, 1, tzinfo=UTC)
Key = ec.EllipticCurvePrivateKey


def new_key() -> Key:
    return ec.generate_private_key(ec.SECP256R1())


def certificate(subject: str, key: Key, issuer: str, issuer_key: Key, *, identifiers: bool = True) -> bytes:
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(START)
        .not_valid_after(START + timedelta(days=365))
    )
    if identifiers:
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
    return builder.sign(issuer_key, hashes.SHA256()).public_bytes(Encoding.DER)


def test_a_chain_goes_up_to_the_root_in_order(authority: EmbeddedAuthority) -> None:
    issuing, root = authority.seal.chain
    assert chain_from(authority.seal.certificate, [root, issuing]) == (authority.seal.certificate, issuing, root)


def test_a_chain_ends_where_the_issuer_is_unknown(authority: EmbeddedAuthority) -> None:
    issuing, root = authority.seal.chain
    assert chain_from(authority.seal.certificate, [root]) == (authority.seal.certificate,)
    assert chain_from(root, [root, issuing]) == (root,)


@pytest.mark.parametrize("reverse", [False, True])
def test_of_two_issuers_with_one_name_the_one_whose_key_signed_is_taken(reverse: bool) -> None:
    old, new, leaf = new_key(), new_key(), new_key()
    pool = [certificate("CA", old, "CA", old), certificate("CA", new, "CA", new)]
    signed_by_old = certificate("leaf", leaf, "CA", old)
    signed_by_new = certificate("leaf", leaf, "CA", new)
    ordered = pool[::-1] if reverse else pool
    assert chain_from(signed_by_old, ordered) == (signed_by_old, pool[0])
    assert chain_from(signed_by_new, ordered) == (signed_by_new, pool[1])


def test_without_identifiers_the_name_is_enough() -> None:
    key, leaf = new_key(), new_key()
    root = certificate("CA", key, "CA", key, identifiers=False)
    below = certificate("leaf", leaf, "CA", key, identifiers=False)
    assert chain_from(below, [root]) == (below, root)


def test_issuers_that_certify_each_other_end() -> None:
    a, b = new_key(), new_key()
    pool = [certificate("A", a, "B", b), certificate("B", b, "A", a)]
    assert chain_from(pool[0], pool) == (pool[0], pool[1])


def test_a_chain_has_an_end_however_long_the_pool_is() -> None:
    keys = [new_key() for _ in range(MAX_CHAIN_LENGTH + 3)]
    pool = [certificate(f"{n}", keys[n], f"{n + 1}", keys[n + 1]) for n in range(MAX_CHAIN_LENGTH + 2)]
    assert len(chain_from(pool[0], pool)) == MAX_CHAIN_LENGTH


def token_of(authority: EmbeddedAuthority) -> bytes:
    return authority.timestamp_authority.timestamp(hashlib.sha256(b"signature").digest()).der


def test_the_chain_of_a_timestamp_begins_with_the_certificate_that_signed_it(authority: EmbeddedAuthority) -> None:
    chain = timestamp_chain(token_of(authority), authority.roots)
    usage = x509.load_der_x509_certificate(chain[0]).extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert list(usage.value) == [ExtendedKeyUsageOID.TIME_STAMPING]
    assert chain[1:] == authority.seal.chain


def test_a_timestamp_without_its_certificate_is_refused(authority: EmbeddedAuthority) -> None:
    token = cms.ContentInfo.load(token_of(authority))
    del token["content"]["certificates"]
    with pytest.raises(SigningError) as caught:
        timestamp_chain(token.dump(force=True), authority.roots)
    assert caught.value.code == "timestamp-certificate-missing"


def test_a_timestamp_with_another_certificate_only_is_refused(authority: EmbeddedAuthority) -> None:
    token = cms.ContentInfo.load(token_of(authority))
    token["content"]["certificates"] = [
        cms.CertificateChoices("certificate", cms.Certificate.load(authority.seal.certificate))
    ]
    with pytest.raises(SigningError) as caught:
        timestamp_chain(token.dump(), authority.roots)
    assert caught.value.code == "timestamp-certificate-missing"
