"""The verdict on one document, and its form as JSON (schema esign-verification/1)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from esign.verify.acceptance.verdict import Acceptance

SCHEMA: Final = "esign-verification/1"


class Conclusion(StrEnum):
    """What the document as a whole is worth."""

    PASSED = "TOTAL-PASSED"
    FAILED = "TOTAL-FAILED"
    INDETERMINATE = "INDETERMINATE"
    NO_SIGNATURE = "NO-SIGNATURE"


class Severity(StrEnum):
    """How much a finding weighs; an error makes the document fail."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class ChangesAfter(StrEnum):
    """What happened to the document after a signature."""

    NONE = "none"
    PERMITTED = "permitted"
    FORBIDDEN = "forbidden"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Finding:
    """Something a person should know. `code` is stable; `message` is one sentence; `field` names a signature."""

    code: str
    severity: Severity
    message: str
    field: str | None = None


@dataclass(frozen=True)
class PageDifference:
    """A page (from 1) that looks different than when the signature of `field` was made.

    Three PNGs: the page as it was signed, as it is now, and as it is now with what differs marked. `rectangles` are
    around what differs: left, top, right, bottom in points from the upper left corner of the page as it is shown, of
    which the pictures have `dots_per_point`.
    """

    field: str
    page: int
    before: bytes = dataclasses.field(repr=False)
    after: bytes = dataclasses.field(repr=False)
    difference: bytes = dataclasses.field(repr=False)
    rectangles: tuple[tuple[float, float, float, float], ...]
    dots_per_point: float = 110 / 72


@dataclass(frozen=True)
class EvidencePicture:
    """A picture of the evidence of a signature: `signature`, as page `page` (from 1) shows it, or the `photo` in it."""

    field: str
    kind: str
    page: int | None
    media_type: str
    data: bytes = dataclasses.field(repr=False)


@dataclass(frozen=True)
class DocumentFacts:
    """The file: its name as given, SHA-256 (lower-case hex), size in bytes, pages and revisions as found."""

    name: str
    sha256: str
    bytes: int
    pages: int
    revisions: int


@dataclass(frozen=True)
class LaterChange:
    """Something that changed after a signature: its kind, its place in the document (`page 7/Contents`), and whether
    the signature permits it. `field` names the form field that it touches, if it is one."""

    kind: str
    place: str
    field: str | None
    permitted: bool


@dataclass(frozen=True)
class SignatureReport:
    """The verdict on one signature; names and values as in VERIFY.md, times timezone-aware UTC."""

    field: str
    kind: str
    revision: int
    integrity: str
    coverage: str
    changes_after: str
    level: str
    indication: str
    sub_indication: str | None
    claimed_time: datetime | None
    best_signature_time: datetime | None
    signer: Mapping[str, str]
    algorithms: Mapping[str, str]
    evidence: Mapping[str, Any]
    changes: tuple[LaterChange, ...] = ()
    timestamp_signers: tuple[Mapping[str, str], ...] = ()
    identifiers: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class MissingData:
    """What could be asked for: without `issuer` the certificate's issuer, with it whether it was revoked. DER."""

    certificate: bytes = field(repr=False)
    issuer: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Report:
    """The verdict on one document. `readable` is False where the file is no PDF that could be read.

    Where the look of the pages was compared, `pictures` are of the first pages that look different,
    `permitted_pictures`, if the limits ask for some, of pages on which nothing changed but what the signature permits,
    and `evidence_pictures` of the first signatures.
    `validation_time` is the time for which it was judged, timezone-aware.
    `acceptance` is the second verdict, where one was asked for (`esign.verify.acceptance`).
    `missing` is what the file does not carry and could be fetched, where that was asked.
    """

    document: DocumentFacts
    conclusion: Conclusion
    signatures: tuple[SignatureReport, ...] = ()
    findings: tuple[Finding, ...] = field(default=())
    readable: bool = True
    pictures: tuple[PageDifference, ...] = field(default=(), repr=False)
    evidence_pictures: tuple[EvidencePicture, ...] = field(default=(), repr=False)
    permitted_pictures: tuple[PageDifference, ...] = field(default=(), repr=False)
    validation_time: datetime | None = None
    acceptance: Acceptance | None = None
    missing: tuple[MissingData, ...] = field(default=(), repr=False)

    @property
    def exit_status(self) -> int:
        """0 TOTAL-PASSED, 1 TOTAL-FAILED, 2 INDETERMINATE, 3 NO-SIGNATURE, 4 not readable as a PDF."""
        if not self.readable:
            return 4
        return list(Conclusion).index(self.conclusion)

    def as_json(self) -> dict[str, Any]:
        """Return the report as JSON values, in the form of esign-verification/1."""
        return {
            "schema": SCHEMA,
            "document": {
                "name": self.document.name,
                "sha256": self.document.sha256,
                "bytes": self.document.bytes,
                "pages": self.document.pages,
                "revisions": self.document.revisions,
            },
            "validation_time": time_text(self.validation_time),
            "conclusion": self.conclusion.value,
            "signatures": [_signature_as_json(signature) for signature in self.signatures],
            "findings": [
                {
                    "code": finding.code,
                    "severity": finding.severity.value,
                    "field": finding.field,
                    "message": finding.message,
                }
                for finding in self.findings
            ],
            "acceptance": None if self.acceptance is None else self.acceptance.as_json(),
        }


def time_text(moment: datetime | None) -> str | None:
    """Return the moment in UTC as RFC 3339, to the second."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _signature_as_json(signature: SignatureReport) -> dict[str, Any]:
    return {
        "field": signature.field,
        "kind": signature.kind,
        "revision": signature.revision,
        "integrity": signature.integrity,
        "coverage": signature.coverage,
        "changes_after": signature.changes_after,
        "level": signature.level,
        "indication": signature.indication,
        "sub_indication": signature.sub_indication,
        "claimed_time": time_text(signature.claimed_time),
        "best_signature_time": time_text(signature.best_signature_time),
        "signer": dict(signature.signer),
        "algorithms": dict(signature.algorithms),
        "evidence": dict(signature.evidence),
        "changes": [
            {"kind": change.kind, "place": change.place, "field": change.field, "permitted": change.permitted}
            for change in signature.changes
        ],
        "timestamp_signers": [dict(signer) for signer in signature.timestamp_signers],
        "identifiers": dict(signature.identifiers),
    }
