"""What a file does not carry, and a verifier that may ask would ask for: issuers, and revocation answers."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from asn1crypto import x509

from ca.encoding import encoding_of
from ca.trust import TrustStore
from esign.verify.assessment import Assessment
from esign.verify.cms.certificates import CertificatePool
from esign.verify.cms.timestamps import Timestamp
from esign.verify.errors import MALFORMED
from esign.verify.report import MissingData
from esign.verify.trust.existence import Proofs
from esign.verify.trust.revocation import RevocationData
from esign.verify.trust.revocation_reading import utc
from esign.verify.trust.verdict import TrustVerdict

_CLOCK_TOLERANCE: Final = timedelta(minutes=5)


@dataclass(frozen=True)
class Inventory:
    """What is at hand to judge one file with."""

    trust: TrustStore
    pool: CertificatePool
    revocation: RevocationData
    proofs: Proofs

    def missing(
        self, assessments: Iterable[Assessment], verdicts: Mapping[int, TrustVerdict]
    ) -> tuple[MissingData, ...]:
        """Return what to ask for, each once.

        An answer is wanted for every certificate that has none made after the time that counts, which is the proven
        time of a signature, and the time of validation for a timestamp that nothing later proves.
        """
        anchors = {anchor.certificate for anchor in self.trust.anchors}
        pool = CertificatePool(self.pool.all())
        wanted: dict[MissingData, None] = {}
        for certificate, since in self._used(assessments, verdicts):
            try:
                wanted.update(dict.fromkeys(self._missing_above(pool.own(certificate), since, pool, anchors)))
            except MALFORMED:
                continue
        return tuple(wanted)

    def _used(
        self, assessments: Iterable[Assessment], verdicts: Mapping[int, TrustVerdict]
    ) -> Iterator[tuple[x509.Certificate, datetime]]:
        for found in assessments:
            if not found.stands or found.certificate is None:
                continue
            verdict = verdicts.get(id(found))
            control_time = self.proofs.of_prefix(found.signature.end or 0)
            if found.timestamp is not None:
                later = self.proofs.times_after(found.signature.end or 0)
                yield from self._of_timestamp(found.timestamp, is_last=not later)
                continue
            proven = verdict.proven_time if verdict is not None else None
            yield found.certificate, proven or self.proofs.at
            for timestamp in (*found.signature_timestamps, *found.content_timestamps):
                yield from self._of_timestamp(timestamp, is_last=control_time == self.proofs.at)

    def _of_timestamp(self, timestamp: Timestamp, *, is_last: bool) -> Iterator[tuple[x509.Certificate, datetime]]:
        if timestamp.is_intact and timestamp.certificate is not None and timestamp.gen_time is not None:
            yield timestamp.certificate, self.proofs.at if is_last else timestamp.gen_time

    def _missing_above(
        self, certificate: x509.Certificate, since: datetime, pool: CertificatePool, anchors: set[bytes]
    ) -> Iterator[MissingData]:
        chain = pool.chain(certificate)
        for below, above in itertools.pairwise(chain):
            if encoding_of(below) in anchors:
                return
            if not self._has_answer(below, above, since, pool):
                yield MissingData(encoding_of(below), encoding_of(above))
        top = chain[-1]
        if encoding_of(top) not in anchors and not pool.is_self_signed(top):
            yield MissingData(encoding_of(top))

    def _has_answer(
        self, certificate: x509.Certificate, issuer: x509.Certificate, since: datetime, pool: CertificatePool
    ) -> bool:
        answers = self.revocation.answers(certificate, issuer, pool)
        if any(found.revoked_at is not None and not found.is_held for found in answers):
            return True
        if answers and utc(certificate.not_valid_after) < since:
            return True  # what is made now says nothing of what expired
        return any(not found.is_silent and found.this_update >= since - _CLOCK_TOLERANCE for found in answers)
