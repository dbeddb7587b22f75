"""Changed bytes, wrong byte ranges, signatures that are no signatures."""

from __future__ import annotations

import re

import pytest
from signed_material import codes, judge

from ca.trust import TrustStore


def changed_at(document: bytes, position: int) -> bytes:
    return document[:position] + bytes([document[position] ^ 1]) + document[position + 1 :]


def test_a_changed_byte_breaks_every_signature_over_it(signed: bytes, trust: TrustStore) -> None:
    report = judge(changed_at(signed, signed.index(b"%PDF") + 12), trust)
    own = [s for s in report.signatures if s.kind == "signature"]
    assert [(s.integrity, s.indication, s.sub_indication) for s in own] == [
        ("broken", "TOTAL-FAILED", "HASH_FAILURE")
    ] * 3


def test_a_byte_changed_in_the_last_revision_leaves_the_earlier_signatures_intact(
    signed: bytes, trust: TrustStore
) -> None:
    report = judge(changed_at(signed, signed.rindex(b"/Type /DocTimeStamp") - 4), trust)
    integrity = {s.field: s.integrity for s in report.signatures}
    unreadable = {"timestamp-1": "unverifiable"}
    assert integrity == {"applicant": "intact", "insured": "intact", "seal": "intact", **unreadable}


def test_a_broken_document_timestamp_is_a_warning_that_lowers_the_level(signed: bytes, trust: TrustStore) -> None:
    start = signed.rindex(b"/Contents <") + len(b"/Contents <")
    token = bytes.fromhex(signed[start : signed.index(b">", start)].decode().rstrip("0").ljust(9000, "0"))
    position = start + 2 * (token.index(b"\x18\x0f20") + 6)  # a digit of genTime, a GeneralizedTime of 15 bytes
    report = judge(changed_at(signed, position), trust)
    timestamp = report.signatures[-1]
    assert timestamp.kind == "document-timestamp"
    assert timestamp.integrity != "intact"
    assert {s.level for s in report.signatures if s.kind == "signature"} == {"B-LT"}
    assert codes(report) == set()
    assert codes(report, "warning") & {"timestamp-broken", "timestamp-unverifiable"}


def byte_ranges(document: bytes) -> list[re.Match[bytes]]:
    return list(re.finditer(rb"/ByteRange ?\[[ \d]*\]", document))


@pytest.mark.parametrize(
    "text",
    [
        b"/ByteRange [0 10 20 30]",
        b"/ByteRange [1 2 3 4]",
        b"/ByteRange []",
        b"/ByteRange [0 9 9]",
        b"/ByteRang3 [0 0 0 0]",
    ],
)
def test_a_byte_range_that_is_not_the_revision_is_invalid(signed: bytes, trust: TrustStore, text: bytes) -> None:
    last = byte_ranges(signed)[0]
    assert len(text) <= len(last.group())
    document = signed[: last.start()] + text.ljust(len(last.group())) + signed[last.end() :]
    report = judge(document, trust)
    assert report.conclusion == "TOTAL-FAILED"
    applicant = next(s for s in report.signatures if s.field == "applicant")
    assert (applicant.coverage, applicant.sub_indication) == ("invalid", "FORMAT_FAILURE")
    assert "coverage-invalid" in codes(report)


@pytest.mark.parametrize("fill", [b"0", b"f"])
def test_an_empty_or_senseless_signature_value_is_listed_and_hides_no_other(
    signed: bytes, trust: TrustStore, fill: bytes
) -> None:
    start = signed.index(b"/Contents <") + len(b"/Contents <")
    end = signed.index(b">", start)
    report = judge(signed[:start] + fill * (end - start) + signed[end:], trust)
    listed = {s.field: s.integrity for s in report.signatures if s.kind == "signature"}
    assert listed["applicant"] == "unverifiable"
    assert set(listed) == {"applicant", "insured", "seal"}
    assert report.conclusion == "TOTAL-FAILED"


def test_a_signature_of_another_document_is_not_this_documents(
    signed: bytes, signed_by_one: bytes, trust: TrustStore
) -> None:
    def value(document: bytes) -> slice:
        start = document.index(b"/Contents <") + len(b"/Contents <")
        return slice(start, document.index(b">", start))

    foreign = signed_by_one[value(signed_by_one)]
    room = value(signed)
    document = bytearray(signed)
    document[room] = foreign[: room.stop - room.start].ljust(room.stop - room.start, b"0")
    applicant = judge(bytes(document), trust).signatures[0]
    assert (applicant.integrity, applicant.sub_indication) == ("broken", "HASH_FAILURE")
