"""Our own operations as they are measured: one recipient's signature, at each level, and its verification."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from asn1crypto import x509 as asn1_x509

from ca.authority import EmbeddedAuthority
from ca.ports import CertifiedKey
from esign.evidence.handwriting import Handwriting, parse_handwriting
from esign.evidence.photo import Photo, read_photo
from esign.pades.act import CMS_OVERHEAD, Signature, archive, timestamp_signature, validation_data_for
from esign.pades.appearance import HandwrittenAppearance, announced_text
from esign.pades.associated_files import AssociatedFile
from esign.pades.cms import sign_digest
from esign.pades.fields import FieldPlan, Lock, OnPage
from esign.pades.prepare import prepare
from esign.pades.revision import SignatureContent, add_validation_data, open_revision
from esign.pades.typeface import Typeface
from esign.verify import Report
from esign.verify import verify as judge
from tests.signers import face_jpeg, handwriting_json

FIELD = "applicant"
NAME = "张伟"
CHINA = timezone(timedelta(hours=8))


@dataclass(frozen=True)
class Material:
    """What is signed and with what: the same for every contestant."""

    prepared: bytes
    authority: EmbeddedAuthority
    key: CertifiedKey
    handwriting: Handwriting
    photo: Photo
    files: dict[str, AssociatedFile]

    @property
    def appearance(self) -> HandwrittenAppearance:
        serial_number = asn1_x509.Certificate.load(self.key.certificate).serial_number
        return HandwrittenAppearance(
            self.handwriting, self.photo, "投保人", NAME, datetime.now(CHINA).replace(microsecond=0), serial_number
        )


def gather(document: bytes, authority: EmbeddedAuthority, typeface: Typeface) -> Material:
    """Prepare the document and read the evidence, outside of what is measured."""
    handwriting, photo = parse_handwriting(handwriting_json(1)), read_photo(face_jpeg(1))
    plan = FieldPlan(FIELD, OnPage(1, (72, 60, 330, 150)), Lock.OWN_FIELD, NAME)
    prepared = document + prepare(
        io.BytesIO(document), [plan], typeface=typeface, texts=announced_text([f"投保人 {NAME}"])
    )
    files = {
        "manifest.json": AssociatedFile(b'{"schema":"bench"}' * 60, "application/json"),
        "handwriting.cms": AssociatedFile(handwriting_json(1), "application/pkcs7-mime"),
        "photo.jpg": AssociatedFile(photo.jpeg, "image/jpeg"),
    }
    return Material(prepared, authority, authority.seal, handwriting, photo, files)


def _sign(material: Material, token_size: int) -> Signature:
    appearance = material.appearance
    content = SignatureContent(FIELD, NAME, appearance.time, appearance, material.files)
    carried = len(material.key.certificate) + sum(map(len, material.key.chain))
    revision = open_revision(io.BytesIO(material.prepared), content, capacity=carried + CMS_OVERHEAD + token_size)
    cms = sign_digest(revision.digest, material.key)
    return Signature(revision, cms, material.key.certificate, material.key.chain, appearance.time)


def sign_b_b(material: Material) -> bytes:
    return material.prepared + _sign(material, 0).increment


def _timestamped(material: Material) -> Signature:
    authority = material.authority.timestamp_authority
    return timestamp_signature(_sign(material, authority.token_size_bound), authority)


def sign_b_t(material: Material) -> bytes:
    return material.prepared + _timestamped(material).increment


def sign_b_lt(material: Material) -> bytes:
    signature = _timestamped(material)
    signed = material.prepared + signature.increment
    data = validation_data_for(signature, material.authority.revocation, roots=material.authority.roots)
    return signed + add_validation_data(io.BytesIO(signed), data)


def sign_b_lta(material: Material) -> bytes:
    signature = _timestamped(material)
    signed = material.prepared + signature.increment
    data = validation_data_for(signature, material.authority.revocation, roots=material.authority.roots)
    return signed + archive(io.BytesIO(signed), data, material.authority.timestamp_authority)


SIGN: dict[str, Callable[[Material], bytes]] = {
    "sign-b-b": sign_b_b,
    "sign-b-t": sign_b_t,
    "sign-b-lt": sign_b_lt,
    "sign-b-lta": sign_b_lta,
}


def now() -> datetime:
    return datetime.now(UTC)


def key_file(authority_folder: Path) -> Path:
    """The seal's key, which stock pyHanko loads for every signature."""
    return authority_folder / "keys" / "seal.pem"


def verify(signed: bytes, material: Material) -> Report:
    """Judge the file as `esign verify` does. Raises `ValueError` if it fails.

    A file of level B-B carries no revocation data and is INDETERMINATE offline.
    """
    report = judge(io.BytesIO(signed), name="bench.pdf", trust=material.authority.trust_store(), at=now())
    if report.conclusion not in {"TOTAL-PASSED", "INDETERMINATE"}:
        raise ValueError(f"our verifier does not accept the file: {report.as_json()}")
    return report
