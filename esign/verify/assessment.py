"""What can be said of one signature from the file alone: its bytes, its CMS, and what changed after it.

Nothing here knows of trust; `trust/` and `judge.py` add that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from asn1crypto import x509

from esign.verify.changes.between import changes_between
from esign.verify.changes.change import Change
from esign.verify.changes.permissions import Permissions, read_permissions
from esign.verify.changes.series import Series
from esign.verify.cms.certificates import CertificateReader
from esign.verify.cms.signed_data import Cms, Integrity, read_cms, without_padding
from esign.verify.cms.timestamps import Timestamp, content_timestamps, read_timestamp, signature_timestamps
from esign.verify.errors import LimitReached, Malformed
from esign.verify.reading.byte_range import Coverage, CoverageVerdict, judge_coverage
from esign.verify.reading.document import PdfFile
from esign.verify.reading.signature_fields import SignatureField
from esign.verify.report import ChangesAfter, LaterChange

CHANGES_TOLD_AT_MOST: Final = 200


@dataclass
class Assessment:
    """One signature and what the file says of it. `sub_indication` and `reason` tell why it is not intact."""

    signature: SignatureField
    coverage: CoverageVerdict
    integrity: Integrity = Integrity.UNVERIFIABLE
    sub_indication: str | None = "FORMAT_FAILURE"
    reason: str | None = None
    encoded: bytes = b""
    cms: Cms | None = None
    timestamp: Timestamp | None = None
    signature_timestamps: list[Timestamp] = field(default_factory=list)
    content_timestamps: list[Timestamp] = field(default_factory=list)
    changes_after: ChangesAfter = ChangesAfter.UNKNOWN
    changes: tuple[Change, ...] = ()
    forbidden: tuple[Change, ...] = ()
    permissions: Permissions = field(default_factory=lambda: Permissions(None, (), certifies=False))

    @property
    def is_timestamp(self) -> bool:
        return self.signature.kind == "document-timestamp"

    @property
    def certificate(self) -> x509.Certificate | None:
        return self.cms.signers[0].certificate if self.cms and self.cms.signers else None

    @property
    def is_weak(self) -> bool:
        """Whether it rests on a digest that is too weak to rely on; adbe.pkcs7.sha1 signs a SHA-1 digest."""
        return self.cms is not None and (self.cms.is_weak or self.signature.sub_filter == "adbe.pkcs7.sha1")

    @property
    def told_changes(self) -> tuple[LaterChange, ...]:
        """What changed afterwards, as it is reported: what is forbidden first, no more than a person can read."""
        forbidden = set(self.forbidden)
        ordered = sorted(self.changes, key=lambda change: change not in forbidden)
        return tuple(
            LaterChange(change.kind.value, change.path, change.field, change not in forbidden)
            for change in ordered[:CHANGES_TOLD_AT_MOST]
        )

    @property
    def stands(self) -> bool:
        """Whether it is intact and covers a whole revision."""
        return self.integrity is Integrity.INTACT and self.coverage.coverage is not Coverage.INVALID


def assess(file: PdfFile, signature: SignatureField, certificates: tuple[x509.Certificate, ...]) -> Assessment:
    """Assess the bytes and the CMS of a signature. `certificates` may hold the signer's. Raises `LimitReached`."""
    assessment = Assessment(signature, judge_coverage(file, signature))
    if signature.is_unreadable:
        assessment.reason = "what the field holds as its signature cannot be read"
        return assessment
    if not signature.contents.strip(b"\0"):
        assessment.reason = "the signature is empty"
        return assessment
    if len(signature.contents) > file.limits.contents_bytes:
        assessment.reason = "the signature value is larger than the limit allows"
        return assessment
    if signature.byte_range is None or len(signature.byte_range) % 2:
        assessment.reason = "the signature does not say which bytes it covers"
        return assessment
    try:
        digest = content_digest(file, signature.byte_range)
        assessment.encoded = without_padding(signature.contents)
        if assessment.is_timestamp:
            _assess_timestamp(assessment, digest, file.certificates)
        else:
            _assess_signature(assessment, digest, file.certificates, certificates)
    except LimitReached:
        raise
    except Malformed as error:
        assessment.reason = str(error)
    return assessment


def content_digest(file: PdfFile, byte_range: tuple[int, ...]) -> Callable[[str], bytes]:
    """Return what digests the bytes that the ranges name; each algorithm is computed once."""
    known: dict[str, bytes] = {}
    pairs = zip(byte_range[::2], byte_range[1::2], strict=True)
    ranges = [(start, start + length) for start, length in pairs]
    if any(start < 0 or end < start or end > file.size for start, end in ranges) or len(ranges) > 16:
        raise Malformed("the signature's byte range is not in the file")

    def digest(algorithm: str) -> bytes:
        if algorithm not in known:
            known[algorithm] = file.digest(algorithm, ranges)
        return known[algorithm]

    return digest


def _assess_timestamp(assessment: Assessment, digest: Callable[[str], bytes], reader: CertificateReader) -> None:
    timestamp = read_timestamp(assessment.encoded, digest, reader)
    assessment.timestamp, assessment.cms = timestamp, timestamp.cms
    assessment.integrity, assessment.reason = timestamp.integrity, timestamp.reason
    assessment.sub_indication = {
        Integrity.INTACT: None,
        Integrity.BROKEN: "HASH_FAILURE",
        Integrity.UNVERIFIABLE: "FORMAT_FAILURE",
    }[timestamp.integrity]


def _assess_signature(
    assessment: Assessment,
    digest: Callable[[str], bytes],
    reader: CertificateReader,
    certificates: tuple[x509.Certificate, ...],
) -> None:
    sub_filter = assessment.signature.sub_filter
    if sub_filter == "adbe.x509.rsa_sha1":
        assessment.sub_indication = "CRYPTO_CONSTRAINTS_FAILURE"
        assessment.reason = "the signature is of a kind (adbe.x509.rsa_sha1) that is no longer supported"
        return
    cms = read_cms(assessment.encoded, digest, reader, certificates)
    assessment.cms = cms
    if not cms.signers:
        assessment.reason = "the signature value holds no signature"
        return
    worst = next((signer for signer in cms.signers if signer.integrity is cms.integrity), cms.signers[0])
    assessment.integrity = cms.integrity
    assessment.sub_indication, assessment.reason = worst.sub_indication, worst.reason
    if (
        cms.content is not None
        and cms.integrity is Integrity.INTACT
        and not _is_digest(cms.content, digest, sub_filter)
    ):
        assessment.integrity, assessment.sub_indication = Integrity.BROKEN, "HASH_FAILURE"
        assessment.reason = "the signature is over something else than this document"
    if assessment.integrity is Integrity.INTACT and sub_filter == "ETSI.RFC3161":
        assessment.integrity, assessment.sub_indication = Integrity.UNVERIFIABLE, "FORMAT_FAILURE"
        assessment.reason = "it is said to be a timestamp and is none"
    if assessment.integrity is Integrity.INTACT:
        assessment.signature_timestamps = signature_timestamps(cms.signers[0], reader)
        assessment.content_timestamps = content_timestamps(cms.signers[0], digest, reader)


def _is_digest(content: bytes, digest: Callable[[str], bytes], sub_filter: str) -> bool:
    """Only adbe.pkcs7.sha1 encapsulates content: the SHA-1 of the byte ranges."""
    return (
        sub_filter == "adbe.pkcs7.sha1"
        and len(content) == hashlib.sha1(usedforsecurity=False).digest_size
        and content == digest("sha1")
    )


def assess_changes(file: PdfFile, assessments: list[Assessment]) -> None:
    """Find what changed after each signature and whether it was allowed. Raises `LimitReached`.

    `assessments` are in signing order: what an earlier signature forbids stays forbidden.
    """
    earlier: list[Permissions] = []
    series = Series()
    for assessment in assessments:
        signature = assessment.signature
        if assessment.coverage.coverage is Coverage.INVALID or signature.end is None:
            continue
        try:
            signed = file.revision(signature.end)
            assessment.permissions = read_permissions(signature, signed, earlier)
            if assessment.stands and not assessment.is_timestamp:
                earlier.append(assessment.permissions)
            if assessment.coverage.coverage is Coverage.WHOLE_FILE:
                assessment.changes_after = ChangesAfter.NONE
                continue
            assessment.changes = changes_between(signed, file.present, series)
        except LimitReached:
            raise
        except Malformed:
            continue
        permit = assessment.permissions.permit
        assessment.forbidden = tuple(change for change in assessment.changes if not permit(change))
        if assessment.forbidden or not signature.present:
            assessment.changes_after = ChangesAfter.FORBIDDEN
        elif not file.ends_readable:
            assessment.changes_after = ChangesAfter.UNKNOWN
        else:
            assessment.changes_after = ChangesAfter.PERMITTED if assessment.changes else ChangesAfter.NONE
