"""Ports of the trust services: what the signing core asks of an authority, and the values exchanged.

Everything crosses these ports as DER bytes or plain values, so that an embedded authority, a third party by
HTTP or a hardware module slot in behind them without touching the caller. Times are timezone-aware UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Final, Protocol

Clock = Callable[[], datetime]
"""Tells the present time, timezone-aware UTC."""


class SignatureAlgorithm(StrEnum):
    """Signature algorithms by their common name; the digest is SHA-256 in each."""

    ECDSA_SHA256 = "ecdsa-with-SHA256"
    RSA_PKCS1_SHA256 = "sha256WithRSAEncryption"


class RevocationReason(IntEnum):
    """CRLReason, RFC 5280 clause 5.3.1 (the reasons in use here)."""

    UNSPECIFIED = 0
    KEY_COMPROMISE = 1
    SUPERSEDED = 4
    CESSATION_OF_OPERATION = 5


class SigningKey(Protocol):
    """A private key that signs and is never seen. Raises `TrustServiceError` when it cannot sign."""

    @property
    def algorithm(self) -> SignatureAlgorithm: ...

    def sign(self, data: bytes) -> bytes:
        """Return the raw signature value (for ECDSA: the DER `Ecdsa-Sig-Value`) over SHA-256 of `data`."""
        ...


@dataclass(frozen=True)
class CertifiedKey:
    """A signing key with its certificate (DER) and the chain above it, issuer first, root last."""

    key: SigningKey
    certificate: bytes
    chain: tuple[bytes, ...]


@dataclass(frozen=True)
class EventCertificateRequest:
    """What is certified for one signing act (SIGNING.md, Sign, step 1).

    `certification_request` is a PKCS#10 (RFC 2986, DER): the public key with proof that its private half is
    held. The digests are 32-byte SHA-256 values; they become RFC 3739 `biometricInfo` (handwriting: type 1,
    photo: type 0) and the RFC 6920 `ni:///sha-256;...` URI of the manifest. `common_name` is the signer's
    name; no identity number ever enters a certificate.
    """

    certification_request: bytes
    common_name: str
    manifest_digest: bytes
    handwriting_digest: bytes
    photo_digest: bytes | None


@dataclass(frozen=True)
class IssuedCertificate:
    """A certificate (DER) and the chain above it, issuer first, root last."""

    certificate: bytes
    chain: tuple[bytes, ...]


@dataclass(frozen=True)
class TimestampToken:
    """An RFC 3161 TimeStampToken (DER ContentInfo) whose imprint, nonce and signature were checked."""

    der: bytes
    gen_time: datetime


class CertificateIssuer(Protocol):
    """Issues event certificates and revokes them."""

    def issue_event_certificate(self, request: EventCertificateRequest) -> IssuedCertificate:
        """Issue a 24-hour certificate for one signing act. Raises `TrustServiceError`."""
        ...

    def issued_for(self, manifest_digest: bytes) -> tuple[int, ...]:
        """Return the serial numbers of every certificate issued for this manifest: whoever fell between asking and
        storing finds again what was issued, to have it revoked. Raises `TrustServiceError`.
        """
        ...

    def revoke(self, serial_number: int, reason: RevocationReason) -> None:
        """Revoke the certificate from now on; the first date is kept. Raises `TrustServiceError`."""
        ...


class TimestampAuthority(Protocol):
    """Says that a digest existed at a time (RFC 3161)."""

    @property
    def token_size_bound(self) -> int:
        """Bytes to reserve for one token: no token of this authority is longer."""
        ...

    def timestamp(self, digest: bytes) -> TimestampToken:
        """Timestamp a 32-byte SHA-256 digest. Raises `TrustServiceUnavailable` or `TokenRefused`."""
        ...


class RevocationSource(Protocol):
    """Answers whether certificates are revoked."""

    def ocsp(self, certificate: bytes, issuer: bytes) -> bytes | None:
        """Return a DER OCSPResponse (RFC 6960) made now, or None where this issuer has no responder.

        Both arguments are DER certificates. Raises `TrustServiceUnavailable`.
        """
        ...

    def crl(self, issuer: bytes, *, covering: bytes | None = None) -> bytes | None:
        """Return the present DER CertificateList of the issuer (a DER certificate), or None where it has none.

        `covering` is the DER certificate that is asked about: a source outside finds the list's address in it.
        Raises `TrustServiceUnavailable` or `TokenRefused`.
        """
        ...


@dataclass(frozen=True)
class Fetch:
    """One request for validation data: the address, the bytes that came, and what went wrong (None: nothing)."""

    url: str
    received: int
    failure: str | None = None


FETCH_SECONDS: Final = 30.0
"""How long all requests of one errand together may take, unless it is told otherwise."""


class ValidationDataSource(RevocationSource, Protocol):
    """Finds what a verifier misses, at the addresses that certificates name, and says what it asked."""

    def issuers(self, certificate: bytes) -> tuple[bytes, ...]:
        """Return the certificates (DER) found where the certificate says that its issuer's lies: they prove nothing.

        Raises `TrustServiceUnavailable` or `TokenRefused`.
        """
        ...

    def fetches(self) -> tuple[Fetch, ...]:
        """Return every request that was made, in order."""
        ...


class TransportFailure(StrEnum):
    """Why no answer came. `REFUSED`: our own rules forbid the address, and nobody was asked."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    TOO_LARGE = "too-large"
    REFUSED = "refused"


class TransportFailed(Exception):
    """No usable answer came; `detail` says what happened, without credentials."""

    def __init__(self, failure: TransportFailure, detail: str) -> None:
        super().__init__(detail)
        self.failure = failure
        self.detail = detail


@dataclass(frozen=True)
class HttpAnswer:
    """An HTTP response, redirects included: nobody follows them. `content_type` is without parameters."""

    status: int
    content_type: str
    body: bytes


class HttpTransport(Protocol):
    """Sends one request. Both ways raise `TransportFailed` where no usable answer comes.

    `timeout_seconds` is for the whole exchange; a body of more than `max_bytes` is `TOO_LARGE`.
    """

    def post(
        self, url: str, *, body: bytes, headers: Mapping[str, str], timeout_seconds: float, max_bytes: int
    ) -> HttpAnswer: ...

    def get(self, url: str, *, timeout_seconds: float, max_bytes: int) -> HttpAnswer: ...
