"""Judges what lies beside its content: a detached CAdES signature, and a timestamp token over a file.

The rules are those for signatures inside a PDF (EN 319 102-1): integrity from the bytes alone, then trust at the time
that is proven. Nothing is fetched; `Beside` holds what else is known, such as revocation answers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from ca.encoding import certificate_digest
from ca.trust import TrustStore
from esign.verify.assessment import Assessment
from esign.verify.cms.certificates import CertificatePool, CertificateReader
from esign.verify.cms.signed_data import Cms, Integrity, read_cms
from esign.verify.cms.timestamps import Timestamp, content_timestamps, read_timestamp, signature_timestamps
from esign.verify.conclusion import indicate
from esign.verify.errors import MALFORMED, Malformed
from esign.verify.reading.byte_range import Coverage, CoverageVerdict
from esign.verify.reading.fields import Field
from esign.verify.reading.objects import Name
from esign.verify.reading.signature_fields import SignatureField
from esign.verify.report import Conclusion
from esign.verify.signature_facts import signer_facts
from esign.verify.trust.algorithm_constraints import AlgorithmConstraints
from esign.verify.trust.existence import CarriedData
from esign.verify.trust.judging import TrustJudge
from esign.verify.trust.revocation import RevocationData
from esign.verify.trust.revocation_reading import ReadAnswers
from esign.verify.trust.validation_data import SecurityStore
from esign.verify.trust.verdict import TrustVerdict

_CADES: Final = Name("ETSI.CAdES.detached")
_NO_REASON: Final = "it cannot be checked"


@dataclass(frozen=True)
class DetachedVerdict:
    """The verdict on a detached signature: indications of EN 319 102-1, `reason` the rest of a sentence or None.

    `timestamped` is whether an intact timestamp is on it; `proven_time` (UTC) what a recognised one proves.
    """

    indication: Conclusion
    sub_indication: str | None = None
    reason: str | None = None
    timestamped: bool = False
    proven_time: datetime | None = None
    signer: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TokenVerdict:
    """The verdict on a timestamp token; `gen_time` (UTC) is the time in it, None where it is no token."""

    indication: Conclusion
    reason: str | None = None
    gen_time: datetime | None = None


@dataclass(frozen=True)
class Beside:
    """What judging rests on beside the signature: roots, the time of validation (timezone-aware), constraints on
    algorithms (None: the verifier's own), and certificates and revocation answers from elsewhere.

    `existed_since`: a time at which all of that, and what is judged, is proven to have existed, or None.
    """

    trust: TrustStore
    at: datetime
    constraints: AlgorithmConstraints | None = None
    store: SecurityStore = field(default_factory=SecurityStore)
    existed_since: datetime | None = None


def verify_detached(encoded: bytes, content: bytes, beside: Beside) -> DetachedVerdict:
    """Judge a detached CMS signature of one signer over `content`. No exception leaves: what cannot be read fails."""
    reader = CertificateReader()
    try:
        cms = read_cms(encoded, _digests_of(content), reader, beside.store.certificates)
        if cms.content is not None:
            return DetachedVerdict(Conclusion.FAILED, "FORMAT_FAILURE", "it brings a content of its own")
        if len(cms.signers) != 1:
            return DetachedVerdict(Conclusion.FAILED, "FORMAT_FAILURE", "it has not exactly one signer")
        return _judge(cms, content, beside, reader)
    except Malformed as error:
        return DetachedVerdict(Conclusion.FAILED, "FORMAT_FAILURE", str(error))
    except MALFORMED:
        return DetachedVerdict(Conclusion.FAILED, "FORMAT_FAILURE", _NO_REASON)


def verify_token(encoded: bytes, content: bytes, beside: Beside) -> TokenVerdict:
    """Judge an RFC 3161 token over `content`. No exception leaves."""
    reader = CertificateReader()
    try:
        found = read_timestamp(encoded, _digests_of(content), reader)
        if not found.is_intact or found.gen_time is None:
            return TokenVerdict(Conclusion.FAILED, found.reason or _NO_REASON, found.gen_time)
        judge = _trust_judge(beside, reader, [found.cms] if found.cms else [])
        verdict = judge.judge_timestamp(found, judge.proofs.of_prefix(0))
    except MALFORMED:
        return TokenVerdict(Conclusion.FAILED, _NO_REASON)
    if verdict.stands:
        return TokenVerdict(Conclusion.PASSED, None, found.gen_time)
    indication = Conclusion.FAILED if verdict.fails else Conclusion.INDETERMINATE
    return TokenVerdict(indication, verdict.reason, found.gen_time)


def _judge(cms: Cms, content: bytes, beside: Beside, reader: CertificateReader) -> DetachedVerdict:
    signer = cms.signers[0]
    assessment = Assessment(
        _as_field(),
        CoverageVerdict(Coverage.WHOLE_FILE),
        cms.integrity,
        signer.sub_indication,
        signer.reason,
        cms=cms,
        signature_timestamps=signature_timestamps(signer, reader),
        content_timestamps=content_timestamps(signer, _digests_of(content), reader),
    )
    timestamps: list[Timestamp] = [*assessment.signature_timestamps, *assessment.content_timestamps]
    judge = _trust_judge(beside, reader, [cms, *(found.cms for found in timestamps if found.cms is not None)])
    verdict: TrustVerdict | None = judge.judge([assessment]).get(id(assessment))
    indication, sub_indication = indicate(assessment, verdict)
    reason = signer.reason or (verdict.path.reason if verdict else None)
    if sub_indication is not None and reason is None:
        reason = "it names another certificate than the one it was made with"
    return DetachedVerdict(
        Conclusion(indication),
        sub_indication,
        reason,
        any(found.is_intact for found in assessment.signature_timestamps),
        verdict.proven_time if verdict and signer.integrity is Integrity.INTACT else None,
        signer_facts(signer.certificate),
    )


def _trust_judge(beside: Beside, reader: CertificateReader, messages: list[Cms]) -> TrustJudge:
    """Return a judge over what the messages and the store carry, all of it proven at `existed_since`, if known."""
    store = beside.store
    pool = CertificatePool([*store.certificates, *(one for cms in messages for one in cms.certificates)])
    revocation = RevocationData(
        [*store.ocsp_responses, *(answer for cms in messages for answer in cms.ocsp_responses)],
        [*store.crls, *(crl for cms in messages for crl in cms.crls)],
        ReadAnswers(reader),
    )
    pool.add(revocation.responders())
    items = [*map(certificate_digest, pool.all()), *revocation.ocsp_responses, *revocation.crls]
    judge = TrustJudge(
        beside.trust,
        beside.at.astimezone(UTC),
        pool,
        revocation,
        constraints=beside.constraints,
        carried=[CarriedData(0, frozenset(items))],
    )
    if beside.existed_since is not None:
        judge.proofs.prove(1, beside.existed_since)
    return judge


def _digests_of(content: bytes) -> Callable[[str], bytes]:
    return lambda algorithm: hashlib.new(algorithm, content).digest()


def _as_field() -> SignatureField:
    """Return the place that a detached signature takes where judging asks for a field: one that ends at no byte."""
    place = Field("", None, {}, "Sig", None, ())
    return SignatureField("", place, None, {"SubFilter": _CADES}, b"", None, None)
