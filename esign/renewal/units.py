"""Timestamping units, and until when what they stamped can be relied upon.

A timestamp proves nothing any more once its certificate, one above it, or an algorithm in it has ended: unless another
timestamp proves that it existed before (EN 319 102-1 clause 5.6.2.4).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise

from ca.trust import Purpose, TrustStore
from esign.errors import SigningError
from esign.pades.chains import timestamp_chain
from esign.verify.cms.certificates import CertificateReader, load_certificate
from esign.verify.cms.timestamps import read_timestamp
from esign.verify.errors import Malformed
from esign.verify.material import token_certificates
from esign.verify.signature_facts import called
from esign.verify.trust.algorithm_constraints import AlgorithmConstraints, AlgorithmUse
from esign.verify.trust.algorithm_uses import use_in, uses_of_timestamp


@dataclass(frozen=True)
class Unit:
    """Who made a timestamp and with what: the chain (DER; its own certificate first), and the algorithms it rests on.

    `ends` are the ends of validity of the certificates below the root, in UTC.
    """

    chain: tuple[bytes, ...] = field(repr=False)
    uses: tuple[AlgorithmUse, ...]
    certificate_ends: datetime
    name: str

    @property
    def certificate(self) -> bytes:
        return self.chain[0]

    @property
    def certificate_sha256(self) -> str:
        """SHA-256 of the unit's certificate, 64 hexadecimal digits."""
        return hashlib.sha256(self.certificate).hexdigest()

    @property
    def id(self) -> str:
        """SHA-256 of certificate and algorithms, 64 hexadecimal digits: two timestamps with one end have one."""
        uses = ";".join(f"{use.scheme}:{use.digest}:{use.bits}" for use in self.uses)
        return hashlib.sha256(self.certificate + uses.encode()).hexdigest()

    def ends_at(self, trust: TrustStore, constraints: AlgorithmConstraints) -> datetime:
        """Return the first of: the certificates' end, the algorithms' end, the end of the belief in the root."""
        roots = [
            anchor.until
            for anchor in trust.anchors
            if anchor.certificate == self.chain[-1]
            and Purpose.TIMESTAMPING in anchor.purposes
            and anchor.until is not None
        ]
        return min(self.certificate_ends, constraints.end_of_all(self.uses), *roots)


def unit_of(token: bytes, pool: Iterable[bytes] = ()) -> Unit:
    """Return the unit that made the token (DER); its issuers come from the token and the `pool` (DER).

    Raises `SigningError` with code `timestamp-certificate-missing`, or `timestamp-unreadable`.
    """
    if not token_certificates(token):
        raise SigningError(
            "timestamp-certificate-missing",
            "the timestamp does not carry the certificate it is signed with",
            "ask the timestamp authority for tokens with certReq set",
        )
    try:
        chain = timestamp_chain(token, pool)
        read = read_timestamp(token, lambda _name: b"", CertificateReader())
        certificates = [load_certificate(one) for one in chain]
    except (Malformed, ValueError) as error:
        raise SigningError(
            "timestamp-unreadable", "the timestamp cannot be read", "ask the timestamp authority"
        ) from error
    above = [use_in(one, issuer) for one, issuer in pairwise(certificates)]
    below_root = certificates[:-1] or certificates
    return Unit(
        chain,
        tuple(dict.fromkeys((*uses_of_timestamp(read), *above))),
        min(one.not_valid_after.astimezone(UTC) for one in below_root),
        called(certificates[0].subject),
    )


def roots_of(trust: TrustStore, at: datetime) -> Sequence[bytes]:
    """Return the roots (DER) that complete chains of timestamps: those believed now, and those believed once."""
    return (*trust.roots(Purpose.TIMESTAMPING, at), *trust.ended_roots(Purpose.TIMESTAMPING, at))
