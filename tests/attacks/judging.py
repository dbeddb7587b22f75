"""Judges a case's file as any caller does."""

from __future__ import annotations

import io

from esign.verify import Report, verify
from tests.attacks import people


def judged(document: bytes, password: str | None = None) -> Report:
    """The verdict on a file, now, with the tests' root believed."""
    return verify(io.BytesIO(document), name="case.pdf", trust=people.trust(), at=people.NOW, password=password)


def explained(report: Report) -> str:
    """Everything of the verdict that a failed test should show."""
    signatures = [
        f"{s.field}: {s.integrity}, {s.coverage}, {s.changes_after}, {s.indication} {s.sub_indication or ''}"
        for s in report.signatures
    ]
    findings = [f"{finding.severity.value} {finding.code}: {finding.message}" for finding in report.findings]
    return "\n".join([report.conclusion.value, *signatures, *findings])
