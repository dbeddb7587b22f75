"""Whether the evidence of a signature is the evidence that was signed, for this document, by this recipient."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from asn1crypto import x509

from esign.evidence.items import ItemKind
from esign.evidence.manifest import MANIFEST_FILE_NAME, manifest_digest
from esign.evidence.matching import match_evidence
from esign.verify.evidence import FieldEvidence, read_binding
from esign.verify.reading.document import PdfFile
from esign.verify.reading.signature_fields import SignatureField
from esign.verify.report import Finding, Severity

_HANDWRITING, _PICTURE = 1, 0  # RFC 3739: predefinedBiometricType handwritten-signature and picture


@dataclass(frozen=True)
class EvidenceCase:
    """One signature with its evidence, as far as it has some, and its signer's certificate."""

    signature: SignatureField
    evidence: FieldEvidence | None
    certificate: x509.Certificate | None
    cms: bytes

    @property
    def is_bound(self) -> bool:
        """Whether the certificate names exactly this manifest."""
        encoded = self.evidence.files.get(MANIFEST_FILE_NAME) if self.evidence else None
        if encoded is None or self.certificate is None:
            return False
        return read_binding(self.certificate).manifest_digest == manifest_digest(encoded)


def judge_evidence(file: PdfFile, cases: Sequence[EvidenceCase]) -> list[Finding]:
    """Return what is wrong with the evidence of all signatures, taken together."""
    findings: list[Finding] = []
    for case in cases:
        findings += _one(file, case, cases)
    return findings + list(_repeated(cases))


def _error(code: str, message: str, case: EvidenceCase) -> Finding:
    return Finding(code, Severity.ERROR, message, case.signature.name)


def _one(file: PdfFile, case: EvidenceCase, cases: Sequence[EvidenceCase]) -> Iterator[Finding]:
    evidence = case.evidence
    if evidence is None:
        if case.certificate is not None and read_binding(case.certificate).manifest_digest:
            yield _error(
                "evidence-missing", "The signer's certificate speaks of evidence that the document does not hold.", case
            )
        return
    if evidence.manifest is None:
        yield _error(
            "evidence-manifest-unreadable", f"The evidence cannot be judged: {evidence.manifest_defect}.", case
        )
        return
    if not case.is_bound:
        yield _error(
            "evidence-manifest-unbound", "The evidence is not the evidence that the signer's certificate names.", case
        )
    yield from _items(case, evidence)
    manifest = evidence.manifest
    if manifest.field != case.signature.name:
        yield _error("evidence-other-field", "The evidence was made for another signature field.", case)
    if not _is_prepared_here(file, case.signature.end or 0, manifest.prepared_sha256):
        yield _error("evidence-other-document", "The evidence was made for another document than this one.", case)
    known = {(other.signature.name, hashlib.sha256(other.cms).digest()) for other in cases}
    if any((present.field, present.cms_sha256) not in known for present in manifest.signatures_present):
        yield _error(
            "evidence-other-signatures",
            "A signature that was in the document when this one was made is missing or another now.",
            case,
        )


def _items(case: EvidenceCase, evidence: FieldEvidence) -> Iterator[Finding]:
    manifest = evidence.manifest
    if manifest is None:
        return
    for mismatch in match_evidence(manifest, evidence.files):
        yield _error("evidence-item-mismatch", f"{mismatch.file_name}: {mismatch.message}", case)
    if case.certificate is None:
        return
    biometrics = read_binding(case.certificate).biometrics
    for kind, biometric, name in (
        (ItemKind.HANDWRITING, _HANDWRITING, "handwriting"),
        (ItemKind.PHOTO, _PICTURE, "photo"),
    ):
        item = manifest.item(kind)
        if biometric in biometrics and (item is None or item.digest != biometrics[biometric]):
            yield _error(
                "evidence-item-mismatch", f"The {name} is not the one that the signer's certificate names.", case
            )


def _is_prepared_here(file: PdfFile, end: int, prepared: bytes) -> bool:
    """Whether the prepared revision, by its SHA-256, is what this file began as when it was signed."""
    return any(digest == prepared for position, digest in file.prefix_digests.items() if position < end)


def _repeated(cases: Sequence[EvidenceCase]) -> Iterator[Finding]:
    seen: dict[tuple[str, str], str] = {}
    for case in cases:
        manifest = case.evidence.manifest if case.evidence else None
        if manifest is None:
            continue
        person = (manifest.envelope, manifest.recipient)
        if person in seen:
            yield _error(
                "evidence-second-signature",
                "The same recipient appears to have signed this document twice.",
                case,
            )
        seen[person] = case.signature.name
