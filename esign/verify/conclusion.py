"""From what was found to indications and to the conclusion (EN 319 102-1, VERIFY.md)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from esign.verify.assessment import Assessment
from esign.verify.cms.signed_data import Integrity
from esign.verify.reading.byte_range import Coverage
from esign.verify.report import ChangesAfter, Conclusion, Finding, Severity, SignatureReport
from esign.verify.trust.verdict import TrustVerdict

_UNSEEN: Final = frozenset(
    {"fields-drawn-anew", "flat-field-shown", "pages-not-compared", "shown-after-repair", "words-covered"}
)
"""Findings after which nobody knows what the pages show, or said: the conclusion stays open."""


def indicate(assessment: Assessment, verdict: TrustVerdict | None) -> tuple[str, str | None]:
    """Return indication and sub-indication of one signature.

    A signature that is proven to have existed only after its certificate was revoked is REVOKED here, which is
    stricter than REVOKED_NO_POE: an event certificate is timestamped at once, so there is no honest such case.
    """
    if assessment.coverage.coverage is Coverage.INVALID:
        return Conclusion.FAILED.value, "FORMAT_FAILURE"
    if assessment.integrity is Integrity.BROKEN or assessment.sub_indication == "FORMAT_FAILURE":
        return Conclusion.FAILED.value, assessment.sub_indication
    if assessment.integrity is Integrity.UNVERIFIABLE or verdict is None:
        return Conclusion.INDETERMINATE.value, assessment.sub_indication
    obstacle = _obstacle(assessment, verdict)
    if obstacle is None:
        return Conclusion.PASSED.value, None
    fails = verdict.path.fails and obstacle == verdict.path.sub_indication
    return (Conclusion.FAILED if fails else Conclusion.INDETERMINATE).value, obstacle


def _obstacle(assessment: Assessment, verdict: TrustVerdict) -> str | None:
    """Return what keeps an intact signature from passing, or None."""
    signer = assessment.cms.signers[0] if assessment.cms and assessment.cms.signers else None
    if signer is not None and not signer.names_its_certificate:
        return "NO_SIGNING_CERTIFICATE_FOUND"
    return verdict.path.sub_indication


def conclude(signatures: Sequence[SignatureReport], findings: Sequence[Finding]) -> Conclusion:
    """Draw the document's conclusion.

    A document timestamp that is broken proves nothing, and nothing more: where there are signatures, it neither
    fails nor passes them.
    """
    has_error = any(finding.severity is Severity.ERROR for finding in findings)
    if not signatures:
        return Conclusion.FAILED if has_error else Conclusion.NO_SIGNATURE
    own = [found for found in signatures if found.kind == "signature"] or list(signatures)
    judged = own + [found for found in signatures if found not in own and found.integrity == Integrity.INTACT.value]
    if (
        has_error
        or any(found.indication == Conclusion.FAILED.value for found in own)
        or any(found.changes_after == ChangesAfter.FORBIDDEN.value for found in judged)
    ):
        return Conclusion.FAILED
    undecided = any(
        found.indication != Conclusion.PASSED.value or found.changes_after == ChangesAfter.UNKNOWN.value
        for found in judged
    ) or any(finding.code in _UNSEEN for finding in findings)
    return Conclusion.INDETERMINATE if undecided else Conclusion.PASSED
