"""The report for machines that know other verifiers: ETSI TS 119 102-2, as XML.

The elements are those of pyHanko's bindings of the schema (version 1.2.1), which its own generator fills from its own
validation; here they are filled from the verdict of this verifier, of every signature and timestamp, and completed
with its findings as additional report data. Names of such data begin with `urn:x-esign:verification:`.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from pyhanko.generated.etsi import ts_11910202 as vr
from pyhanko.generated.etsi import xades
from pyhanko.generated.w3c import xmldsig_core as ds
from xsdata.formats.dataclass.context import XmlContext
from xsdata.formats.dataclass.serializers import XmlSerializer
from xsdata.formats.dataclass.serializers.config import SerializerConfig
from xsdata.models.datatype import XmlDateTime

from esign.verify.report import ChangesAfter, Conclusion, Finding, Report, SignatureReport
from esign.verify.reports.harmless import harmless

NAMESPACES: Final = {
    "vr": "http://uri.etsi.org/19102/v1.2.1#",
    "XAdES": "http://uri.etsi.org/01903/v1.3.2#",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
    "xs": "http://www.w3.org/2001/XMLSchema",
}
OURS: Final = "urn:x-esign:verification:"
_ETSI: Final = "urn:etsi:019102:"
_NO_SIGNATURE: Final = "urn:cef:dss:mainindication:noSignatureFound"
"""The standard has no indication for a document without signature; this is that of the European Commission's DSS."""
_MAIN: Final = {
    Conclusion.PASSED.value: f"{_ETSI}mainindication:total-passed",
    Conclusion.FAILED.value: f"{_ETSI}mainindication:total-failed",
    Conclusion.INDETERMINATE.value: f"{_ETSI}mainindication:indeterminate",
}
_DIGESTS: Final = {
    "md5": "http://www.w3.org/2001/04/xmldsig-more#md5",
    "sha1": "http://www.w3.org/2000/09/xmldsig#sha1",
    "sha224": "http://www.w3.org/2001/04/xmldsig-more#sha224",
    "sha256": "http://www.w3.org/2001/04/xmlenc#sha256",
    "sha384": "http://www.w3.org/2001/04/xmldsig-more#sha384",
    "sha512": "http://www.w3.org/2001/04/xmlenc#sha512",
    "sha3_224": "http://www.w3.org/2007/05/xmldsig-more#sha3-224",
    "sha3_256": "http://www.w3.org/2007/05/xmldsig-more#sha3-256",
    "sha3_384": "http://www.w3.org/2007/05/xmldsig-more#sha3-384",
    "sha3_512": "http://www.w3.org/2007/05/xmldsig-more#sha3-512",
}
_BINDINGS: Final = XmlContext()
"""What is known of the schema's classes: learned once, it takes two fifths of the time of one report."""
_DOCUMENT: Final = "document"
_TIMESTAMP: Final = "document-timestamp"
_SENTENCE_AT_MOST: Final = 2000


def filled_report(report: Report, *, judged_at: datetime, version: str = "") -> bytes:
    """Return the report as XML (UTF-8). `judged_at` (timezone-aware) stands where the report has no validation time."""
    at = report.validation_time or judged_at
    numbered = list(enumerate(report.signatures, start=1))
    signatures = [
        _validation_report(number, signature, report, at, version)
        for number, signature in numbered
        if signature.kind != _TIMESTAMP
    ]
    objects = [_document_object(report), *_certificates(report)]
    for number, signature in numbered:
        if signature.kind == _TIMESTAMP:
            objects.append(_timestamp_object(number, signature, report, at, version))
    made = vr.ValidationReport(
        signature_validation_report=tuple(signatures or [_without_signature(report, at, version)]),
        signature_validation_objects=vr.ValidationObjectListType(validation_object=tuple(objects)),
    )
    config = SerializerConfig(indent="  ", xml_declaration=True, encoding="UTF-8")
    serializer = XmlSerializer(config=config, context=_BINDINGS)
    return serializer.render(made, ns_map=dict(NAMESPACES)).encode()


def _validation_report(
    number: int, signature: SignatureReport, report: Report, at: datetime, version: str
) -> vr.SignatureValidationReportType:
    known = signature.identifiers
    digest, value = signature.algorithms.get("digest", ""), known.get("signature_value")
    indication, sub_indication = _indication(signature, report)
    return vr.SignatureValidationReportType(
        signature_identifier=vr.SignatureIdentifierType(
            id=f"S-{number}",
            digest_alg_and_value=_digest(digest, known.get("attributes_digest")),
            signature_value=None if value is None else ds.SignatureValue(_decoded(value)),
            hash_only=False,
            doc_hash_only=False,
            daidentifier=harmless(signature.field),
        ),
        validation_constraints_evaluation_report=vr.ValidationConstraintsEvaluationReportType(
            validation_constraint=tuple(_constraints(signature, report))
        ),
        validation_time_info=vr.ValidationTimeInfoType(
            validation_time=_moment(at),
            best_signature_time=vr.POEType(
                poetime=_moment(signature.best_signature_time or at), type_of_proof=f"{_ETSI}poetype:validation"
            ),
        ),
        signers_document=_signers_document(signature, report),
        signature_attributes=_attributes(signature),
        signer_information=_signer(signature),
        signature_validation_process=vr.SignatureValidationProcessType(
            signature_validation_process_id=f"{_ETSI}validationprocess:LTA"
        ),
        signature_validation_status=vr.ValidationStatusType(
            main_indication=_MAIN[indication],
            sub_indication=(
                (f"{_ETSI}subindication:{harmless(sub_indication)}",) if sub_indication else ()
            ),
            associated_validation_report_data=_data([
                ("indication", signature.indication),
                ("level", harmless(signature.level)),
                ("revision", str(signature.revision)),
                *_findings(finding for finding in report.findings if finding.field in {None, signature.field}),
                *_about(report, version),
            ]),
        ),
    )  # fmt: skip


def _outcomes(signature: SignatureReport, report: Report) -> Iterator[tuple[str, str, str]]:
    """Yield each constraint's name, what was found of it, and `passed`, `failed` or `indeterminate`."""
    integrity = {"intact": "passed", "broken": "failed"}.get(signature.integrity, "indeterminate")
    changed = {ChangesAfter.FORBIDDEN.value: "failed", ChangesAfter.UNKNOWN.value: "indeterminate"}
    yield "integrity", signature.integrity, integrity
    yield "coverage", signature.coverage, "failed" if signature.coverage == "invalid" else "passed"
    yield "changes-after", signature.changes_after, changed.get(signature.changes_after, "passed")
    yield "document", report.conclusion.value, "failed" if report.conclusion is Conclusion.FAILED else "passed"


def _constraints(signature: SignatureReport, report: Report) -> Iterator[vr.IndividualValidationConstraintReportType]:
    for name, found, outcome in _outcomes(signature, report):
        yield vr.IndividualValidationConstraintReportType(
            validation_constraint_identifier=f"{OURS}constraint:{name}",
            validation_constraint_parameter=(_typed(f"constraint:{name}:found", harmless(found)),),
            constraint_status=vr.ConstraintStatusType(status=f"{_ETSI}constraintStatus:applied"),
            validation_status=vr.ValidationStatusType(main_indication=f"{_ETSI}mainindication:{outcome}"),
        )


def _indication(signature: SignatureReport, report: Report) -> tuple[str, str | None]:
    """Return indication and sub-indication: no signature passes in a report whose constraints it does not meet.

    The signature's own indication is of what it covers. Whoever reads this form alone would take it for the document,
    so one that passes but for a constraint is INDETERMINATE, SIG_CONSTRAINTS_FAILURE (EN 319 102-1 clause 5.1.3).
    """
    outcomes = {outcome for _, _, outcome in _outcomes(signature, report)}
    if signature.indication == Conclusion.PASSED.value and outcomes != {"passed"}:
        return Conclusion.INDETERMINATE.value, "SIG_CONSTRAINTS_FAILURE"
    return signature.indication, signature.sub_indication


def _signers_document(signature: SignatureReport, report: Report) -> vr.SignersDocumentType | None:
    """What was signed, by the digest in the signature; without one, the file as it is now stands for it."""
    digest = _digest(signature.algorithms.get("digest", ""), signature.identifiers.get("content_digest"))
    if digest is None and not report.document.sha256:
        return None
    return vr.SignersDocumentType(digest_alg_and_value=digest or _digest("sha256", report.document.sha256))


def _attributes(signature: SignatureReport) -> vr.SignatureAttributesType | None:
    claimed, sub_filter = signature.claimed_time, signature.identifiers.get("sub_filter")
    if claimed is None and sub_filter is None:
        return None
    return vr.SignatureAttributesType(
        signing_time=() if claimed is None else (vr.SASigningTimeType(signed=True, time=_moment(claimed)),),
        sub_filter=(
            () if sub_filter is None else (vr.SASubFilterType(signed=True, sub_filter_element=harmless(sub_filter)),)
        ),
    )


def _signer(signature: SignatureReport) -> vr.SignerInformationType | None:
    name = _certificate_name(signature)
    if name is None:
        return None
    subject = signature.signer.get("subject")
    return vr.SignerInformationType(
        signer_certificate=vr.VOReferenceType(voreference=(name,)),
        signer=None if subject is None else harmless(subject, _SENTENCE_AT_MOST),
    )


def _certificate_name(signature: SignatureReport) -> str | None:
    digest = signature.signer.get("certificate_sha256")
    return f"certificate-{digest}" if digest and "certificate" in signature.identifiers else None


def _certificates(report: Report) -> Iterator[vr.ValidationObjectType]:
    named = {_certificate_name(one): one.identifiers.get("certificate", "") for one in report.signatures}
    for name, encoded in named.items():
        if name is not None:
            yield vr.ValidationObjectType(
                id=name,
                object_type=f"{_ETSI}validationObject:certificate",
                validation_object_representation=vr.ValidationObjectRepresentationType(base64=_decoded(encoded)),
            )


def _document_object(report: Report) -> vr.ValidationObjectType:
    return vr.ValidationObjectType(
        id=_DOCUMENT,
        object_type=f"{_ETSI}validationObject:signedData",
        validation_object_representation=vr.ValidationObjectRepresentationType(
            digest_alg_and_value=_digest("sha256", report.document.sha256)
        ),
    )


def _timestamp_object(
    number: int, timestamp: SignatureReport, report: Report, at: datetime, version: str
) -> vr.ValidationObjectType:
    proven = timestamp.best_signature_time
    return vr.ValidationObjectType(
        id=f"timestamp-{number}",
        object_type=f"{_ETSI}validationObject:timestamp",
        validation_object_representation=vr.ValidationObjectRepresentationType(
            digest_alg_and_value=_digest("sha256", timestamp.identifiers.get("cms_sha256"))
        ),
        poe=None if proven is None else vr.POEType(
            poetime=_moment(proven), type_of_proof=f"{_ETSI}poetype:validation"
        ),
        validation_report=_validation_report(number, timestamp, report, at, version),
    )  # fmt: skip


def _without_signature(report: Report, at: datetime, version: str) -> vr.SignatureValidationReportType:
    """Where nobody signed, or nothing could be read, there is still one report that says so."""
    main = _NO_SIGNATURE if report.readable else f"{_ETSI}mainindication:indeterminate"
    return vr.SignatureValidationReportType(
        validation_time_info=vr.ValidationTimeInfoType(
            validation_time=_moment(at),
            best_signature_time=vr.POEType(poetime=_moment(at), type_of_proof=f"{_ETSI}poetype:validation"),
        ),
        signature_validation_status=vr.ValidationStatusType(
            main_indication=main,
            associated_validation_report_data=_data([*_findings(report.findings), *_about(report, version)]),
        ),
    )


def _findings(findings: Iterable[Finding]) -> Iterator[tuple[str, str]]:
    for finding in findings:
        name = f"finding:{finding.severity.value}:{harmless(finding.code)}"
        yield name, harmless(finding.message, _SENTENCE_AT_MOST)


def _about(report: Report, version: str) -> Iterator[tuple[str, str]]:
    """What holds of the document as a whole."""
    yield "document:name", harmless(report.document.name)
    yield "document:conclusion", report.conclusion.value
    yield "document:readable", str(report.readable).lower()
    if report.acceptance is not None:
        yield "acceptance:policy", harmless(report.acceptance.policy)
        yield "acceptance:verdict", report.acceptance.verdict.value
    if version:
        yield "verifier", f"esign {version}"


def _data(rows: Iterable[tuple[str, str]]) -> tuple[vr.ValidationReportDataType, ...]:
    typed = tuple(_typed(name, value) for name, value in rows)
    return (
        vr.ValidationReportDataType(
            additional_validation_report_data=vr.AdditionalValidationReportDataType(report_data=typed)
        ),
    )


def _typed(name: str, value: str) -> vr.TypedDataType:
    return vr.TypedDataType(type_value=f"{OURS}{name}", value=value)


def _digest(algorithm: str, value: str | None) -> xades.DigestAlgAndValueType | None:
    if not value or algorithm not in _DIGESTS:
        return None
    return xades.DigestAlgAndValueType(
        digest_method=ds.DigestMethod(algorithm=_DIGESTS[algorithm]),
        digest_value=ds.DigestValue(bytes.fromhex(value)),
    )


def _decoded(value: str) -> bytes:
    return base64.b64decode(value, validate=True)


def _moment(at: datetime) -> XmlDateTime:
    return XmlDateTime.from_datetime(at.astimezone(UTC).replace(microsecond=0))
