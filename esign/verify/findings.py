"""Findings: what a person should know of a document, in sentences a compliance officer understands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from esign.verify.assessment import Assessment
from esign.verify.changes.change import ChangeKind
from esign.verify.changes.leftovers import unexplained_parts
from esign.verify.changes.regularity import is_put_together_otherwise, is_strict
from esign.verify.cms.signed_data import Integrity
from esign.verify.reading.byte_range import Coverage
from esign.verify.reading.document import PdfFile
from esign.verify.report import ChangesAfter, Finding, Severity
from esign.verify.trust.verdict import TrustVerdict

_WEAK: Final = frozenset({"CRYPTO_CONSTRAINTS_FAILURE", "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"})
"""What `weak-algorithm` says already, where the weakness is the signature's own."""
_FORBIDDEN: Final = {
    ChangeKind.SIGNING: ("signature-added", "A signature was added although the document had been closed by this one."),
    ChangeKind.FORM_FILLING: (
        "locked-field-changed",
        "A form field that this signature locks was filled in afterwards.",
    ),
    ChangeKind.ANNOTATION: ("annotation-changed", "A note or mark was added, changed or removed after signing."),
    ChangeKind.WIDGET_REMOVED: ("form-field-removed", "A form field was removed from a page after signing."),
    ChangeKind.FIELD_CREATED: ("form-field-added", "A form field was added after signing."),
    ChangeKind.FIELD_REMOVED: ("form-field-removed", "A form field was removed after signing."),
    ChangeKind.FIELD_ALTERED: ("form-field-altered", "A form field was altered, not merely filled in, after signing."),
    ChangeKind.SIGNATURE_ALTERED: ("signature-altered", "A signature that had been made was altered afterwards."),
    ChangeKind.SIGNATURE_MOVED: ("signature-moved", "A signature field was moved or resized after signing."),
    ChangeKind.SIGNATURE_OVERLAID: (
        "signature-overlaid",
        "A signature that was added later lies over what the document showed when it was signed.",
    ),
    ChangeKind.APPEARANCE_ALONE: (
        "appearance-changed",
        "What a form field shows was changed after signing without changing its value.",
    ),
    ChangeKind.PAGE_ADDED: ("page-added", "A page was added after signing."),
    ChangeKind.PAGE_REMOVED: ("page-removed", "A page was removed after signing."),
    ChangeKind.CONTENT: ("content-changed", "The content of the document was changed after signing."),
    ChangeKind.AMBIGUOUS: (
        "ambiguous-object",
        "What was written after signing says something twice, in different ways; viewers may show either.",
    ),
    ChangeKind.STRUCTURE: ("structure-changed", "The document's structure was changed although it had been closed."),
}


def document_findings(file: PdfFile, assessments: Sequence[Assessment]) -> Iterator[Finding]:
    """Yield what concerns the file as a whole."""
    if not file.ends_readable:
        yield Finding(
            "unreadable-update",
            Severity.ERROR,
            "The last part of the file cannot be read; viewers may show something else than what was signed.",
        )
    covered = _covered_first(assessments)
    if covered is None or covered >= file.size:
        return
    if unexplained_parts(file, covered) or (not is_strict(file, covered) and is_put_together_otherwise(file)):
        yield Finding(
            "hidden-object-data",
            Severity.ERROR,
            "Behind a signature the file holds objects that nothing accounts for, or is written so that some viewers "
            "show others than it names.",
        )


def _covered_first(assessments: Sequence[Assessment]) -> int | None:
    """Where the first signature ends: what comes later vouches for nothing, timestamps least of all."""
    covering = [found for found in assessments if found.coverage.coverage is not Coverage.INVALID]
    signatures = [found for found in covering if not found.is_timestamp] or covering
    return min((found.signature.end or 0 for found in signatures), default=None)


def signature_findings(assessment: Assessment) -> Iterator[Finding]:
    """Yield what is wrong or worth knowing of one signature, trust aside."""
    name = assessment.signature.name
    severity = Severity.WARNING if assessment.is_timestamp else Severity.ERROR
    noun = "document timestamp" if assessment.is_timestamp else "signature"
    if assessment.integrity is Integrity.BROKEN:
        yield Finding(f"{_prefix(assessment)}-broken", severity, f"The {noun} is broken: {assessment.reason}.", name)
    elif assessment.integrity is Integrity.UNVERIFIABLE:
        weight = severity if assessment.sub_indication == "FORMAT_FAILURE" else Severity.WARNING
        yield Finding(
            f"{_prefix(assessment)}-unverifiable", weight, f"The {noun} cannot be checked: {assessment.reason}.", name
        )
    if assessment.coverage.coverage is Coverage.INVALID:
        reason = assessment.coverage.reason or "it covers something else"
        yield Finding("coverage-invalid", severity, f"The {noun} does not cover the document: {reason}.", name)
    yield from _later_findings(assessment, name)
    yield from _content_findings(assessment, name)


def _prefix(assessment: Assessment) -> str:
    return "timestamp" if assessment.is_timestamp else "signature"


def _later_findings(assessment: Assessment, name: str) -> Iterator[Finding]:
    signature = assessment.signature
    if not signature.present:
        yield Finding(
            "signature-removed", Severity.ERROR, "A signature that the document once had was taken out of it.", name
        )
    if signature.is_rewritten:
        yield Finding(
            "signature-dictionary-rewritten",
            Severity.ERROR,
            "What the document says of this signature (name, reason, time) was rewritten after signing.",
            name,
        )
    if signature.other_names:
        yield Finding(
            "signature-shared",
            Severity.INFO,
            f"Several fields show this one signature: {', '.join(signature.other_names)}.",
            name,
        )
    for code, message in dict.fromkeys(_FORBIDDEN[change.kind] for change in assessment.forbidden):
        yield Finding(code, Severity.WARNING if assessment.is_timestamp else Severity.ERROR, message, name)
    if assessment.changes_after is ChangesAfter.UNKNOWN and assessment.stands:
        yield Finding(
            "changes-unknown", Severity.WARNING, "What changed after this signature could not be worked out.", name
        )


def _content_findings(assessment: Assessment, name: str) -> Iterator[Finding]:
    if assessment.cms is None or not assessment.cms.signers:
        return
    signer = assessment.cms.signers[0]
    if signer.certificate is not None and not signer.names_its_certificate:
        yield Finding(
            "signing-certificate-mismatch",
            Severity.ERROR if not assessment.is_timestamp else Severity.WARNING,
            "The signature names another certificate than the one it was made with.",
            name,
        )
    if assessment.is_weak:
        yield Finding(
            "weak-algorithm",
            Severity.WARNING,
            "The signature uses an algorithm that is too weak to rely on today.",
            name,
        )
    for timestamp in assessment.signature_timestamps:
        if not timestamp.is_intact:
            yield Finding(
                "signature-timestamp-broken",
                Severity.WARNING,
                f"A timestamp on the signature proves nothing: {timestamp.reason}.",
                name,
            )


def trust_findings(assessment: Assessment, verdict: TrustVerdict) -> Iterator[Finding]:
    """Yield why a signature that is intact is not recognised, or not at the time it claims."""
    name = assessment.signature.name
    if verdict.path.sub_indication and not (verdict.path.sub_indication in _WEAK and assessment.is_weak):
        code = verdict.path.sub_indication.lower().replace("_", "-")
        severity = Severity.ERROR if verdict.path.fails and not assessment.is_timestamp else Severity.WARNING
        subject = "This timestamp" if assessment.is_timestamp else "This signature"
        yield Finding(code, severity, f"{subject} is not recognised: {verdict.path.reason}.", name)
    for timestamp in verdict.timestamp_verdicts:
        if timestamp.sub_indication:
            yield Finding(
                "signature-timestamp-not-recognised",
                Severity.WARNING,
                f"The timestamp on this signature is not recognised: {timestamp.reason}.",
                name,
            )
