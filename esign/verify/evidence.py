"""Evidence inside a signed PDF: the associated files on a signature's appearance, and what binds them to it.

Files are read from the revision that the signature signed. The event certificate binds them: its subject
alternative name holds the manifest's digest as an RFC 6920 URI, its RFC 3739 `biometricInfo` those of
handwriting and photo.
"""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from asn1crypto import algos, core, x509

from esign.errors import EvidenceError
from esign.evidence.manifest import MANIFEST_FILE_NAME, Manifest, manifest_digest, parse_manifest
from esign.verify.errors import MALFORMED, LimitReached, UnreadableDocument
from esign.verify.limits import Limits
from esign.verify.reading.document import PdfFile
from esign.verify.reading.fields import Field, text_string
from esign.verify.reading.objects import PdfDict, Stream
from esign.verify.reading.revision import Revision
from esign.verify.reading.signature_fields import SignatureField, signature_fields

BIOMETRIC_INFO: Final = "1.3.6.1.5.5.7.1.2"
_NI_SHA256: Final = "ni:///sha-256;"
_FILES_AT_MOST: Final = 64


@dataclass(frozen=True)
class FieldEvidence:
    """The evidence files of one signature, by file name, as they lie in the signed revision.

    `manifest` is None where there is no manifest or it does not parse; `manifest_defect` then says why.
    """

    field: str
    files: Mapping[str, bytes] = dataclasses.field(default_factory=dict, repr=False)
    manifest: Manifest | None = None
    manifest_defect: str | None = None


@dataclass(frozen=True)
class EvidenceBinding:
    """What a certificate says of evidence: the manifest's digest, and biometric digests by type (0, 1)."""

    manifest_digest: bytes | None
    biometrics: Mapping[int, bytes]


def read_evidence(document: BinaryIO, password: str | None = None) -> tuple[FieldEvidence, ...]:
    """Return the evidence of every signature in the document that carries any, in signing order.

    Whether it is the evidence that was signed is for `verify` to say. Raises `UnreadableDocument`.
    """
    try:
        file = PdfFile(document, Limits(), password)
        found = [evidence_of(file, signature) for signature in signature_fields(file)]
    except LimitReached as error:
        raise UnreadableDocument("limit-reached", str(error), "inspect a smaller file") from error
    return tuple(evidence for evidence in found if evidence is not None)


def evidence_of(file: PdfFile, signature: SignatureField) -> FieldEvidence | None:
    """Return the signature's evidence as it was signed, or None if it carries none."""
    end = signature.end
    if end is None or signature.signed_field is None:
        return None
    files = associated_files(file.revision(end), signature.signed_field)
    if not files:
        return None
    encoded = files.get(MANIFEST_FILE_NAME)
    if encoded is None:
        return FieldEvidence(signature.name, files, None, "there is no manifest among the evidence")
    try:
        return FieldEvidence(signature.name, files, parse_manifest(encoded))
    except EvidenceError as error:
        return FieldEvidence(signature.name, files, None, error.cause)


def associated_files(revision: Revision, form_field: Field) -> dict[str, bytes]:
    """Return the files associated with the normal appearance of the field's widgets (ISO 32000-2 clause 14.13)."""
    files: dict[str, bytes] = {}
    for widget in (*form_field.widgets, form_field.ref):
        appearance = revision.dictionary(revision.dictionary(widget).get("AP"))
        for item in revision.array(revision.dictionary(appearance.get("N")).get("AF"))[:_FILES_AT_MOST]:
            specification = revision.dictionary(item)
            name = revision.resolve(specification.get("UF") or specification.get("F"))
            data = _embedded_data(revision, specification)
            if isinstance(name, bytes) and data is not None:
                files.setdefault(text_string(name), data)
    return files


def _embedded_data(revision: Revision, specification: PdfDict) -> bytes | None:
    embedded = revision.dictionary(specification.get("EF"))
    stream = revision.resolve(embedded.get("F") or embedded.get("UF"))
    if not isinstance(stream, Stream) or stream.length > revision.file.limits.evidence_file_bytes:
        return None
    filters = revision.resolve(stream.dictionary.get("Filter"))
    if filters in ("DCTDecode", ["DCTDecode"]):
        return stream.raw()  # an image that is drawn as well: its encoded data is the JPEG file
    try:
        return revision.decoded(stream)
    except LimitReached:
        raise
    except MALFORMED:
        return None


class _BiometricType(core.Choice):  # type: ignore[misc]
    _alternatives = [("predefined", core.Integer), ("object_identifier", core.ObjectIdentifier)]  # noqa: RUF012


class _BiometricData(core.Sequence):  # type: ignore[misc]
    _fields = [  # noqa: RUF012
        ("kind", _BiometricType),
        ("hash_algorithm", algos.DigestAlgorithm),
        ("digest", core.OctetString),
        ("source", core.IA5String, {"optional": True}),
    ]


class _BiometricInfo(core.SequenceOf):  # type: ignore[misc]
    """BiometricSyntax, RFC 3739 clause 3.2.5."""

    _child_spec = _BiometricData


def read_binding(certificate: x509.Certificate) -> EvidenceBinding:
    """Read what the certificate says of evidence; what does not parse is not said."""
    digest: bytes | None = None
    biometrics: dict[int, bytes] = {}
    try:
        names = certificate.subject_alt_name_value
        for name in names if names is not None else ():
            if name.name != "uniform_resource_identifier":
                continue
            uri = name.chosen.contents.decode("ascii")  # as written: asn1crypto's native form rewrites the path
            if uri.startswith(_NI_SHA256):
                encoded = uri.removeprefix(_NI_SHA256).split("?")[0]
                digest = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
        for extension in certificate["tbs_certificate"]["extensions"]:
            if extension["extn_id"].dotted == BIOMETRIC_INFO:
                for entry in _BiometricInfo.load(bytes(extension["extn_value"])):
                    if entry["kind"].name == "predefined":
                        biometrics[entry["kind"].chosen.native] = entry["digest"].native
    except MALFORMED:
        return EvidenceBinding(digest, biometrics)
    return EvidenceBinding(digest, biometrics)


def evidence_summary(evidence: FieldEvidence | None, *, bound: bool) -> dict[str, Any]:
    """Return the `evidence` member of a signature's report."""
    if evidence is None:
        return {"present": False}
    encoded = evidence.files.get(MANIFEST_FILE_NAME)
    items = evidence.manifest.items if evidence.manifest else ()
    placements = {item.kind.value: item.placement.value for item in items}
    return {
        "present": True,
        "manifest_sha256": manifest_digest(encoded).hex() if encoded is not None else None,
        "manifest_bound": bound,
        "handwriting": placements.get("handwriting", "none"),
        "photo": placements.get("photo", "none"),
        "items": [
            {
                "kind": item.kind.value,
                "placement": item.placement.value,
                "file": item.file_name,
                "sha256": item.digest.hex(),
                "bytes": len(evidence.files[item.file_name]) if item.file_name in evidence.files else None,
            }
            for item in items
        ],
        "envelope": evidence.manifest.envelope if evidence.manifest else None,
        "recipient": evidence.manifest.recipient if evidence.manifest else None,
        "role": evidence.manifest.role if evidence.manifest else None,
        "mode": evidence.manifest.mode.value if evidence.manifest else None,
        "identity": {"level": evidence.manifest.identity.level, "by": evidence.manifest.identity.by}
        if evidence.manifest
        else None,
        "consents": [{"id": given.id, "version": given.version} for given in evidence.manifest.consents]
        if evidence.manifest
        else [],
        "files": sorted(evidence.files),
    }
