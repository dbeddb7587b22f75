"""Whom to believe, and when: timestamps prove times from the last one backwards, then the signers are judged.

The last document timestamp is judged at the validation time. One that stands proves that everything it covers
existed at its time, so what is inside is judged at that time, and so on down to the signatures (EN 319 102-1
clause 5.6, long-term validation by successive proofs of existence).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from asn1crypto import x509

from ca.trust import Purpose, TrustStore
from esign.verify.assessment import Assessment
from esign.verify.cms.certificates import CertificatePool
from esign.verify.cms.timestamps import Timestamp, may_timestamp
from esign.verify.trust.path import PathJudge, PathVerdict
from esign.verify.trust.revocation import RevocationData

_SERVICE_PURPOSES: Final = frozenset({"ocsp_signing", "time_stamping", "server_auth", "client_auth"})


def may_sign(certificate: x509.Certificate) -> bool:
    """Whether the certificate may sign documents: no CA's, by its key usage, and not a service's alone.

    RFC 5280 clause 4.2.1.3 for the key usage (one that is absent allows). A certificate whose every extended key
    usage is a service's (OCSP, timestamps, TLS) vouches for that service, and for no document.
    """
    if certificate.ca:
        return False
    usage = certificate.key_usage_value
    if usage is not None and not usage.native & {"digital_signature", "non_repudiation"}:
        return False
    purposes = certificate.extended_key_usage_value
    return purposes is None or not set(purposes.native) <= _SERVICE_PURPOSES


@dataclass
class Proofs:
    """Times at which prefixes of the file are proven to have existed."""

    at: datetime
    known: list[tuple[int, datetime]] = field(default_factory=list)

    def control_time(self, end: int) -> datetime:
        """The earliest proven time for what ends at `end`, or the validation time."""
        return min([time for covered, time in self.known if covered >= end] + [self.at])


@dataclass(frozen=True)
class TrustVerdict:
    """The path's verdict and the earliest time at which the signature is proven to have existed, if any."""

    path: PathVerdict
    proven_time: datetime | None
    timestamp_verdicts: tuple[PathVerdict, ...] = ()


class TrustJudge:
    """Judges timestamps and signers of one file against a trust store at a validation time."""

    def __init__(self, trust: TrustStore, at: datetime, pool: CertificatePool, revocation: RevocationData) -> None:
        self._trust = trust
        self._pool = pool
        self._paths = PathJudge(pool, revocation)
        self.proofs = Proofs(at)

    def judge_document_timestamps(self, timestamps: list[Assessment]) -> dict[int, TrustVerdict]:
        """Judge document timestamps, last first; those that stand become proofs. Keys are `id(assessment)`."""
        verdicts: dict[int, TrustVerdict] = {}
        for assessment in sorted(timestamps, key=lambda found: -(found.signature.end or 0)):
            end = assessment.signature.end or 0
            if not assessment.stands or assessment.timestamp is None:
                continue
            control_time = self.proofs.control_time(end)
            verdict = self._timestamp_verdict(assessment.timestamp, control_time)
            verdicts[id(assessment)] = TrustVerdict(verdict, assessment.timestamp.gen_time if verdict.stands else None)
            if verdict.stands and assessment.timestamp.gen_time is not None:
                self.proofs.known.append((end, assessment.timestamp.gen_time))
        return verdicts

    def judge_signature(self, assessment: Assessment) -> TrustVerdict:
        """Judge the signer at the best signature time, which the timestamps on and over it prove."""
        end = assessment.signature.end or 0
        control_time = self.proofs.control_time(end)
        times = [time for covered, time in self.proofs.known if covered > end]
        verdicts = []
        for timestamp in assessment.signature_timestamps:
            if not timestamp.is_intact or timestamp.gen_time is None:
                continue
            verdict = self._timestamp_verdict(timestamp, control_time)
            verdicts.append(verdict)
            if verdict.stands:
                times.append(timestamp.gen_time)
        proven = min(times, default=None)
        certificate = assessment.certificate
        if certificate is None:
            missing = PathVerdict("NO_SIGNING_CERTIFICATE_FOUND", "the signer's certificate is not in the file")
            return TrustVerdict(missing, proven, tuple(verdicts))
        certificate = self._pool.own(certificate)
        path = self._path(certificate, Purpose.SIGNING, proven or self.proofs.at)
        if path.stands and not may_sign(certificate):
            path = PathVerdict("CHAIN_CONSTRAINTS_FAILURE", "the signer's certificate is not meant for signatures")
        return TrustVerdict(path, proven, tuple(verdicts))

    def _timestamp_verdict(self, timestamp: Timestamp, control_time: datetime) -> PathVerdict:
        if timestamp.certificate is None or timestamp.gen_time is None:
            return PathVerdict("NO_SIGNING_CERTIFICATE_FOUND", "the timestamp's certificate is not in the file")
        if timestamp.gen_time > self.proofs.at:
            return PathVerdict("TIMESTAMP_ORDER_FAILURE", "the timestamp is later than the time of validation")
        certificate = self._pool.own(timestamp.certificate)
        if not may_timestamp(certificate):
            return PathVerdict("CHAIN_CONSTRAINTS_FAILURE", "the timestamp's certificate is not meant for timestamps")
        if timestamp.is_weak:
            return PathVerdict("CRYPTO_CONSTRAINTS_FAILURE", "the timestamp uses an algorithm that is too weak")
        return self._path(certificate, Purpose.TIMESTAMPING, control_time, timestamp.gen_time)

    def _path(
        self, certificate: x509.Certificate, purpose: Purpose, moment: datetime, used_at: datetime | None = None
    ) -> PathVerdict:
        return self._paths.judge(certificate, self._trust.roots(purpose, moment), moment, used_at or moment)
