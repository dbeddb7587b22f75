"""Judges the PDFs of a bundle: their digests by the trail, the sealed ones by the verifier, the report beside them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from esign.bundle.checking.members import Members
from esign.bundle.checking.verdict import Findings, JudgedDocument, Step
from esign.bundle.facts import BundledDocument, Description
from esign.bundle.layout import COMPLETION, ENVELOPE
from esign.errors import EvidenceError
from esign.evidence.strict_json import StrictJson
from esign.trail.event import Event
from esign.verify.report import Conclusion, Report, Severity

Judge = Callable[[io.BytesIO, str], Report]
"""Judges a PDF that is called so."""

_REPORT_AT_MOST: Final = 32 * 1024 * 1024
_LASTING: Final = ("field", "kind", "revision", "integrity", "coverage", "changes_after", "signer", "evidence")
"""What a report says of a signature that depends neither on the roots believed nor on when it was judged."""
_REPORTS: Final = ("report.json", "report.zh-CN.html", "report.en.html", "report.xml")
_SEALED_FORM: Final = "/sealed.pdf"
_SEALED: Final = {"document.sealed": "sealed", "document.renewed": "renewed"}
"""The events that tell of a sealed form, and the member that holds its digest: the last one is in the bundle."""
_json: Final = StrictJson("report", "get the bundle again from whoever made it")


def check_documents(
    members: Members, description: Description, events: Sequence[Event], judge: Judge, findings: Findings
) -> tuple[JudgedDocument, ...]:
    """Check every document's forms against the trail, and judge each that was signed. Return the judgements."""
    recorded = {str(one.get("id")): one for one in _created(events)}
    judged: list[JudgedDocument] = []
    for document in description.documents:
        folder = f"documents/{document.id}"
        forms = recorded.get(document.id, {})
        _check_form(members, f"{folder}/original.pdf", forms.get("original"), findings)
        _check_form(members, f"{folder}/prepared.pdf", forms.get("prepared"), findings)
        for form, digest in _outcomes(document.id, description, events).items():
            if digest is not None:
                _check_form(members, f"{folder}/{form}.pdf", digest, findings)
                judged += _check_signed(members, f"{folder}/{form}.pdf", document, description, judge, findings)
            elif f"{folder}/{form}.pdf" in members:
                findings.add(Step.DOCUMENTS, "document-not-recorded", f"{folder}/{form}.pdf")
    for document_id in sorted(recorded.keys() - {document.id for document in description.documents}):
        findings.add(Step.DOCUMENTS, "document-left-out", document=document_id)
    certified = [event.payload.get("certificate") for event in events if event.type == "completion.certified"]
    if COMPLETION in members or (certified and not description.is_erased):
        _check_form(members, COMPLETION, certified[-1] if certified else None, findings)
    if COMPLETION in members:
        judged.append(_judged(members, COMPLETION, description, judge, findings)[0])
    return tuple(judged)


def _outcomes(document: str, description: Description, events: Sequence[Event]) -> dict[str, object]:
    """Return the digests that the trail records of what became of the document: sealed, or signed and never sealed."""
    of_it = {one.id for one in description.recipients if one.document == document}
    sealed = [
        one.payload.get(_SEALED[one.type])
        for one in events
        if one.type in _SEALED and one.payload.get("document") == document
    ]
    signed = [one for one in events if one.type == "recipient.signed" and one.payload.get("recipient") in of_it]
    return {
        "sealed": sealed[-1] if sealed else None,
        "signed": signed[-1].payload.get("revision") if signed and not sealed else None,
    }


def _created(events: Sequence[Event]) -> Iterator[Mapping[str, Any]]:
    for event in events:
        documents = event.payload.get("documents")
        if event.type == "envelope.created" and isinstance(documents, tuple):
            yield from (one for one in documents if isinstance(one, Mapping))


def _check_form(members: Members, name: str, recorded: object, findings: Findings) -> None:
    if name not in members:
        findings.add(Step.DOCUMENTS, "member-missing", name)
    elif recorded != members.digests[name]:
        findings.add(Step.DOCUMENTS, "document-not-recorded", name)


def _check_signed(
    members: Members,
    name: str,
    document: BundledDocument,
    description: Description,
    judge: Judge,
    findings: Findings,
) -> Iterator[JudgedDocument]:
    folder = f"documents/{document.id}/verification"
    is_sealed = name.endswith(_SEALED_FORM)
    reports = [f"{folder}/{one}" for one in _REPORTS if is_sealed]
    findings.extend(Step.DOCUMENTS, "member-missing", (one for one in reports if one not in members))
    if name not in members:
        return
    judged, report = _judged(members, name, description, judge, findings)
    yield judged
    if report.readable:
        _check_signers(name, document, description, report, findings)
    told = members.read(f"{folder}/report.json") if is_sealed else None
    if told is not None:
        _compare_reports(told, report, f"{folder}/report.json", findings)


def _check_signers(
    name: str, document: BundledDocument, description: Description, report: Report, findings: Findings
) -> None:
    """Check that who signed is whom the trail tells of, by certificate, and under the name that the bundle gives."""
    signers = {one.field: one.signer for one in report.signatures if one.kind == "signature"}
    for recipient in description.recipients:
        if recipient.document != document.id or recipient.certificate is None or recipient.field is None:
            continue
        signer = signers.get(recipient.field, {})
        if signer.get("serial") != recipient.certificate:
            findings.add(Step.DOCUMENTS, "signature-not-recorded", name, field=recipient.field)
        elif recipient.name is not None and signer.get("name") != recipient.name:
            findings.add(Step.FACTS, "description-differs", ENVELOPE, place=f"recipients: {recipient.id}.name")


def _judged(
    members: Members, name: str, description: Description, judge: Judge, findings: Findings
) -> tuple[JudgedDocument, Report]:
    report = judge(io.BytesIO(members.read(name) or b""), name)
    if report.conclusion is not Conclusion.PASSED:
        failed = report.conclusion is not Conclusion.INDETERMINATE
        reasons = [finding.code for finding in report.findings if finding.severity is not Severity.INFO]
        findings.add(
            Step.DOCUMENTS,
            "document-fails" if failed else "document-open",
            name,
            severity=Severity.ERROR if failed else Severity.WARNING,
            conclusion=report.conclusion.value,
            reasons=", ".join(dict.fromkeys(reasons)) or "none",
        )
    own = [signature for signature in report.signatures if signature.kind == "signature"]
    fields = {recipient.field for recipient in description.recipients}
    is_sealed = name.endswith(_SEALED_FORM)  # of what ended before, nobody beside the recipients is the insurer
    seals = tuple(
        signature.signer.get("subject", "") for signature in own if is_sealed and signature.field not in fields
    )
    return JudgedDocument(name, report.conclusion.value, len(own), seals), report


def _compare_reports(told: bytes, report: Report, name: str, findings: Findings) -> None:
    """Compare the report in the bundle with today's, in what depends neither on roots nor on time."""
    try:
        value = _json.load(told, bytes_at_most=_REPORT_AT_MOST)
        there = _lasting(value)
        if _json.canonical(value) != told:
            _json.refuse("not-canonical", "the report is not in RFC 8785 canonical form")
    except (EvidenceError, TypeError, AttributeError):
        findings.add(Step.DOCUMENTS, "report-malformed", name)
        return
    if there != _lasting(json.loads(json.dumps(report.as_json()))):
        findings.add(Step.DOCUMENTS, "report-differs", name)
    elif not isinstance(value, dict) or value.get("conclusion") != Conclusion.PASSED.value:
        findings.add(Step.DOCUMENTS, "report-not-passed", name)


def _lasting(value: Any) -> object:
    document = value.get("document") or {}
    return (
        document.get("sha256"),
        document.get("bytes"),
        document.get("pages"),
        [{name: one.get(name) for name in _LASTING} for one in value.get("signatures") or []],
    )
