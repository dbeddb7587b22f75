"""Evidence is read as it was signed, and must be the evidence that was signed: here, by this recipient, once."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import later_updates as later
import pytest
from signed_material import Desk, codes, judge

from ca.authority import EmbeddedAuthority
from ca.ports import EventCertificateRequest, IssuedCertificate, RevocationReason
from ca.trust import TrustStore
from esign.evidence.items import Placement
from esign.evidence.manifest import Manifest
from esign.judging.opening import opened_file
from esign.judging.question import JudgingLimits
from esign.judging.single_evidence import evidence_in
from esign.pades.act import opener_of, sign_for_recipient, timestamp_signature
from esign.pades.typeface import Typeface
from esign.verify import read_evidence
from tests import acts


def test_the_files_are_read_as_they_were_signed(signed: bytes) -> None:
    found = {evidence.field: evidence for evidence in read_evidence(io.BytesIO(signed))}
    assert set(found) == {"applicant", "insured"}
    applicant = found["applicant"]
    assert sorted(applicant.files) == ["handwriting.cms", "manifest.json", "photo.jpg"]
    assert applicant.files["photo.jpg"] == acts.photo_of(len("applicant")).jpeg
    assert applicant.manifest is not None
    assert applicant.manifest.recipient == "env_1.applicant"


def test_a_process_of_its_own_takes_out_the_same_evidence(signed: bytes, tmp_path: Path) -> None:
    (tmp_path / "signed.pdf").write_bytes(signed)
    with opened_file(tmp_path / "signed.pdf") as file:
        found = evidence_in(file, None, JudgingLimits(), lambda confinement: None)
    assert found == read_evidence(io.BytesIO(signed))
    assert any(one.manifest is not None and one.manifest.signatures_present for one in found)


def test_evidence_that_was_swapped_later_is_an_error_and_the_signed_one_is_read(
    signed: bytes, trust: TrustStore
) -> None:
    forged = later.updated(signed, later.swap_evidence("applicant", "manifest.json"))
    assert "signature-altered" in codes(judge(forged, trust))
    assert judge(forged, trust).signatures[0].evidence["manifest_bound"] is True
    assert read_evidence(io.BytesIO(forged))[0].manifest is not None


def test_evidence_moved_from_another_document_is_an_error(desk: Desk, signed_by_one: bytes, trust: TrustStore) -> None:
    desk.sign("applicant", evidence=acts.evidence_of("applicant", placement=Placement.VISIBLE))
    assert codes(judge(desk.document, trust)) == {"evidence-other-document"}


def test_evidence_of_another_field_is_an_error(desk: Desk, trust: TrustStore) -> None:
    def edit(manifest: Manifest) -> Manifest:
        return replace(manifest, field="insured")

    desk.sign("applicant", edit=edit)
    assert "evidence-other-field" in codes(judge(desk.document, trust))


def test_a_second_signature_of_the_same_recipient_is_an_error(desk: Desk, trust: TrustStore) -> None:
    desk.sign("applicant")
    desk.sign("insured", edit=lambda manifest: replace(manifest, recipient="env_1.applicant"))
    report = judge(desk.document, trust)
    assert codes(report) == {"evidence-second-signature"}
    assert report.conclusion == "TOTAL-FAILED"


def test_a_signature_that_the_manifest_names_and_the_document_lacks_is_an_error(desk: Desk, trust: TrustStore) -> None:
    desk.sign("applicant")
    present = desk.present[0]._replace(cms_sha256=bytes(32))
    desk.sign("insured", edit=lambda manifest: replace(manifest, signatures_present=(present,)))
    assert codes(judge(desk.document, trust)) == {"evidence-other-signatures"}


class _Forger:
    """An issuer that binds other digests than it was asked to."""

    def __init__(self, authority: EmbeddedAuthority, **digests: bytes) -> None:
        self._issuer = authority.issuer
        self._digests = digests

    def issue_event_certificate(self, request: EventCertificateRequest) -> IssuedCertificate:
        return self._issuer.issue_event_certificate(replace(request, **self._digests))

    def revoke(self, serial_number: int, reason: RevocationReason) -> None:
        self._issuer.revoke(serial_number, reason)


@pytest.mark.parametrize(
    ("digest", "code"),
    [
        ("manifest_digest", "evidence-manifest-unbound"),
        ("handwriting_digest", "evidence-item-mismatch"),
        ("photo_digest", "evidence-item-mismatch"),
    ],
)
def test_evidence_that_the_certificate_does_not_name_is_an_error(
    contract: bytes, typeface: Typeface, authority: EmbeddedAuthority, trust: TrustStore, digest: str, code: str
) -> None:
    desk = Desk.open(contract, typeface, authority)
    evidence = desk.evidence("applicant", placement=Placement.VISIBLE, edit=lambda manifest: manifest)
    act = replace(acts.act_of("applicant", placement=Placement.VISIBLE), evidence=evidence)
    size = authority.timestamp_authority.token_size_bound
    signature = sign_for_recipient(
        opener_of(io.BytesIO(desk.document)), act, _Forger(authority, **{digest: b"\x07" * 32}), token_size=size
    )
    document = desk.document + timestamp_signature(signature, authority.timestamp_authority).increment
    report = judge(document, trust)
    assert codes(report) == {code}
    assert report.signatures[0].evidence["manifest_bound"] is (digest != "manifest_digest")


def test_a_document_that_is_not_ours_has_no_evidence_and_no_finding_of_it(desk: Desk, trust: TrustStore) -> None:
    desk.seal()
    report = judge(desk.document, trust)
    assert report.signatures[0].evidence == {"present": False}
    assert not {code for code in codes(report) if code.startswith("evidence")}
