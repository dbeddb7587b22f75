"""What `esign ca show` says of a certificate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa

from ca.authority.keys import KeyAlgorithm
from ca.authority.profiles import Role


@dataclass(frozen=True)
class CertificateDescription:
    """One certificate of the hierarchy, for people. Serial and fingerprint (SHA-256) in lower-case hex."""

    role: Role
    subject: str
    serial: str
    not_before: datetime
    not_after: datetime
    key_algorithm: KeyAlgorithm
    fingerprint: str


def describe_certificate(role: Role, certificate: x509.Certificate) -> CertificateDescription:
    public_key = certificate.public_key()
    algorithm = KeyAlgorithm.P256
    if isinstance(public_key, rsa.RSAPublicKey):
        algorithm = KeyAlgorithm(f"rsa-{public_key.key_size}")
    return CertificateDescription(
        role=role,
        subject=certificate.subject.rfc4514_string(),
        serial=f"{certificate.serial_number:x}",
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        key_algorithm=algorithm,
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
    )
