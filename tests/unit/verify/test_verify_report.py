"""The form of the answer: esign-verification/1, its conclusions and exit statuses."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from signed_material import judge

from ca.trust import TrustStore
from esign.verify import Finding, Severity, SignatureReport
from esign.verify.conclusion import conclude
from esign.verify.signature_facts import pdf_date

MEMBERS = [
    "field", "kind", "revision", "integrity", "coverage", "changes_after", "level", "indication", "sub_indication",
    "claimed_time", "best_signature_time", "signer", "algorithms", "evidence", "changes", "timestamp_signers",
    "identifiers",
]  # fmt: skip


def test_the_json_has_the_members_of_the_form_in_their_order(signed: bytes, trust: TrustStore) -> None:
    told = judge(signed, trust).as_json()
    assert list(told) == [
        "schema", "document", "validation_time", "conclusion", "signatures", "findings", "acceptance",
    ]  # fmt: skip
    assert list(told["document"]) == ["name", "sha256", "bytes", "pages", "revisions"]
    assert all(list(signature) == MEMBERS for signature in told["signatures"])
    assert (told["document"]["bytes"], told["document"]["pages"]) == (len(signed), 2)
    assert [signature["revision"] for signature in told["signatures"]] == [3, 4, 5, 6]


def test_a_finding_has_code_severity_field_and_message(signed: bytes) -> None:
    finding = judge(signed, TrustStore()).as_json()["findings"][0]
    assert list(finding) == ["code", "severity", "field", "message"]
    assert finding["severity"] == "warning"


def test_an_unsigned_document_has_no_signature(contract: bytes) -> None:
    report = judge(contract, TrustStore())
    assert (report.conclusion, report.exit_status, report.findings) == ("NO-SIGNATURE", 3, ())


def test_what_is_no_pdf_is_said_in_a_finding() -> None:
    report = judge(b"hello", TrustStore())
    assert report.exit_status == 4
    assert [finding.code for finding in report.findings] == ["not-a-pdf"]
    assert report.document.sha256 == "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"


def signature(
    kind: str = "signature", integrity: str = "intact", changes: str = "none", indication: str = "TOTAL-PASSED"
) -> SignatureReport:
    return SignatureReport(
        "f", kind, 1, integrity, "whole-file", changes, "B-B", indication, None, None, None, {}, {}, {}
    )  # fmt: skip


TIMESTAMP = "document-timestamp"
CASES = {
    "one that passes": ([signature()], [], "TOTAL-PASSED"),
    "none": ([], [], "NO-SIGNATURE"),
    "one that fails": ([signature(), signature(indication="TOTAL-FAILED")], [], "TOTAL-FAILED"),
    "forbidden changes": ([signature(changes="forbidden")], [], "TOTAL-FAILED"),
    "unknown changes": ([signature(changes="unknown")], [], "INDETERMINATE"),
    "undecided": ([signature(), signature(indication="INDETERMINATE")], [], "INDETERMINATE"),
    "an error": ([signature()], [Finding("x", Severity.ERROR, "x")], "TOTAL-FAILED"),
    "a warning": ([signature()], [Finding("x", Severity.WARNING, "x")], "TOTAL-PASSED"),
    "broken timestamp": ([signature(), signature(TIMESTAMP, "broken", indication="TOTAL-FAILED")], [], "TOTAL-PASSED"),
    "unknown timestamp": ([signature(), signature(TIMESTAMP, indication="INDETERMINATE")], [], "INDETERMINATE"),
    "only a timestamp": ([signature(TIMESTAMP)], [], "TOTAL-PASSED"),
    "only a broken one": ([signature(TIMESTAMP, "broken", indication="TOTAL-FAILED")], [], "TOTAL-FAILED"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_conclusion_takes_signatures_changes_and_findings(name: str) -> None:
    signatures, findings, conclusion = CASES[name]
    assert conclude(signatures, findings) == conclusion


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        (b"D:20260501103000+08'00'", datetime(2026, 5, 1, 2, 30, tzinfo=UTC)),
        (b"D:20260501103000Z", datetime(2026, 5, 1, 10, 30, tzinfo=UTC)),
        (b"D:20260501103000-0130", datetime(2026, 5, 1, 12, 0, tzinfo=UTC)),
        (b"2026", datetime(2026, 1, 1, tzinfo=UTC)),
        (b"D:20261301", None),
        (b"yesterday", None),
    ],
)
def test_pdf_dates_are_read_in_utc(text: bytes, moment: datetime | None) -> None:
    assert pdf_date(text) == moment
