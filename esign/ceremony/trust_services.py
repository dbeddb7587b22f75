"""What signing and sealing ask of the world, handed in by the composition root."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from ca.ports import CertificateIssuer, Clock, RevocationSource, TimestampAuthority, TimestampToken
from ca.trust import TrustStore


@dataclass(frozen=True)
class TrustServices:
    """The ports a signing needs. `notice` is printed in every signature while a stand-in serves."""

    issuer: CertificateIssuer
    timestamp_authority: TimestampAuthority
    revocation: RevocationSource
    trust: TrustStore
    custodian_certificate: bytes
    clock: Clock
    entropy: Callable[[int], bytes]
    notice: str = ""
    licence: str = ""
    """The number of the issuer's licence as a certification authority; empty where it has none, or none is known."""


class MeasuredTimestampAuthority:
    """A timestamp authority that is timed from outside; a `TimestampAuthority`."""

    def __init__(self, inner: TimestampAuthority, timing: Callable[[], AbstractContextManager[None]]) -> None:
        """`timing` makes what is entered before each request and left after it, whatever comes of it."""
        self._inner = inner
        self._timing = timing

    @property
    def token_size_bound(self) -> int:
        return self._inner.token_size_bound

    def timestamp(self, digest: bytes) -> TimestampToken:
        """See `TimestampAuthority`."""
        with self._timing():
            return self._inner.timestamp(digest)
