"""Who signs in these files: a root, a signer, a timestamp authority, and people nobody trusts. Made once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ca.authority.keys import SoftwareKey
from ca.authority.profiles import key_usage
from ca.authority.timestamp_token import Imprint, TokenSigner
from ca.ports import CertifiedKey
from ca.trust import TrustAnchor, TrustStore

NOW: Final = datetime.now(UTC).replace(microsecond=0)
YEAR: Final = timedelta(days=365)
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Person:
    """A certificate and its private key."""

    certificate: x509.Certificate
    key: Key

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def parsed(self) -> asn1_x509.Certificate:
        return asn1_x509.Certificate.load(self.der)


def certify(
    name: str,
    issuer: Person | None,
    *extensions: x509.ExtensionType,
    key: Key | None = None,
    valid: tuple[datetime, datetime] = (NOW - YEAR, NOW + YEAR),
    serial: int | None = None,
) -> Person:
    """Issue a certificate; without `issuer` it signs itself. The key is a fresh one on P-256 unless given."""
    own = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder().subject_name(subject).public_key(own.public_key())
    builder = builder.issuer_name(issuer.certificate.subject if issuer else subject)
    builder = builder.serial_number(serial or x509.random_serial_number())
    builder = builder.not_valid_before(valid[0]).not_valid_after(valid[1])
    for extension in extensions:
        critical = isinstance(extension, x509.BasicConstraints | x509.ExtendedKeyUsage)
        builder = builder.add_extension(extension, critical=critical)
    return Person(builder.sign(issuer.key if issuer else own, hashes.SHA256()), own)


def authority_called(name: str) -> Person:
    usage = key_usage(key_cert_sign=True, crl_sign=True)
    return certify(name, None, x509.BasicConstraints(ca=True, path_length=None), usage)


@cache
def root() -> Person:
    """The only root that is believed."""
    return authority_called("Root")


@cache
def foreign_root() -> Person:
    """A root by another name that nobody believes."""
    return authority_called("Foreign root")


@cache
def namesake_root() -> Person:
    """A root that calls itself like the believed one and has another key."""
    return authority_called("Root")


@cache
def signer() -> Person:
    return certify("Signer", root())


@cache
def second_signer() -> Person:
    return certify("Second signer", root())


@cache
def rsa_signer() -> Person:
    return certify("RSA signer", root(), key=rsa.generate_private_key(65537, 2048))


@cache
def stranger() -> Person:
    """Somebody whose certificate was issued by a root that nobody believes."""
    return certify("Signer", foreign_root())


@cache
def stamper() -> Person:
    """The timestamp authority."""
    return certify("Timestamps", root(), x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]))


def trust() -> TrustStore:
    return TrustStore((TrustAnchor(root().der),))


def revocation_list(
    issuer: Person | None = None,
    *revoked: int,
    made_at: datetime = NOW,
    lasts: timedelta = timedelta(days=7),
    revoked_at: datetime | None = None,
) -> bytes:
    """A CRL (DER) that lists these serial numbers; by the believed root unless told otherwise."""
    own = issuer or root()
    builder = x509.CertificateRevocationListBuilder().issuer_name(own.certificate.subject)
    builder = builder.last_update(made_at).next_update(made_at + lasts)
    for serial in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(serial)
        builder = builder.add_revoked_certificate(entry.revocation_date(revoked_at or made_at).build())
    return builder.sign(own.key, hashes.SHA256()).public_bytes(Encoding.DER)


@cache
def good_list() -> bytes:
    """The believed root's CRL, on which nobody is."""
    return revocation_list()


def timestamp_token(digest: bytes, at: datetime = NOW, by: Person | None = None, algorithm: str = "sha256") -> bytes:
    """A timestamp token (DER) over a digest."""
    own = by or stamper()
    if not isinstance(own.key, ec.EllipticCurvePrivateKey):
        raise TypeError("the tests' timestamps are made with keys on P-256")
    holder = CertifiedKey(SoftwareKey(own.key), own.der, (root().der,))
    return TokenSigner(holder, "1.2.3.4").token(Imprint(algorithm, digest), at, 7)
