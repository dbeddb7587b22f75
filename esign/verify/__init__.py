"""Reads any PDF and judges its signatures: from the file alone, offline, explained (VERIFY.md)."""

from esign.verify.evidence import FieldEvidence, read_evidence
from esign.verify.judge import verify
from esign.verify.limits import Limits
from esign.verify.report import (
    ChangesAfter,
    Conclusion,
    DocumentFacts,
    EvidencePicture,
    Finding,
    PageDifference,
    Report,
    Severity,
    SignatureReport,
)
from esign.verify.trust.validation_data import SecurityStore

__all__ = [
    "ChangesAfter",
    "Conclusion",
    "DocumentFacts",
    "EvidencePicture",
    "FieldEvidence",
    "Finding",
    "Limits",
    "PageDifference",
    "Report",
    "SecurityStore",
    "Severity",
    "SignatureReport",
    "read_evidence",
    "verify",
]
