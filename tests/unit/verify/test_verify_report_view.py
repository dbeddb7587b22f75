"""What a person is told of a report: the situation, the signatures, what came after, what to do next."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PIL import Image
from signed_material import judge

from ca.trust import TrustStore
from esign.verify.acceptance.verdict import Acceptance, AcceptanceVerdict, RequirementVerdict
from esign.verify.report import (
    Conclusion,
    DocumentFacts,
    Finding,
    LaterChange,
    PageDifference,
    Report,
    Severity,
    SignatureReport,
)
from esign.verify.report_reading import read_report
from esign.verify.reports import CHINESE, ENGLISH, ReportView, report_view
from esign.verify.reports.verdict_view import situation_of

FACTS = DocumentFacts("contract.pdf", "ab" * 32, 1234, 3, 2)
SIGNED_AT = datetime(2026, 11, 22, 11, 14, 7, tzinfo=UTC)
SIGNATURE = SignatureReport(
    field="applicant",
    kind="signature",
    revision=1,
    integrity="intact",
    coverage="whole-file",
    changes_after="none",
    level="B-T",
    indication="TOTAL-PASSED",
    sub_indication=None,
    claimed_time=SIGNED_AT,
    best_signature_time=SIGNED_AT,
    signer={"name": "于文山", "subject": "Common Name: 于文山"},
    algorithms={},
    evidence={"present": False},
)


def told(
    conclusion: Conclusion = Conclusion.PASSED,
    *signatures: SignatureReport,
    findings: tuple[Finding, ...] = (),
    readable: bool = True,
) -> Report:
    return Report(FACTS, conclusion, signatures, findings, readable)


def finding(code: str, severity: Severity = Severity.ERROR, field: str | None = None) -> Finding:
    return Finding(code, severity, "The content of the document was changed after signing.", field)


UNKNOWN, FAILED = Conclusion.INDETERMINATE, Conclusion.FAILED
PERMITTED = replace(SIGNATURE, changes_after="permitted", changes=(LaterChange("form-filling", "x", "x", True),))
SIGNED_LATER = replace(SIGNATURE, changes_after="permitted", changes=(LaterChange("signing", "x", "x", True),))


def doubtful(sub_indication: str, integrity: str = "intact") -> SignatureReport:
    return replace(SIGNATURE, indication="INDETERMINATE", sub_indication=sub_indication, integrity=integrity)


SITUATIONS = {
    "passed": told(Conclusion.PASSED, SIGNATURE, SIGNED_LATER),
    "passed-with-permitted-changes": told(Conclusion.PASSED, PERMITTED),
    "passed-timestamp-only": told(Conclusion.PASSED, replace(SIGNATURE, kind="document-timestamp")),
    "looks-different": told(FAILED, SIGNATURE, findings=(finding("content-changed"), finding("page-looks-different"))),
    "broken": told(FAILED, SIGNATURE, findings=(finding("signature-broken"), finding("content-changed"))),
    "changed": told(FAILED, SIGNATURE, findings=(finding("hidden-object-data"), finding("content-changed"))),
    "hidden": told(FAILED, SIGNATURE, findings=(finding("hidden-object-data"),)),
    "revoked": told(FAILED, SIGNATURE, findings=(finding("revoked"),)),
    "evidence": told(FAILED, SIGNATURE, findings=(finding("evidence-other-document"),)),
    "failed": told(FAILED, SIGNATURE),
    "not-recognised": told(UNKNOWN, doubtful("NO_CERTIFICATE_CHAIN_FOUND")),
    "revocation-unknown": told(UNKNOWN, SIGNATURE, doubtful("TRY_LATER")),
    "time-unknown": told(UNKNOWN, doubtful("OUT_OF_BOUNDS_NO_POE")),
    "weak": told(UNKNOWN, doubtful("CRYPTO_CONSTRAINTS_FAILURE")),
    "uncheckable": told(UNKNOWN, doubtful("CRYPTO_CONSTRAINTS_FAILURE", "unverifiable")),
    "changes-unknown": told(UNKNOWN, replace(SIGNATURE, changes_after="unknown")),
    "undecided": told(UNKNOWN, SIGNATURE),
    "no-signature": told(Conclusion.NO_SIGNATURE),
    "unreadable": told(FAILED, readable=False),
}
TONES = {Conclusion.PASSED: "pass", FAILED: "fail", UNKNOWN: "wait", Conclusion.NO_SIGNATURE: "wait"}


@pytest.mark.parametrize("name", SITUATIONS)
def test_a_report_is_said_in_one_sentence_with_what_to_do_next(name: str) -> None:
    report = SITUATIONS[name]
    assert situation_of(report) == name
    for language in (CHINESE, ENGLISH):
        verdict = report_view(report, language).verdict
        assert verdict.sentence.endswith(("。", "."))
        assert "{" not in verdict.sentence
        assert verdict.tone == (TONES[report.conclusion] if report.readable else "wait")
        assert verdict.says
        assert verdict.advice


def test_nothing_but_what_is_known_is_said() -> None:
    unproven = replace(SIGNATURE, best_signature_time=None, indication="INDETERMINATE", sub_indication="TRY_LATER")
    says = report_view(told(UNKNOWN, unproven), ENGLISH).verdict.says
    assert says == (
        "What each signature covers was not changed by a single byte",
        "Every page is as it was when it was signed",
    )
    assert report_view(told(FAILED, replace(SIGNATURE, integrity="broken")), ENGLISH).verdict.says == (
        "The file is not, or not provably, what was signed; what was found is listed below",
    )


def test_a_broken_signature_says_nothing_of_whom_it_names() -> None:
    broken = replace(SIGNATURE, integrity="broken", indication="TOTAL-FAILED", sub_indication="HASH_FAILURE")
    (signature,) = report_view(told(FAILED, broken), ENGLISH).signatures
    assert (signature.integrity.tone, signature.trust.text, signature.trust.tone) == ("fail", "not judged", "wait")


def test_a_time_that_only_the_signer_told_is_called_unproven() -> None:
    claimed = replace(SIGNATURE, best_signature_time=None)
    (signature,) = report_view(told(UNKNOWN, claimed), CHINESE).signatures
    assert (signature.moment, signature.moment_is_proven, signature.claimed) == ("2026-11-22 19:14:07", False, None)
    other = replace(SIGNATURE, claimed_time=SIGNED_AT.replace(year=2020))
    (signature,) = report_view(told(Conclusion.PASSED, other), CHINESE).signatures
    assert (signature.moment_is_proven, signature.claimed) == (True, "2020-11-22 19:14:07")


def test_what_is_found_alike_of_several_signatures_is_told_once() -> None:
    found = tuple(finding("content-changed", field=name) for name in ("a", "b", "a\u202e"))
    report = told(FAILED, SIGNATURE, findings=(finding("weak-algorithm", Severity.WARNING), *found))
    heavy, light = report_view(report, CHINESE).findings
    assert [(one.title, one.fields) for one in heavy.findings] == [("内容被改动", ("a", "b", "a‹U+202E›"))]
    assert (heavy.tone, light.tone) == ("fail", "wait")
    assert heavy.findings[0].sentence == "签署之后，文件的内容被改动过。"


def test_the_second_verdict_stands_beside_the_first_in_the_readers_language() -> None:
    requirements = (
        RequirementVerdict("our-seal", met=True, reason="whole"),
        RequirementVerdict("roles-signed", met=False, reason="missing", facts={"roles": "insured"}),
        RequirementVerdict("of-a-later-version", met=None, reason="new"),
    )
    acceptance = Acceptance("insurance-contract", 2, AcceptanceVerdict.NOT_ACCEPTED, requirements)
    view = report_view(replace(told(Conclusion.PASSED, SIGNATURE), acceptance=acceptance), CHINESE)
    assert view.acceptance is not None
    assert (view.acceptance.verdict.text, view.acceptance.verdict.tone) == ("不受理", "fail")
    assert view.acceptance.policy == "insurance-contract，第 2 版"
    assert [(one.title, one.tag.text) for one in view.acceptance.requirements] == [
        ("有本公司印章且完好", "符合"),
        ("应签署的人都已签署", "不符合"),
        ("of-a-later-version", "不清楚"),
    ]
    assert not any("受理规则" in limit for limit in view.verdict.limits)
    assert view.verdict.advice[0] == "签名虽然有效，也不要把这个文件当作本公司的合同办理。"


def test_the_pages_that_changed_without_permission_are_named() -> None:
    changes = tuple(LaterChange("content", f"page {number}/Contents", None, False) for number in (7, 3, 7))
    changed = replace(SIGNATURE, changes_after="forbidden", changes=changes)
    seen = report_view(told(FAILED, changed, findings=(finding("content-changed"),)), ENGLISH).changes
    assert seen is not None
    assert seen.sentences == (
        "The content of the document was changed after signing.",
        "Changed without permission: pages 3, 7.",
    )


@pytest.mark.parametrize(
    ("after", "said"),
    [
        ("none", "Nothing was added or changed after the last signature."),
        ("permitted", "Only what the signatures allow was added or changed."),
        ("unknown", "What was changed after the signatures cannot be told."),
    ],
)
def test_what_came_afterwards_is_never_left_open_without_a_word(after: str, said: str) -> None:
    seen = report_view(told(Conclusion.INDETERMINATE, replace(SIGNATURE, changes_after=after)), ENGLISH).changes
    assert seen is not None
    assert seen.sentences == (said,)


def test_a_page_that_was_added_or_removed_has_no_picture_of_when_it_was_not_there() -> None:
    out = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(out, "PNG")
    picture = out.getvalue()
    pages = tuple(PageDifference("applicant", number, picture, picture, picture, ()) for number in (2, 3))
    for kind, there in (("page-added", (False, True)), ("page-removed", (True, False))):
        changed = replace(SIGNATURE, changes=(LaterChange(kind, "page 3", None, False),))
        seen = report_view(replace(told(FAILED, changed), pictures=pages), ENGLISH).changes
        assert seen is not None
        second, third = seen.pages
        assert (second.before is not None, second.after is not None, second.marked is not None) == (True, True, True)
        assert (third.before is not None, third.after is not None) == there
        assert third.marked is None


def test_what_was_allowed_is_told_apart_from_what_was_not() -> None:
    changed = replace(
        SIGNATURE, changes_after="forbidden", changes=(LaterChange("form-filling", "Form/name", "name", True),)
    )
    seen = report_view(told(FAILED, changed, findings=(finding("content-changed"),)), ENGLISH).changes
    assert seen is not None
    assert (seen.tone, seen.sentences) == ("fail", ("The content of the document was changed after signing.",))
    assert seen.permitted == ("Form fields were filled in, as the signature allows.",)


def test_what_was_allowed_afterwards_is_told() -> None:
    stamp = replace(SIGNATURE, kind="document-timestamp", field="t", revision=3)
    report = told(Conclusion.PASSED, PERMITTED, replace(SIGNATURE, field="b", revision=2), stamp)
    seen = report_view(report, ENGLISH).changes
    assert seen is not None
    assert (seen.tone, seen.sentences) == (
        "pass",
        (
            "After the first signature came 1 further signature and 1 document timestamp.",
            "Form fields were filled in, as the signature allows.",
        ),
    )


@pytest.fixture(scope="module")
def own(signed: bytes, trust: TrustStore) -> Report:
    return judge(signed, trust)


@pytest.fixture(scope="module")
def own_view(own: Report) -> ReportView:
    return report_view(own, CHINESE)


def test_our_own_contract_is_told_as_people_speak_of_it(own_view: ReportView) -> None:
    applicant = own_view.signatures[0]
    assert own_view.verdict.sentence == "这份文件自签署后没有被改动，3 个签名都有效。"
    assert (applicant.role, applicant.level, applicant.trust.text) == ("投保人", "B-LTA", "受认可")
    assert applicant.evidence is not None
    assert applicant.evidence.manifest.tone == "pass"
    assert [signature.is_timestamp for signature in own_view.signatures] == [False, False, False, True]


def test_a_report_that_was_kept_as_json_is_told_the_same(own: Report, own_view: ReportView) -> None:
    kept = json.loads(json.dumps(own.as_json()))
    assert report_view(read_report(kept, readable=True), CHINESE) == own_view


def test_a_report_of_another_form_is_not_read(own: Report) -> None:
    kept = own.as_json()
    for broken in (
        {**kept, "schema": "other/1"},
        {**kept, "conclusion": "FINE"},
        {**kept, "document": {}},
        {**kept, "signatures": [{**kept["signatures"][0], "revision": "1"}]},
        {**kept, "findings": [None]},
    ):
        with pytest.raises(ValueError, match=r"form|valid|not"):
            read_report(broken, readable=True)
