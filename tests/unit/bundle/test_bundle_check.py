"""The verdict on a bundle: right as it was made; what is removed, added, swapped or edited is named."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from ca.ports import CertifiedKey
from ca.trust import TrustStore
from esign.bundle.asic_manifest import encode_asic_manifest
from esign.bundle.checking.check import check_bundle
from esign.bundle.checking.recorded import check_recorded
from esign.bundle.checking.verdict import BundleVerdict, Findings, Step
from esign.bundle.checking.words import said, sentences
from esign.bundle.description import encode_description
from esign.bundle.facts import Description
from esign.bundle.layout import ENVELOPE, MANIFEST, MIMETYPE, SIGNATURE, is_referenced, place_of
from esign.canonical_json import encode_canonical
from esign.pades.detached import sign_detached
from esign.pades.event_key import EventKey
from esign.verify.report import Conclusion
from tests.authority import create_test_authority, event_request
from tests.bundles import Case, container_of, members_of
from tests.service import system_now

FOR_PEOPLE = ("README.html", "check.html", "system/", "report.zh-CN.html", "report.en.html", "report.xml")
"""Members for which the seal alone vouches: nothing in the trail speaks of them."""
HELPFUL = ("certificates/", "revocation/", "timestamps/")
"""Members that only help to check: without them the conclusion stays open at worst."""


def found(verdict: BundleVerdict) -> set[tuple[str, str]]:
    return {(finding.code, finding.member) for finding in verdict.findings}


def named(verdict: BundleVerdict) -> set[str]:
    return {finding.member for finding in verdict.findings}


def test_a_bundle_passes_as_it_was_made(case: Case, bundle: bytes) -> None:
    verdict = check_bundle(bundle, case.question(pictures=True))
    assert verdict.findings == ()
    assert (verdict.conclusion, verdict.exit_status) == (Conclusion.PASSED, 0)
    assert {verdict.of_step(step) for step in Step} == {Conclusion.PASSED}
    assert (verdict.envelope, verdict.state, verdict.events) == (case.envelope.id, "completed", len(case.trail.events))
    (document,) = verdict.documents
    assert (document.conclusion, document.signatures, len(document.seals)) == ("TOTAL-PASSED", 3, 1)
    assert verdict.head is not None
    assert verdict.head.root == case.trail.checkpoint.checkpoint.root.hex()


def test_without_roots_and_a_key_from_elsewhere_the_conclusion_stays_open(case: Case, bundle: bytes) -> None:
    verdict = check_bundle(bundle, case.question(trust=TrustStore(), log_keys=()))
    assert (verdict.conclusion, verdict.exit_status) == (Conclusion.INDETERMINATE, 2)
    assert {code for code, _member in found(verdict)} == {
        "signature-open",
        "log-key-not-named",
        "checkpoint-timestamp-open",
        "document-open",
    }


def test_the_roots_in_the_bundle_are_not_believed_for_being_there(case: Case) -> None:
    assert any(name.startswith("certificates/roots/") for name in case.members)
    verdict = check_bundle(case.bundle(), case.question(trust=TrustStore()))
    assert verdict.sealed_at is None


def test_every_member_that_somebody_edits_is_named(case: Case, bundle: bytes) -> None:
    members = members_of(bundle)
    edited = {name: content + b" " for name, content in members.items() if is_referenced(name)}
    verdict = check_bundle(container_of({**members, **edited}), case.question())
    assert {member for code, member in found(verdict) if code == "member-changed"} == set(edited)
    assert verdict.conclusion is Conclusion.FAILED


def test_each_member_that_somebody_removes_is_named(case: Case, bundle: bytes) -> None:
    members = members_of(bundle)
    for names in (list(members)[number::8] for number in range(8)):
        left = {name: content for name, content in members.items() if name not in names}
        verdict = check_bundle(container_of(left), case.question())
        missing = {member for code, member in found(verdict) if code == "member-missing"}
        # without the manifest nobody knows what else there was
        expected = set(names) if MANIFEST not in names else {MANIFEST, *missing}
        assert expected <= missing
        assert verdict.conclusion is Conclusion.FAILED


def test_members_that_were_swapped_are_both_named(case: Case, bundle: bytes) -> None:
    members = members_of(bundle)
    names = [name for name in members if is_referenced(name)]
    pairs = [pair for pair in pairwise(names[::6]) if members[pair[0]] != members[pair[1]]]
    assert len(pairs) > 4
    for one, other in pairs:
        swapped = {**members, one: members[other], other: members[one]}
        assert {("member-changed", one), ("member-changed", other)} <= found(
            check_bundle(container_of(swapped), case.question())
        )


@pytest.mark.parametrize("name", ["evidence/rcp_stranger/photo.jpg", "trail/more.txt", "META-INF/signature2.p7s"])
def test_a_member_that_was_added_is_named(case: Case, bundle: bytes, name: str) -> None:
    verdict = check_bundle(container_of({**members_of(bundle), name: b"more"}), case.question())
    assert name in named(verdict)
    assert verdict.conclusion is Conclusion.FAILED


def test_an_edited_container_type_is_named(case: Case, bundle: bytes) -> None:
    edited = container_of({**members_of(bundle), MIMETYPE: b"application/zip"})
    assert ("member-changed", MIMETYPE) in found(check_bundle(edited, case.question()))


def test_a_bundle_that_was_packed_anew_in_another_order_says_so(case: Case, bundle: bytes) -> None:
    members = members_of(bundle)
    packed = container_of(dict(sorted(members.items(), reverse=True)), ordered=False)
    assert found(check_bundle(packed, case.question())) == {("members-out-of-order", "")}


def test_a_set_of_bundles_is_told_to_be_one(case: Case, bundle: bytes) -> None:
    several = {f"{case.envelope.id}.asice": bundle, "index.csv": b"", "index.jsonl": b""}
    verdict = check_bundle(container_of(several, ordered=False), case.question())
    assert (found(verdict), verdict.exit_status) == ({("bundle-set", "")}, 4)


def test_a_manifest_written_anew_is_not_what_was_signed(case: Case, bundle: bytes) -> None:
    members = {**members_of(bundle), "README.html": b"<!doctype html><title>other</title>"}
    members[MANIFEST] = encode_asic_manifest(digests_of(members))
    assert found(check_bundle(container_of(members), case.question())) == {("signature-wrong", SIGNATURE)}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"<ds:DigestMethod", b"<!-- --><ds:DigestMethod"),
        (b"\n</asic:ASiCManifest>", b"\n<more/></asic:ASiCManifest>"),
        (b'encoding="UTF-8"', b'encoding="UTF-7"'),
        (b"#sha256", b"#sha1"),
        (b"<?xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><?xml"),
    ],
)
def test_a_manifest_in_another_spelling_is_refused_even_if_it_is_signed(
    case: Case, bundle: bytes, before: bytes, after: bytes
) -> None:
    members = members_of(bundle)
    members[MANIFEST] = members[MANIFEST].replace(before, after, 1)
    members[SIGNATURE] = case.sign(members[MANIFEST])
    assert ("manifest-malformed", MANIFEST) in found(check_bundle(container_of(members), case.question()))


def test_what_the_insurer_itself_edits_and_signs_anew_is_named(case: Case) -> None:
    """Everything but what is told to people stands in the trail, in a document, or under a name that is its digest."""
    for names in groups(case):
        edited = {name: case.members[name] + b"\n" for name in names if not is_for_people(name)}
        verdict = check_bundle(case.bundle({**case.members, **edited}), case.question())
        assert set(edited) <= named(verdict), set(edited) - named(verdict)
        assert verdict.conclusion is Conclusion.FAILED, names


def test_what_the_insurer_itself_leaves_out_is_named(case: Case) -> None:
    for names in groups(case):
        left = {kept: content for kept, content in case.members.items() if kept not in names}
        verdict = check_bundle(case.bundle(left), case.question())
        missing = {member for code, member in found(verdict) if code == "member-missing"}
        assert {name for name in names if not name.startswith(HELPFUL)} <= missing
        assert verdict.conclusion is Conclusion.FAILED, names


def test_what_only_helps_to_check_makes_nothing_better_by_its_absence(case: Case) -> None:
    left = {name: content for name, content in case.members.items() if not name.startswith(HELPFUL)}
    verdict = check_bundle(case.bundle(left), case.question())
    assert verdict.conclusion is Conclusion.INDETERMINATE
    assert {code for code, _member in found(verdict)} == {"signature-open", "checkpoint-timestamp-open"}


def is_for_people(name: str) -> bool:
    return name.startswith(FOR_PEOPLE) or name.endswith(FOR_PEOPLE)


def groups(case: Case) -> list[list[str]]:
    """Return a member of each kind, in groups to be changed together: those that others are read by are alone."""
    kinds = one_of_each_kind(case)
    alone = [name for name in kinds if name.startswith("trail/") or name.endswith(("envelope.json", "manifest.json"))]
    together = [name for name in kinds if name not in alone]
    assert len(together) > 12
    return [together, *([name] for name in alone)]


def one_of_each_kind(case: Case) -> list[str]:
    """Return a member of each kind: names that differ in ids and digests alone are of one."""
    return list({re.sub(r"[a-z]+_[0-9a-z]{20,}|[0-9a-f]{16,}", "?", name): name for name in case.members}.values())


def test_a_stranger_with_a_certificate_of_his_own_is_not_the_insurer(case: Case, tmp_path: Path) -> None:
    other = create_test_authority(tmp_path / "other")
    sign = partial(
        sign_detached,
        certified=other.seal,
        authority=other.timestamp_authority,
        signing_time=system_now(),
        media_type="text/xml",
    )
    verdict = check_bundle(case.bundle(sign=sign), case.question())
    assert ("signature-open", SIGNATURE) in found(verdict)


def test_a_customers_certificate_under_the_same_root_is_not_the_seal(case: Case) -> None:
    key = EventKey()
    issued = case.authority.issuer.issue_event_certificate(
        event_request(request=key.certification_request("于文山"), common_name="于文山")
    )
    sign = partial(
        sign_detached,
        certified=CertifiedKey(key, issued.certificate, issued.chain),
        authority=case.authority.timestamp_authority,
        signing_time=system_now(),
        media_type="text/xml",
    )
    verdict = check_bundle(case.bundle(sign=sign), case.question())
    assert ("sealed-by-another", SIGNATURE) in found(verdict)
    assert verdict.conclusion is Conclusion.FAILED


def test_a_signature_without_a_timestamp_is_refused(case: Case) -> None:
    verdict = check_bundle(case.bundle(sign=case.sign_without_timestamp), case.question())
    assert ("signature-without-timestamp", SIGNATURE) in found(verdict)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda about: replace(about, state="voided"), "state"),
        (lambda about: replace(about, mode="live"), "mode"),
        (lambda about: replace(about, level="B-T"), "level"),
        (lambda about: replace(about, external_id="other"), "external_id"),
        (lambda about: replace(about, ended_at=about.ended_at + timedelta(days=1)), "ended_at"),
        (lambda about: replace(about, created_at=about.created_at - timedelta(days=1)), "created_at"),
        (lambda about: with_recipient(about, role="agent"), "role"),
        (lambda about: with_recipient(about, state="declined"), "state"),
        (lambda about: with_recipient(about, certificate="abc"), "certificate"),
        (lambda about: with_recipient(about, signed_at=about.created_at), "signed_at"),
        (lambda about: with_recipient(about, confirmed_at=None), "confirmed_at"),
        (lambda about: with_recipient(about, replaced_by="rcp_other"), "replaced_by"),
        (lambda about: replace(about, recipients=about.recipients[1:]), "recipients"),
    ],
)
def test_a_description_that_says_otherwise_than_the_trail_is_named(
    case: Case, change: Callable[[Description], Description], place: str
) -> None:
    findings = Findings()
    check_recorded(change(case.description), case.events, findings)
    (finding,) = findings.all()
    assert (finding.code, finding.member) == ("description-differs", ENVELOPE)
    assert place in finding.facts["place"]


def test_a_name_that_is_not_the_signers_is_named(case: Case) -> None:
    told = encode_description(with_recipient(case.description, name="叶大禾"))
    verdict = check_bundle(case.bundle({**case.members, ENVELOPE: told}), case.question())
    (finding,) = verdict.findings
    assert (finding.code, finding.member) == ("description-differs", ENVELOPE)
    assert finding.facts["place"].endswith(".name")


def with_recipient(about: Description, **changes: object) -> Description:
    changed = replace(about.recipients[0], **changes)  # type: ignore[arg-type]
    return replace(about, recipients=(changed, *about.recipients[1:]))


def test_a_report_that_tells_otherwise_than_the_document_is_named(case: Case) -> None:
    name = next(name for name in case.members if name.endswith("report.json"))
    report = json.loads(case.members[name])
    report["signatures"][0]["signer"]["name"] = "somebody else"
    verdict = check_bundle(case.bundle({**case.members, name: encode_canonical(report)}), case.question())
    assert ("report-differs", name) in found(verdict)
    report = {**json.loads(case.members[name]), "conclusion": "INDETERMINATE"}
    verdict = check_bundle(case.bundle({**case.members, name: encode_canonical(report)}), case.question())
    assert ("report-not-passed", name) in found(verdict)


def test_evidence_of_two_people_that_was_swapped_is_named(case: Case) -> None:
    one, other = (recipient.id for recipient in case.envelope.recipients)
    theirs = {one: other, other: one}
    swapped = dict(case.members)
    for name, content in case.members.items():
        folder, _, rest = name.partition("/")
        if folder == "evidence":
            recipient, _, file = rest.partition("/")
            swapped[f"evidence/{theirs[recipient]}/{file}"] = content
    verdict = check_bundle(case.bundle(swapped), case.question())
    assert {
        ("evidence-not-recorded", f"evidence/{one}/manifest.json"),
        ("evidence-of-another", f"evidence/{other}/manifest.json"),
    } <= found(verdict)


def test_a_file_that_nothing_speaks_of_is_named_though_it_is_signed(case: Case) -> None:
    name = f"evidence/{case.envelope.recipients[0].id}/photo.jpg"
    verdict = check_bundle(case.bundle({**case.members, name: b"\xff\xd8"}), case.question())
    assert ("evidence-unexplained", name) in found(verdict)


def test_every_finding_has_a_sentence_in_both_languages(case: Case, bundle: bytes) -> None:
    members = members_of(bundle)
    edited = {name: content + b" " for name, content in members.items() if is_referenced(name)}
    for finding in check_bundle(container_of({**members, **edited}), case.question(log_keys=())).findings:
        assert said(finding, "en") != said(finding, "zh-CN")
    assert all(set(one) == {"zh", "en"} for one in sentences().values())


def digests_of(members: dict[str, bytes]) -> dict[str, str]:
    return {
        name: hashlib.sha256(members[name]).hexdigest() for name in sorted(members, key=place_of) if is_referenced(name)
    }
