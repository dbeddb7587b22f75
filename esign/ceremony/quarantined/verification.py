"""The verdict of our own verifier on a document."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final, cast

from ca.trust import Purpose, TrustAnchor, TrustStore
from esign.ceremony.quarantined.crossing import (
    answer_json,
    answer_understood,
    arguments_json,
    moment_of,
    require_answer,
    text_of,
    whole_of,
)
from esign.infra.quarantine.port import Answer, TaskRunner
from esign.pades.validation_data import ValidationData
from esign.verify import Conclusion, Finding, SecurityStore, Severity, verify
from esign.verify.report import SCHEMA

if TYPE_CHECKING:
    from esign.infra.columns import JsonValue

VERIFY: Final = "verify"
ANCHORS_AT_MOST: Final = 2_000
_LISTED_AT_MOST: Final = 10_000
_TEXT_AT_MOST: Final = 20_000
_NOTHING_MORE: Final = ValidationData()


@dataclass(frozen=True)
class SignatureVerdict:
    """What a release depends on: the field, `signature` or `timestamp`, the level reached, the indication."""

    field: str
    kind: str
    level: str
    indication: str


@dataclass(frozen=True)
class Verdict:
    """The report as JSON (esign-verification/1), and out of it what decides."""

    conclusion: Conclusion
    readable: bool
    signatures: tuple[SignatureVerdict, ...]
    findings: tuple[Finding, ...]
    report: Mapping[str, JsonValue] = field(repr=False)


def verify_document(
    quarantine: TaskRunner,
    document: bytes,
    *,
    name: str,
    trust: TrustStore,
    at: datetime,
    supplement: ValidationData = _NOTHING_MORE,
) -> Verdict:
    """Judge every signature, as `esign.verify.verify` does.

    `supplement` brings OCSP answers and CRLs that the file does not carry; its certificates are left out. Raises
    `QuarantineFailed` where the file broke the verifier, and `QuarantineUnavailable`: no verdict, neither way.
    """
    anchors = trust.anchors
    arguments: dict[str, JsonValue] = {
        "name": name,
        "at": at.isoformat(),
        "anchors": [anchor_form(anchor) for anchor in anchors],
        "ocsp_responses": len(supplement.ocsp_responses),
    }
    roots = [anchor.certificate for anchor in anchors]
    answer = quarantine.run(VERIFY, arguments, [document, *roots, *supplement.ocsp_responses, *supplement.crls])
    with answer_understood():
        return verdict_of(answer, hashlib.sha256(document).hexdigest())


def verify_task(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    """Attachments in: the document, a root for each anchor, OCSP responses, CRLs (DER)."""
    members = arguments_json.members(arguments, ("name", "at", "anchors", "ocsp_responses"), "the arguments")
    forms = arguments_json.sequence(members["anchors"], "anchors", at_most=ANCHORS_AT_MOST)
    document, others = attachments[0], attachments[1:]
    roots, answers = others[: len(forms)], others[len(forms) :]
    ocsp_responses = whole_of(members["ocsp_responses"], "ocsp_responses")
    report = verify(
        io.BytesIO(document),
        name=text_of(members["name"], "name"),
        trust=TrustStore(tuple(anchor_of(form, root) for form, root in zip(forms, roots, strict=True))),
        at=moment_of(members["at"], "at"),
        supplement=SecurityStore(ocsp_responses=tuple(answers[:ocsp_responses]), crls=tuple(answers[ocsp_responses:])),
    )
    return Answer({"report": report.as_json(), "readable": report.readable})


def anchor_form(anchor: TrustAnchor) -> dict[str, JsonValue]:
    """Return what crosses of an anchor beside its certificate."""
    return {
        "purposes": sorted(purpose.value for purpose in anchor.purposes),
        "since": None if anchor.since is None else anchor.since.isoformat(),
        "until": None if anchor.until is None else anchor.until.isoformat(),
    }


def anchor_of(form: object, certificate: bytes) -> TrustAnchor:
    """Return the anchor of what crossed."""
    members = arguments_json.members(form, ("purposes", "since", "until"), "an anchor")
    purposes = arguments_json.sequence(members["purposes"], "purposes", at_most=len(Purpose))
    since, until = (
        None if members[bound] is None else moment_of(members[bound], bound) for bound in ("since", "until")
    )
    return TrustAnchor(certificate, frozenset(Purpose(text_of(p, "a purpose")) for p in purposes), since, until)


def verdict_of(answer: Answer, sha256: str) -> Verdict:
    """Return the verdict that a task answered, on the file with this digest. Inside `answer_understood`."""
    members = answer_json.members(answer.value, ("report", "readable"), "the answer")
    report = answer_json.members(
        members["report"],
        ("schema", "document", "validation_time", "conclusion", "signatures", "findings", "acceptance"),
        "the report",
    )
    document = report["document"]
    require_answer(isinstance(document, dict) and document.get("sha256") == sha256, "the document")
    require_answer(report["schema"] == SCHEMA and report["conclusion"] in tuple(Conclusion), "the report")
    require_answer(isinstance(members["readable"], bool), "readable")
    return Verdict(
        Conclusion(str(report["conclusion"])),
        members["readable"] is True,
        tuple(
            _signature(form)
            for form in answer_json.sequence(report["signatures"], "signatures", at_most=_LISTED_AT_MOST)
        ),
        tuple(_finding(form) for form in answer_json.sequence(report["findings"], "findings", at_most=_LISTED_AT_MOST)),
        cast("Mapping[str, JsonValue]", report),
    )


def _signature(form: object) -> SignatureVerdict:
    require_answer(isinstance(form, dict), "a signature")
    values = [form.get(name) for name in ("field", "kind", "level", "indication")] if isinstance(form, dict) else []
    require_answer(all(isinstance(value, str) for value in values), "a signature")
    name, kind, level, indication = map(str, values)
    return SignatureVerdict(name, kind, level, indication)


def _finding(form: object) -> Finding:
    members = answer_json.members(form, ("code", "severity", "field", "message"), "a finding")
    require_answer(members["severity"] in tuple(Severity), "severity")
    name, message = members["field"], members["message"]
    require_answer(name is None or isinstance(name, str), "field")
    require_answer(isinstance(message, str) and len(message) <= _TEXT_AT_MOST, "message")
    return Finding(
        answer_json.text(members["code"], "code"),
        Severity(str(members["severity"])),
        str(message),
        None if name is None else str(name),
    )
