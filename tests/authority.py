"""A real embedded authority for tests: the same code that signs, in a folder of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from ca.authority import EmbeddedAuthority, KeyAlgorithm, create_authority, open_authority
from ca.ports import Clock, EventCertificateRequest

PASSPHRASE = b"a passphrase for tests"
NAME = "张伟"
MANIFEST, HANDWRITING, PHOTO = (sha256(item).digest() for item in (b"manifest", b"handwriting", b"photo"))


def present_time() -> datetime:
    return datetime.now(UTC)


@dataclass
class SettableClock:
    """A clock that stands still until it is moved."""

    time: datetime = field(default_factory=present_time)

    def __call__(self) -> datetime:
        return self.time

    def move(self, **amount: float) -> None:
        self.time += timedelta(**amount)


def create_test_authority(
    folder: Path, *, now: Clock = present_time, key_algorithm: KeyAlgorithm = KeyAlgorithm.P256
) -> EmbeddedAuthority:
    """Create an authority in the folder (which must not exist, or be empty) and open it."""
    create_authority(folder, passphrase=PASSPHRASE, clock=now, key_algorithm=key_algorithm)
    return open_authority(folder, passphrase=PASSPHRASE, clock=now)


def certification_request(key: ec.EllipticCurvePrivateKey | None = None) -> bytes:
    """Return a PKCS#10 with an empty subject, by a fresh P-256 key unless one is given."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    return builder.sign(key or ec.generate_private_key(ec.SECP256R1()), hashes.SHA256()).public_bytes(Encoding.DER)


def event_request(
    *,
    request: bytes | None = None,
    common_name: str = NAME,
    manifest_digest: bytes = MANIFEST,
    photo_digest: bytes | None = PHOTO,
) -> EventCertificateRequest:
    return EventCertificateRequest(
        certification_request=certification_request() if request is None else request,
        common_name=common_name,
        manifest_digest=manifest_digest,
        handwriting_digest=HANDWRITING,
        photo_digest=photo_digest,
    )
