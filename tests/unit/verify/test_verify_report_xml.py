"""The report of ETSI TS 119 102-2: in the elements of its schema, complete, never more favourable than the verdict."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID
from lxml import etree
from pyhanko.generated.etsi import ts_11910202 as vr
from signed_material import judge
from test_verify_report_html import HOSTILE
from test_verify_report_view import FACTS, FAILED, SIGNATURE, finding, told
from xsdata.formats.dataclass.parsers import XmlParser
from xsdata.formats.dataclass.parsers.config import ParserConfig

from ca.trust import TrustStore
from esign.verify.report import Conclusion, Report
from esign.verify.report_reading import read_report
from esign.verify.reports import xml_report

JUDGED_AT = datetime(2026, 11, 22, 12, 0, 0, 5, tzinfo=UTC)
PASSED, UNDECIDED = (f"urn:etsi:019102:mainindication:{name}" for name in ("total-passed", "indeterminate"))


def parsed(report: Report) -> vr.ValidationReport:
    """Read the report with the schema's bindings, which refuse what the schema does not know or needs and misses."""
    made = xml_report(report, judged_at=JUDGED_AT, version="0.1.0")
    strict = ParserConfig(fail_on_unknown_properties=True, fail_on_unknown_attributes=True)
    read = XmlParser(config=strict).from_bytes(made, vr.ValidationReport)
    require_complete(read)
    return read


def require_complete(value: object) -> None:
    if not dataclasses.is_dataclass(value):
        return
    for part in dataclasses.fields(value):
        found = getattr(value, part.name)
        if part.metadata.get("required"):
            assert found is not None, (type(value).__name__, part.name)
        if part.metadata.get("min_occurs", 0) and not isinstance(value, vr.SignersDocumentType):
            assert len(found) >= part.metadata["min_occurs"], (type(value).__name__, part.name)
        for one in found if isinstance(found, tuple) else (found,):
            require_complete(one)


@pytest.fixture(scope="module")
def own(signed: bytes, trust: TrustStore) -> Report:
    return judge(signed, trust)


def test_our_own_contract_is_told_signature_by_signature(own: Report) -> None:
    read = parsed(own)
    statuses = [one.signature_validation_status for one in read.signature_validation_report]
    assert [status.main_indication for status in statuses if status] == [PASSED] * 3
    objects = read.signature_validation_objects
    assert objects is not None
    kinds = [str(one.object_type).rpartition(":")[2] for one in objects.validation_object]
    assert kinds == ["signedData", *["certificate"] * 4, "timestamp"]


def test_the_signature_is_identified_by_what_an_outside_reader_computes(own: Report, signed: bytes) -> None:
    read = parsed(own)
    first, objects = read.signature_validation_report[0], read.signature_validation_objects
    assert first.signers_document is not None
    assert objects is not None
    start, length, after, rest = byte_range(signed)
    content = hashlib.sha256(signed[start : start + length] + signed[after : after + rest]).digest()
    assert first.signers_document.digest_alg_and_value is not None
    assert first.signers_document.digest_alg_and_value.digest_value.value == content  # type: ignore[union-attr]
    certificate = objects.validation_object[1].validation_object_representation
    assert certificate is not None
    assert certificate.base64 is not None
    loaded = x509.load_der_x509_certificate(certificate.base64)
    assert objects.validation_object[1].id == f"certificate-{hashlib.sha256(certificate.base64).hexdigest()}"
    (name,) = loaded.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert name.value == own.signatures[0].signer["name"]


def byte_range(signed: bytes) -> list[int]:
    found = signed[signed.index(b"/ByteRange") :]
    return [int(number) for number in found[found.index(b"[") + 1 : found.index(b"]")].split()]


def test_a_report_that_was_kept_as_json_gives_the_same_bytes(own: Report) -> None:
    kept = read_report(json.loads(json.dumps(own.as_json())), readable=True)
    first, second = (xml_report(report, judged_at=JUDGED_AT) for report in (own, kept))
    assert first == second


def test_a_signature_of_a_changed_document_does_not_pass() -> None:
    for report in (
        told(FAILED, replace(SIGNATURE, changes_after="forbidden")),
        told(FAILED, SIGNATURE, findings=(finding("hidden-object-data"),)),
        told(Conclusion.INDETERMINATE, replace(SIGNATURE, changes_after="unknown")),
    ):
        (one,) = parsed(report).signature_validation_report
        status = one.signature_validation_status
        assert status is not None
        assert status.main_indication == UNDECIDED
        assert status.sub_indication == ("urn:etsi:019102:subindication:SIG_CONSTRAINTS_FAILURE",)


def test_findings_are_told_with_their_code_weight_and_sentence() -> None:
    findings = (finding("content-changed", field="applicant"), finding("x", field="other"))
    report = told(FAILED, SIGNATURE, findings=findings)
    (one,) = parsed(report).signature_validation_report
    assert one.signature_validation_status is not None
    (data,) = one.signature_validation_status.associated_validation_report_data
    assert data.additional_validation_report_data is not None
    told_rows = {row.type_value: row.value for row in data.additional_validation_report_data.report_data}
    assert told_rows["urn:x-esign:verification:finding:error:content-changed"] == (
        "The content of the document was changed after signing."
    )
    assert "urn:x-esign:verification:finding:error:x" not in told_rows
    assert told_rows["urn:x-esign:verification:document:conclusion"] == "TOTAL-FAILED"


def test_a_document_without_signature_and_one_that_is_none_are_told_too() -> None:
    for report, indication in (
        (told(Conclusion.NO_SIGNATURE), "urn:cef:dss:mainindication:noSignatureFound"),
        (told(FAILED, readable=False, findings=(finding("not-a-pdf"),)), UNDECIDED),
    ):
        (one,) = parsed(report).signature_validation_report
        assert one.signature_validation_status is not None
        assert one.signature_validation_status.main_indication == indication


def test_nothing_out_of_a_file_is_more_than_text() -> None:
    name = HOSTILE + "]]> &amp; \x00 \ufffe \ud800"
    signature = replace(SIGNATURE, field=name, signer={"subject": name}, identifiers={"sub_filter": name})
    report = replace(
        told(FAILED, signature, findings=(finding("content-changed", field=name),)), document=replace(FACTS, name=name)
    )
    made = xml_report(report, judged_at=JUDGED_AT)
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    names = {etree.QName(element).localname for element in etree.fromstring(made, parser).iter()}
    assert not names & {"script", "img", "x"}
    assert "‹U+0000› ‹U+FFFE› ‹U+D800›" in made.decode("utf-8")
    parsed(report)
