"""Signing and judging with the document in the real quarantine, and answers that are not believed."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from quarantine_parts import Lying, comparable

from ca.authority import EmbeddedAuthority
from esign.ceremony import quarantined
from esign.errors import EsignError, FieldError
from esign.evidence.items import Placement
from esign.evidence.manifest import PresentSignature, SignatureEvidence, encode_manifest, parse_manifest
from esign.infra.quarantine import Quarantine, QuarantineFailed
from esign.pades import revision
from esign.pades.act import Act, Signature, sign_for_recipient, sign_with_seal, timestamp_signature, validation_data_for
from esign.pades.appearance import HandwrittenAppearance, SealAppearance
from esign.pades.associated_files import AssociatedFile
from esign.pades.revision import OpenRevision, SignatureContent
from esign.pades.typeface import Typeface
from esign.pades.validation_data import ValidationData
from esign.verify import Conclusion, SecurityStore, verify
from tests import acts
from tests.signers import face_jpeg, handwriting

MIB = 1024 * 1024
CAPACITY = 4096


@pytest.fixture(scope="module")
def quarantine(typeface: Typeface) -> Iterator[Quarantine]:
    with closing(quarantined.start_document_quarantine(typeface)) as started:
        yield started


@pytest.fixture(scope="module")
def prepared(contract: bytes, typeface: Typeface) -> bytes:
    return acts.prepared(contract, typeface)


# signing and judging


def sign_in(quarantine: Quarantine, document: bytes, act: Act, authority: EmbeddedAuthority) -> Signature:
    size = authority.timestamp_authority.token_size_bound

    def opened(content: SignatureContent, capacity: int) -> OpenRevision:
        return quarantined.open_revision(quarantine, document, content, capacity=capacity)

    return timestamp_signature(
        sign_for_recipient(opened, act, authority.issuer, token_size=size), authority.timestamp_authority
    )


def test_a_contract_is_signed_sealed_archived_and_judged_without_being_parsed_here(
    quarantine: Quarantine, contract: bytes, authority: EmbeddedAuthority
) -> None:
    document = contract + quarantined.prepare_document(quarantine, contract, acts.plans(), acts.texts()).increment
    prepared_sha256, present, data = hashlib.sha256(document).digest(), [], ValidationData()
    for name, placement in (("applicant", Placement.VISIBLE), ("insured", Placement.SEALED)):
        act = acts.act_of(name, placement=placement)
        manifest = replace(
            parse_manifest(act.evidence.manifest), prepared_sha256=prepared_sha256, signatures_present=tuple(present)
        )
        act = replace(act, evidence=SignatureEvidence(encode_manifest(manifest), act.evidence.items))
        signature = sign_in(quarantine, document, act, authority)
        present.append(PresentSignature(name, hashlib.sha256(signature.cms.der).digest()))
        document += signature.increment
        data += validation_data_for(signature, authority.revocation, roots=authority.roots)
    claimed = acts.moment()
    seal = sign_with_seal(
        lambda content, capacity: quarantined.open_revision(quarantine, document, content, capacity=capacity),
        field="seal",
        organisation=acts.ORGANISATION,
        claimed_time=claimed,
        seal=authority.seal,
        appearance=lambda serial: SealAppearance(acts.ORGANISATION, claimed, serial, acts.NOTICE),
        token_size=authority.timestamp_authority.token_size_bound,
    )
    seal = timestamp_signature(seal, authority.timestamp_authority)
    document += seal.increment
    data += validation_data_for(seal, authority.revocation, roots=authority.roots)
    room = authority.timestamp_authority.token_size_bound
    opened = quarantined.open_timestamp_revision(quarantine, document, data, capacity=room)
    document += opened.close(authority.timestamp_authority.timestamp(opened.digest).der)

    at, trust = datetime.now(UTC), authority.trust_store()
    verdict = quarantined.verify_document(quarantine, document, name="合同.pdf", trust=trust, at=at)
    assert verdict.report == verify(io.BytesIO(document), name="合同.pdf", trust=trust, at=at).as_json()
    assert verdict.conclusion is Conclusion.PASSED
    assert verdict.readable
    assert {(s.field, s.kind, s.level) for s in verdict.signatures if s.kind == "signature"} == {
        (name, "signature", "B-LTA") for name in ("applicant", "insured", "seal")
    }


def test_a_verdict_uses_the_answers_that_the_file_does_not_carry(
    quarantine: Quarantine, prepared: bytes, authority: EmbeddedAuthority
) -> None:
    signature = acts.sign(prepared, "applicant", authority)
    document, at = prepared + signature.increment, datetime.now(UTC)
    data = validation_data_for(signature, authority.revocation, roots=authority.roots)
    # a bound that is passed by keeps the root from being believed
    past = tuple(replace(anchor, until=at - timedelta(days=1)) for anchor in authority.trust_store().anchors)
    for trust in (authority.trust_store(), replace(authority.trust_store(), anchors=past)):
        for supplement in (ValidationData(), data):
            known = SecurityStore(ocsp_responses=supplement.ocsp_responses, crls=supplement.crls)
            expected = verify(io.BytesIO(document), name="a", trust=trust, at=at, supplement=known)
            verdict = quarantined.verify_document(
                quarantine, document, name="a", trust=trust, at=at, supplement=supplement
            )
            assert verdict.report == expected.as_json()
            assert verdict.findings == expected.findings


def test_a_file_that_cannot_be_read_has_a_verdict(quarantine: Quarantine, authority: EmbeddedAuthority) -> None:
    verdict = quarantined.verify_document(
        quarantine, b"not a PDF", name="x", trust=authority.trust_store(), at=datetime.now(UTC)
    )
    assert not verdict.readable
    assert verdict.conclusion is Conclusion.FAILED


def contents() -> Iterator[SignatureContent]:
    time = datetime(2026, 5, 1, 9, 30, 1, 250_000, timezone(timedelta(hours=8)))
    photo = acts.photo_of(4)
    ink = HandwrittenAppearance(handwriting(5), photo, "投保人", "张伟", time, 2**159 + 7, acts.NOTICE)
    files = {
        "manifest.json": AssociatedFile(b"{}", "application/json"),
        "photo.jpg": AssociatedFile(photo.jpeg, "image/jpeg"),
    }
    yield SignatureContent("applicant", "张伟", time, ink, files)
    yield SignatureContent("applicant", "张伟", time, replace(ink, photo=None), None)
    yield SignatureContent("seal", acts.ORGANISATION, time, SealAppearance(acts.ORGANISATION, time, 2**159, ""))
    yield SignatureContent("insured", "李秀英", time)


@pytest.mark.parametrize("content", list(contents()), ids=["photo", "ink", "seal", "unseen"])
def test_an_open_revision_is_the_one_made_in_process(
    quarantine: Quarantine, prepared: bytes, content: SignatureContent
) -> None:
    expected = revision.open_revision(io.BytesIO(prepared), content, capacity=CAPACITY)
    opened = quarantined.open_revision(quarantine, prepared, content, capacity=CAPACITY)
    assert comparable(opened.increment) == comparable(expected.increment)
    assert (opened.contents_at, opened.capacity) == (expected.contents_at, expected.capacity)


def test_so_is_one_with_type_for_a_name_that_the_document_was_not_prepared_for(
    quarantine: Quarantine, prepared: bytes, typeface: Typeface
) -> None:
    ink = next(contents())
    assert isinstance(ink.appearance, HandwrittenAppearance)
    content = replace(ink, appearance=replace(ink.appearance, name=acts.UNPREPARED))
    expected = revision.open_revision(io.BytesIO(prepared), content, capacity=CAPACITY, typeface=typeface)
    opened = quarantined.open_revision(quarantine, prepared, content, capacity=CAPACITY)
    assert comparable(opened.increment) == comparable(expected.increment)


def test_a_character_that_the_typeface_lacks_is_a_field_error(quarantine: Quarantine, prepared: bytes) -> None:
    content = SignatureContent("seal", "张伟", acts.moment(), SealAppearance("\U0001f600", acts.moment(), 1))
    with pytest.raises(FieldError) as raised:
        quarantined.open_revision(quarantine, prepared, content, capacity=CAPACITY)
    assert raised.value.code == "font-glyph-missing"


def test_a_field_that_is_not_there_is_a_field_error(quarantine: Quarantine, prepared: bytes) -> None:
    with pytest.raises(FieldError) as raised:
        quarantined.open_revision(
            quarantine, prepared, SignatureContent("witness", "王芳", datetime.now(UTC)), capacity=CAPACITY
        )
    assert raised.value.code == "field-missing"


def test_validation_data_alone_is_appended_as_in_process(quarantine: Quarantine, prepared: bytes) -> None:
    data = ValidationData((b"certificate",), (b"answer one", b"answer two"), (b"list",))
    expected = revision.add_validation_data(io.BytesIO(prepared), data)
    made = quarantined.add_validation_data(quarantine, prepared, data)
    assert comparable(made) == comparable(expected)


# an answer is not believed


@pytest.mark.parametrize(
    "lie",
    [
        {"value": {"digest": hashlib.sha256(b"another contract").hexdigest()}},
        {"value": {"contents_at": 1}},
        {"value": {"contents_at": 2**50}},
        {"value": {"contents_at": "4"}},
        {"value": {"capacity": CAPACITY - 1}},
        {"value": {"more": 1}},
        {"replaced": (b"/Contents <0", b"/Contents <1")},
        {"replaced": (b"/Filter /Adobe.PPKLite", b"/Filter /Adobe.PPKLice")},
        {"dropped": True},
    ],
)
def test_the_key_never_signs_another_digest_than_that_of_the_bytes_in_hand(
    quarantine: Quarantine, prepared: bytes, lie: Mapping[str, object]
) -> None:
    content = SignatureContent("insured", "李秀英", datetime.now(UTC))
    true = quarantined.open_revision(quarantine, prepared, content, capacity=CAPACITY)
    start, end = true.contents_at - 1, true.contents_at + 2 * CAPACITY + 1
    assert true.digest == hashlib.sha256(prepared + true.increment[:start] + true.increment[end:]).digest()
    lying = Lying(quarantine, **lie)  # type: ignore[arg-type]
    with pytest.raises(QuarantineFailed) as raised:
        quarantined.open_revision(lying, prepared, content, capacity=CAPACITY)
    assert raised.value.code == "file-breaks-reader"


def test_an_answer_that_does_not_fit_the_question_is_refused(
    quarantine: Quarantine, prepared: bytes, contract: bytes, authority: EmbeddedAuthority
) -> None:
    at, trust = datetime.now(UTC), authority.trust_store()
    passed = {"schema": "esign-verification/1", "conclusion": "TOTAL-PASSED", "signatures": [], "findings": []}
    other_document = {**passed, "document": {"sha256": "00" * 32}}
    sha256 = hashlib.sha256(prepared).hexdigest()
    no_verdict = {**passed, "document": {"sha256": sha256}, "conclusion": "FINE"}
    no_signature = {**passed, "document": {"sha256": sha256}, "signatures": [{"field": 1}]}
    no_finding = {**passed, "document": {"sha256": sha256}, "findings": [{"code": "x"}]}
    for lie in ({"pages": 0}, {"pages": True}, {"pages": 1, "more": 2}):
        with pytest.raises(QuarantineFailed):
            quarantined.prepare_document(Lying(quarantine, lie), contract, acts.plans(), acts.texts())
    for lying in (Lying(quarantine, {"sizes": [[0, 5]]}), Lying(quarantine, replaced=(b"\xff\xd8", b"MZ"))):
        with pytest.raises(QuarantineFailed):
            quarantined.render_pages(lying, prepared, [1])
        with pytest.raises(EsignError):
            quarantined.read_photo(lying, face_jpeg(3))
    for report in (other_document, no_verdict, no_signature, no_finding, {}):
        with pytest.raises(QuarantineFailed):
            quarantined.verify_document(Lying(quarantine, {"report": report}), prepared, name="a", trust=trust, at=at)
    with pytest.raises(QuarantineFailed):
        quarantined.add_validation_data(Lying(quarantine, dropped=True), prepared, ValidationData())
