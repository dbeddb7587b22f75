"""What happens to a document after a signature, and what each kind of signature allows."""

from __future__ import annotations

import later_updates as later
import pytest
from signed_material import Desk, codes, judge

from ca.trust import TrustStore

FORBIDDEN_ALWAYS = {
    "content-changed": later.replace_content,
    "content-changed ": later.change_page_size,
    "annotation-changed": later.add_note,
    "page-removed": later.remove_second_page,
    "form-field-added": later.add_text_field,
    "content-changed  ": later.add_script,
    "signature-moved": later.move_signature("applicant"),
    "signature-dictionary-rewritten": later.rewrite_reason("applicant"),
    "signature-altered": later.swap_appearance("applicant"),
    "signature-altered ": later.swap_evidence("applicant", "manifest.json"),
    "signature-removed": later.empty_field("applicant"),
}


@pytest.mark.parametrize("code", FORBIDDEN_ALWAYS)
@pytest.mark.parametrize("closed", [True, False])
def test_a_forbidden_change_fails_the_document_and_is_named(
    signed: bytes, signed_by_one: bytes, trust: TrustStore, code: str, closed: bool
) -> None:
    document = later.updated(signed if closed else signed_by_one, FORBIDDEN_ALWAYS[code])
    report = judge(document, trust)
    assert (report.conclusion, report.exit_status) == ("TOTAL-FAILED", 1)
    assert code.strip() in codes(report)
    assert {s.integrity for s in report.signatures} == {"intact"}
    assert report.signatures[0].changes_after == "forbidden"


@pytest.mark.parametrize("closed", [True, False])
def test_new_document_information_is_allowed(
    signed: bytes, signed_by_one: bytes, trust: TrustStore, closed: bool
) -> None:
    document = later.updated(signed if closed else signed_by_one, later.change_information)
    report = judge(document, trust)
    assert codes(report) == set()
    assert report.signatures[0].changes_after == "permitted"


def test_further_signatures_are_permitted_by_those_before(signed: bytes, trust: TrustStore) -> None:
    changes = {s.field: s.changes_after for s in judge(signed, trust).signatures}
    assert (changes["applicant"], changes["insured"], changes["seal"]) == ("permitted", "permitted", "permitted")


def test_a_further_archive_timestamp_is_permitted_after_the_seal(desk: Desk, trust: TrustStore) -> None:
    for name in ("applicant", "insured"):
        desk.sign(name)
    desk.seal()
    desk.archive()
    desk.archive()
    report = judge(desk.document, trust)
    assert {s.changes_after for s in report.signatures} == {"permitted", "none"}
    assert codes(report) == set()


def test_signing_after_the_seal_is_forbidden(desk: Desk, trust: TrustStore) -> None:
    desk.sign("applicant")
    desk.seal()
    desk.sign("insured")
    report = judge(desk.document, trust)
    assert "signature-added" in codes(report)
    assert {s.field: s.changes_after for s in report.signatures}["seal"] == "forbidden"


def test_objects_that_nothing_accounts_for_are_found(signed: bytes, trust: TrustStore) -> None:
    assert codes(judge(later.with_hidden_object(signed), trust)) == {"hidden-object-data"}


def test_an_update_that_cannot_be_read_is_an_error(signed: bytes, trust: TrustStore) -> None:
    report = judge(later.with_unreadable_update(signed), trust)
    assert "unreadable-update" in codes(report)
    assert [s.field for s in report.signatures][:3] == ["applicant", "insured", "seal"]


def test_blank_bytes_behind_the_end_are_no_finding(signed: bytes, trust: TrustStore) -> None:
    report = judge(signed + b"\r\n\x00\x00  \n", trust)
    assert (report.conclusion, report.findings) == ("TOTAL-PASSED", ())


def test_an_identical_copy_of_an_object_changes_nothing(signed: bytes, trust: TrustStore) -> None:
    report = judge(later.updated(signed, lambda writer: writer.update_root()), trust)
    assert (report.conclusion, codes(report)) == ("TOTAL-PASSED", set())
