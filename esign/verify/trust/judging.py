"""Whom to believe, and when: timestamps prove times from the last one backwards, then the signers are judged.

The last document timestamp is judged at the validation time. One that stands proves that everything it covers
existed at its time, so what is inside is judged at that time, and so on down to the signatures (EN 319 102-1
clauses 5.5 and 5.6: validation with time, and of material that is long past, by successive proofs of existence).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from asn1crypto import x509

from ca.trust import Purpose, TrustStore
from esign.verify.assessment import Assessment
from esign.verify.cms.certificates import CertificatePool
from esign.verify.cms.signed_data import SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2, Signer
from esign.verify.cms.timestamps import Timestamp, may_timestamp
from esign.verify.trust.algorithm_constraints import AlgorithmConstraints, AlgorithmUse, default_constraints
from esign.verify.trust.algorithm_uses import uses_of_signers, uses_of_timestamp
from esign.verify.trust.certificate_use import may_sign, purpose_of
from esign.verify.trust.existence import CarriedData, Proofs, When
from esign.verify.trust.path import PathJudge
from esign.verify.trust.revocation import RevocationData
from esign.verify.trust.revocation_reading import utc
from esign.verify.trust.revocation_status import AnswerJudge
from esign.verify.trust.validation_data import SecurityStore
from esign.verify.trust.verdict import STANDS, PathVerdict, TrustVerdict

_PADES: Final = "ETSI.CAdES.detached"
_CLOCKS_APART: Final = timedelta(minutes=1)
"""How far the clocks of two timestamping authorities may differ before their order is a contradiction."""


class TrustJudge:
    """Judges timestamps and signers of one file against a trust store at a validation time."""

    def __init__(
        self,
        trust: TrustStore,
        at: datetime,
        pool: CertificatePool,
        revocation: RevocationData,
        *,
        constraints: AlgorithmConstraints | None = None,
        stores: Mapping[int, SecurityStore] | None = None,
        carried: Sequence[CarriedData] = (),
    ) -> None:
        """`stores`: the security stores of the timestamped revisions by their ends. `carried`: what each CMS holds."""
        self._pool = pool
        self._constraints = constraints or default_constraints()
        self.proofs = Proofs(at, stores, carried)
        self._paths = PathJudge(trust, pool, revocation, AnswerJudge(self.proofs, self._constraints))

    def judge(self, assessments: Sequence[Assessment]) -> dict[int, TrustVerdict]:
        """Judge what is intact and covers a revision. Keys are `id(assessment)`."""
        standing = [found for found in assessments if found.stands]
        verdicts = self._judge_document_timestamps([found for found in standing if found.is_timestamp])
        signatures = sorted(
            (found for found in standing if not found.is_timestamp), key=lambda found: found.signature.end or 0
        )
        earlier: list[tuple[int, datetime]] = []
        for assessment in signatures:
            end = assessment.signature.end or 0
            before = [moment for covered, moment in earlier if covered < end] + self.proofs.times_before(end)
            verdict, times = self._judge_signature(assessment, before)
            verdicts[id(assessment)] = verdict
            earlier += [(end, moment) for moment in times]
        return verdicts

    def _judge_document_timestamps(self, timestamps: Iterable[Assessment]) -> dict[int, TrustVerdict]:
        """Judge document timestamps, last first; those that stand become proofs."""
        verdicts: dict[int, TrustVerdict] = {}
        for assessment in sorted(timestamps, key=lambda found: -(found.signature.end or 0)):
            if assessment.timestamp is None:
                continue
            end = assessment.signature.end or 0
            verdict = self.judge_timestamp(assessment.timestamp, self.proofs.of_prefix(end))
            proven = assessment.timestamp.gen_time if verdict.stands else None
            verdicts[id(assessment)] = TrustVerdict(verdict, proven)
            if proven is not None:
                self.proofs.prove(end, proven)
        return verdicts

    def _judge_signature(
        self, assessment: Assessment, before: Sequence[datetime]
    ) -> tuple[TrustVerdict, list[datetime]]:
        """Judge the signer at the best signature time, which the timestamps on and over it prove.

        `before` are times of recognised timestamps in what the signature covers. Return the verdict, and the times of
        the recognised timestamps on the signature.
        """
        control_time = self.proofs.of_prefix(assessment.signature.end or 0)
        on_it = self._judge_timestamps(assessment.signature_timestamps, control_time)
        in_it = self._judge_timestamps(assessment.content_timestamps, control_time)
        times = _recognised(on_it)
        proven = min(times + self.proofs.times_after(assessment.signature.end or 0), default=None)
        after = max([*before, *_recognised(in_it)], default=None)
        verdicts = tuple(verdict for _, verdict in (*on_it, *in_it))
        return TrustVerdict(self._signer_verdict(assessment, proven, after, verdicts), proven, verdicts, after), times

    def _signer_verdict(
        self,
        assessment: Assessment,
        proven: datetime | None,
        after: datetime | None,
        timestamps: Sequence[PathVerdict],
    ) -> PathVerdict:
        existed = proven or self.proofs.at
        when = When(existed, proven is not None, fresh_for=existed, answers_since=self.proofs.at, after=after)
        signers = assessment.cms.signers if assessment.cms is not None else ()
        judged = [self._certificate_verdict(assessment, signer.certificate, when) for signer in signers]
        path = next((verdict for verdict in judged if not verdict.stands), STANDS)
        if path.stands and not all(map(_names_certificate, signers)) and assessment.signature.sub_filter == _PADES:
            path = PathVerdict(
                "SIG_CONSTRAINTS_FAILURE", "it does not name its certificate, as a signature of its kind must"
            )
        if path.stands and (proven is not None and after is not None and after > proven + _CLOCKS_APART):
            path = PathVerdict("TIMESTAMP_ORDER_FAILURE", "its timestamps contradict one another")
        contradicted = [found for found in timestamps if found.sub_indication == "TIMESTAMP_ORDER_FAILURE"]
        if path.stands and contradicted and proven is not None:
            path = contradicted[0]
        return path

    def _certificate_verdict(self, assessment: Assessment, found: x509.Certificate | None, when: When) -> PathVerdict:
        """Judge one of the signers; a message may have several, and each has to stand."""
        if found is None:
            return PathVerdict("NO_SIGNING_CERTIFICATE_FOUND", "the signer's certificate is not in the file")
        certificate = self._pool.own(found)
        path = self._paths.judge(certificate, purpose_of(certificate), when)
        if path.stands and not may_sign(certificate):
            return PathVerdict("CHAIN_CONSTRAINTS_FAILURE", "the signer's certificate is not meant for signatures")
        return self._strength(_uses_of(assessment), when, certificate) if path.stands else path

    def _strength(self, uses: Iterable[AlgorithmUse], when: When, certificate: x509.Certificate) -> PathVerdict:
        """Judge a signature's own algorithms at the time for which it is proven to have existed."""
        end = self._constraints.end_of_all(uses)
        if when.existed < end:
            return STANDS
        made_after = max(utc(certificate.not_valid_before), when.after or utc(certificate.not_valid_before))
        if made_after >= end:
            return PathVerdict("CRYPTO_CONSTRAINTS_FAILURE", "it uses an algorithm that is too weak")
        return PathVerdict(
            "CRYPTO_CONSTRAINTS_FAILURE_NO_POE",
            "it uses an algorithm that was relied upon once, and nothing proves that it is that old",
        )

    def _judge_timestamps(
        self, timestamps: Iterable[Timestamp], control_time: datetime
    ) -> list[tuple[Timestamp, PathVerdict]]:
        return [
            (found, self.judge_timestamp(found, control_time))
            for found in timestamps
            if found.is_intact and found.gen_time is not None
        ]

    def judge_timestamp(self, timestamp: Timestamp, control_time: datetime) -> PathVerdict:
        """Judge a timestamp that is proven to have existed at `control_time`, which may be the validation time."""
        at = self.proofs.at
        if timestamp.certificate is None or timestamp.gen_time is None:
            return PathVerdict("NO_SIGNING_CERTIFICATE_FOUND", "the timestamp's certificate is not in the file")
        if timestamp.gen_time > at:
            return PathVerdict("TIMESTAMP_ORDER_FAILURE", "the timestamp is later than the time of validation")
        certificate = self._pool.own(timestamp.certificate)
        if not may_timestamp(certificate):
            return PathVerdict("CHAIN_CONSTRAINTS_FAILURE", "the timestamp's certificate is not meant for timestamps")
        when = When(
            control_time,
            is_proven=False,  # what the time that it names says is asked by itself
            fresh_for=timestamp.gen_time,
            answers_since=at if control_time < at else timestamp.gen_time,  # the last one: nothing can prove it later
            after=timestamp.gen_time,
        )
        path = self._paths.judge(certificate, Purpose.TIMESTAMPING, when)
        if path.stands:
            path = _within_validity(timestamp.gen_time, certificate)
        if path.stands:
            path = self._strength(uses_of_timestamp(timestamp), when, certificate)
        if path.stands and timestamp.gen_time > control_time + _CLOCKS_APART:
            path = PathVerdict("TIMESTAMP_ORDER_FAILURE", "the timestamp is later than one that covers it")
        return path


def _uses_of(assessment: Assessment) -> tuple[AlgorithmUse, ...]:
    """What a signature rests on; adbe.pkcs7.sha1 signs a SHA-1 digest."""
    uses = uses_of_signers(assessment.cms)
    return (*uses, AlgorithmUse("sha1")) if assessment.signature.sub_filter == "adbe.pkcs7.sha1" else uses


def _names_certificate(signer: Signer) -> bool:
    """Whether a signed attribute says which certificate it is (EN 319 142-1 clause 6.3 (h) demands one)."""
    return bool(signer.attributes(SIGNING_CERTIFICATE_V2) or signer.attributes(SIGNING_CERTIFICATE))


def _recognised(judged: Iterable[tuple[Timestamp, PathVerdict]]) -> list[datetime]:
    return [found.gen_time for found, verdict in judged if verdict.stands and found.gen_time is not None]


def _within_validity(gen_time: datetime, certificate: x509.Certificate) -> PathVerdict:
    """Whether the timestamp names a time at which its authority's certificate was in force."""
    if gen_time < utc(certificate.not_valid_before):
        return PathVerdict("NOT_YET_VALID", "the timestamp is older than its certificate", fails=True)
    if gen_time > utc(certificate.not_valid_after):
        return PathVerdict("EXPIRED", "the timestamp was made after its certificate had expired", fails=True)
    return STANDS
