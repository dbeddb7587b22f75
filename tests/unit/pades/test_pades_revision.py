"""Signed revisions: the digest covers everything but the CMS, room is kept, and a stored revision can be closed."""

from __future__ import annotations

import hashlib
import io
import pickle
import re
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyhanko.pdf_utils.reader import PdfFileReader

from ca.authority import EmbeddedAuthority
from esign.errors import FieldError, SigningError
from esign.pades.appearance import SealAppearance
from esign.pades.cms import parse_signed_data, sign_digest
from esign.pades.revision import OpenRevision, SignatureContent, open_revision, open_timestamp_revision
from esign.pades.typeface import Typeface
from esign.pades.validation_data import ValidationData
from tests import acts, documents

TIME = datetime(2026, 3, 1, 9, 30, tzinfo=timezone(timedelta(hours=8)))
CONTENT = SignatureContent("applicant", "张伟", TIME)


@pytest.fixture(scope="module")
def prepared(contract: bytes, typeface: Typeface) -> bytes:
    return acts.prepared(contract, typeface)


def byte_ranges(pdf: bytes) -> list[tuple[int, int, int, int]]:
    found = re.findall(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]", pdf)
    return [tuple(map(int, numbers)) for numbers in found]  # type: ignore[misc]


def require_exact_range(document: bytes, revision: OpenRevision) -> None:
    """Check that the ByteRange covers all bytes but the Contents string, and that the digest is over it."""
    whole = document + revision.increment
    start, first, second, rest = byte_ranges(whole)[-1]
    assert start == 0
    assert second + rest == len(whole)
    hole = whole[first:second]
    assert (hole[:1], hole[-1:]) == (b"<", b">")
    assert hole[1:-1] == b"0" * (2 * revision.capacity)
    assert first + 1 == len(document) + revision.contents_at
    assert hashlib.sha256(whole[:first] + whole[second:]).digest() == revision.digest


@pytest.mark.parametrize("capacity", [1, 100, 8192, 40_000])
def test_the_byte_range_covers_everything_but_the_contents(prepared: bytes, capacity: int) -> None:
    require_exact_range(prepared, open_revision(io.BytesIO(prepared), CONTENT, capacity=capacity))


def test_so_it_does_for_a_document_timestamp(prepared: bytes) -> None:
    revision = open_timestamp_revision(io.BytesIO(prepared), ValidationData((b"c",)), capacity=6000)
    require_exact_range(prepared, revision)


def test_opening_a_revision_changes_nothing(prepared: bytes) -> None:
    stream = io.BytesIO(prepared)
    open_revision(stream, CONTENT, capacity=1000)
    assert stream.getvalue() == prepared


def test_a_document_that_ends_without_a_line_break_can_be_signed(prepared: bytes) -> None:
    document = prepared.rstrip()
    require_exact_range(document, open_revision(io.BytesIO(document), CONTENT, capacity=1000))


@given(st.binary(max_size=64))
def test_closing_puts_the_cms_in_and_touches_nothing_else(cms: bytes) -> None:
    revision = OpenRevision(b"before<" + b"0" * 128 + b">after", 7, 64, bytes(32))
    closed = revision.close(cms)
    assert closed == b"before<" + cms.hex().encode() + b"0" * (128 - 2 * len(cms)) + b">after"


@pytest.mark.parametrize("size", [65, 66, 1000])
def test_a_cms_that_does_not_fit_is_refused(size: int) -> None:
    revision = OpenRevision(b"before<" + b"0" * 128 + b">after", 7, 64, bytes(32))
    with pytest.raises(SigningError, match=f"{size} bytes and 64") as caught:
        revision.close(bytes(size))
    assert caught.value.code == "contents-too-small"


def test_a_stored_revision_is_closed_after_a_restart(prepared: bytes, authority: EmbeddedAuthority) -> None:
    revision = open_revision(io.BytesIO(prepared), CONTENT, capacity=8192)
    cms = sign_digest(revision.digest, authority.seal)
    stored = pickle.dumps((revision, cms.der))
    again, der = pickle.loads(stored)  # noqa: S301  # our own bytes, of a moment ago
    assert again == revision
    token = authority.timestamp_authority.timestamp(parse_signed_data(der).timestamp_digest)
    pdf = prepared + again.close(parse_signed_data(der).with_timestamp(token).der)
    (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
    assert signature.compute_digest() == revision.digest
    assert signature.field_name == "applicant"


def test_the_signature_says_who_and_when_with_the_offset(prepared: bytes) -> None:
    revision = open_revision(io.BytesIO(prepared), CONTENT, capacity=1000)
    reader = PdfFileReader(io.BytesIO(prepared + revision.increment))
    (signature,) = [f.get_object()["/V"] for f in reader.root["/AcroForm"]["/Fields"] if "/V" in f.get_object()]
    assert (signature["/Name"], signature["/SubFilter"]) == ("张伟", "/ETSI.CAdES.detached")
    assert signature["/M"].startswith("D:20260301093000+08'00")
    assert (signature["/Filter"], signature["/Type"]) == ("/Adobe.PPKLite", "/Sig")


def test_the_fields_lock_becomes_the_signatures_permissions(prepared: bytes) -> None:
    for name, action, permission in (("applicant", "/Include", 2), ("seal", "/All", 1)):
        content = SignatureContent(name, "张伟", TIME)
        pdf = prepared + open_revision(io.BytesIO(prepared), content, capacity=1000).increment
        fields = [f.get_object() for f in PdfFileReader(io.BytesIO(pdf)).root["/AcroForm"]["/Fields"]]
        (signature,) = [field["/V"] for field in fields if "/V" in field]
        (reference,) = signature["/Reference"]
        parameters = reference["/TransformParams"]
        assert (reference["/TransformMethod"], parameters["/Action"]) == ("/FieldMDP", action)
        assert parameters["/P"] == permission


def test_a_field_that_is_missing_is_refused(prepared: bytes, contract: bytes) -> None:
    for document in (prepared, contract):
        with pytest.raises(FieldError) as caught:
            open_revision(io.BytesIO(document), SignatureContent("witness", "张伟", TIME), capacity=1000)
        assert caught.value.code == "field-missing"


def test_a_second_signature_in_the_same_field_is_refused(prepared: bytes, authority: EmbeddedAuthority) -> None:
    pdf = prepared + acts.sign(prepared, "applicant", authority, timestamp=False).increment
    with pytest.raises(FieldError) as caught:
        open_revision(io.BytesIO(pdf), CONTENT, capacity=1000)
    assert caught.value.code == "field-already-signed"


def test_so_is_one_in_a_field_whose_signature_waits_for_its_cms(prepared: bytes) -> None:
    waiting = prepared + open_revision(io.BytesIO(prepared), CONTENT, capacity=1000).increment
    with pytest.raises(FieldError) as caught:
        open_revision(io.BytesIO(waiting), CONTENT, capacity=1000)
    assert caught.value.code == "field-already-signed"


def test_a_field_that_was_never_prepared_cannot_be_drawn_on() -> None:
    document = documents.contract_with_field("applicant")
    content = SignatureContent("applicant", "张伟", TIME, SealAppearance("示例", TIME, 1))
    with pytest.raises(FieldError) as caught:
        open_revision(io.BytesIO(document), content, capacity=1000)
    assert caught.value.code == "document-not-prepared"


def test_a_name_that_was_not_announced_is_refused(prepared: bytes) -> None:
    content = SignatureContent("applicant", "张伟", TIME, SealAppearance("麒麟", TIME, 1))
    with pytest.raises(FieldError, match="麒") as caught:
        open_revision(io.BytesIO(prepared), content, capacity=1000)
    assert caught.value.code == "font-text-not-prepared"


def test_each_document_timestamp_has_a_field_of_its_own(prepared: bytes, authority: EmbeddedAuthority) -> None:
    pdf = prepared
    for _ in range(2):
        revision = open_timestamp_revision(
            io.BytesIO(pdf), ValidationData(), capacity=authority.timestamp_authority.token_size_bound
        )
        pdf += revision.close(authority.timestamp_authority.timestamp(revision.digest).der)
    names = [signature.field_name for signature in PdfFileReader(io.BytesIO(pdf)).embedded_timestamp_signatures]
    assert names == ["timestamp-1", "timestamp-2"]
