"""Signing acts for tests: evidence of invented people, and documents signed with a real authority."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache

from ca.authority import EmbeddedAuthority
from ca.ports import (
    CertificateIssuer,
    EventCertificateRequest,
    IssuedCertificate,
    RevocationReason,
)
from esign.evidence.handwriting import encode_handwriting
from esign.evidence.items import EvidenceItem, ItemKind, Placement, sealed_item, visible_item
from esign.evidence.manifest import (
    IdentityAssurance,
    Manifest,
    Mode,
    SignatureEvidence,
    encode_manifest,
    manifest_items,
)
from esign.evidence.photo import Photo, read_photo
from esign.evidence.sealing import EnvelopeKey, create_envelope_key
from esign.pades.act import Act, Opener, Signature, opener_of, sign_for_recipient, sign_with_seal, timestamp_signature
from esign.pades.appearance import Appearance, HandwrittenAppearance, SealAppearance, announced_text
from esign.pades.fields import FieldPlan, Lock, OnPage
from esign.pades.prepare import prepare
from esign.pades.revision import open_revision
from esign.pades.typeface import Typeface
from tests.signers import face_jpeg, handwriting

ORGANISATION = "示例保险股份有限公司"
NOTICE = "测试证书 TEST"
LABELS = {"applicant": "投保人", "insured": "被保险人"}
NAMES = {"applicant": "张伟", "insured": "李秀英"}
UNPREPARED = "麒麟𠮷"
"""A name with characters that these documents are not prepared for."""
BOXES = {"applicant": (60.0, 560.0, 300.0, 640.0), "insured": (60.0, 440.0, 300.0, 520.0)}
SEAL_BOX = (320.0, 560.0, 560.0, 640.0)


@cache
def envelope_key() -> EnvelopeKey:
    return create_envelope_key()


@cache
def photo_of(seed: int) -> Photo:
    return read_photo(face_jpeg(seed, (240, 300)))


def moment() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def texts() -> Sequence[str]:
    """Everything that may be drawn on a document of these tests."""
    return announced_text(
        [*(f"{LABELS[name]} {NAMES[name]}" for name in LABELS), ORGANISATION],
        notice=NOTICE,
    )


def plans(names: Sequence[str] = ("applicant", "insured"), *, seal: bool = True) -> list[FieldPlan]:
    """Fields on page 1 for these recipients, and one for the seal."""
    made = [FieldPlan(name, OnPage(1, BOXES[name]), Lock.OWN_FIELD, LABELS[name]) for name in names]
    return [*made, FieldPlan("seal", OnPage(1, SEAL_BOX), Lock.DOCUMENT, "保险人签章")] if seal else made


def prepared(document: bytes, typeface: Typeface, fields: Sequence[FieldPlan] | None = None) -> bytes:
    """Return the document with its prepared revision."""
    wanted = plans() if fields is None else fields
    return document + prepare(io.BytesIO(document), wanted, typeface=typeface, texts=texts())


def evidence_of(name: str, *, placement: Placement | None = None) -> SignatureEvidence:
    """Return sealed handwriting and, with a placement, a photo."""
    seed, key = len(name), envelope_key().public_key
    strokes = encode_handwriting(handwriting(seed))
    items: list[EvidenceItem] = [
        sealed_item(
            ItemKind.HANDWRITING,
            "application/json",
            strokes,
            salt=hashlib.sha256(name.encode()).digest(),
            envelope_public_key=key,
        )
    ]
    if placement is Placement.VISIBLE:
        items.append(visible_item(ItemKind.PHOTO, "image/jpeg", photo_of(seed).jpeg))
    elif placement is not None:
        items.append(
            sealed_item(
                ItemKind.PHOTO,
                "image/jpeg",
                photo_of(seed).jpeg,
                placement=placement,
                salt=hashlib.sha256(b"photo" + name.encode()).digest(),
                envelope_public_key=key,
            )
        )
    return _frozen(name, items)


def evidence_without_handwriting() -> SignatureEvidence:
    """Return evidence that has a photo alone."""
    return _frozen("applicant", [visible_item(ItemKind.PHOTO, "image/jpeg", photo_of(9).jpeg)])


def _frozen(name: str, items: Sequence[EvidenceItem]) -> SignatureEvidence:
    manifest = Manifest(
        envelope="env_1",
        recipient=f"env_1.{name}",
        role="applicant",
        field=name,
        original_sha256=bytes(32),
        prepared_sha256=bytes(32),
        pages=(),
        signatures_present=(),
        consents=(),
        identity=IdentityAssurance("not-verified", "nobody"),
        mode=Mode.TEST,
        confirmed_at=datetime(2026, 11, 20, 8, 30, tzinfo=UTC),
        items=manifest_items(items),
    )
    return SignatureEvidence(encode_manifest(manifest), tuple(items))


def act_of(
    name: str,
    *,
    placement: Placement | None = None,
    time: datetime | None = None,
    field_name: str | None = None,
    person: str | None = None,
) -> Act:
    """Return what the recipient `name`, or the `person` in that place, signs; now unless told otherwise."""
    claimed, person = time or moment(), person or NAMES[name]

    def appearance(serial_number: int) -> Appearance:
        visible = photo_of(len(name)) if placement is Placement.VISIBLE else None
        return HandwrittenAppearance(
            handwriting(len(name)), visible, LABELS[name], person, claimed, serial_number, NOTICE
        )

    return Act(field_name or name, person, claimed, evidence_of(name, placement=placement), appearance)


def opener_with(document: bytes, typeface: Typeface) -> Opener:
    """Return the opener that draws also what the document was not prepared for."""
    return lambda content, capacity: open_revision(io.BytesIO(document), content, capacity=capacity, typeface=typeface)


def sign(
    document: bytes,
    name: str,
    authority: EmbeddedAuthority,
    *,
    placement: Placement | None = None,
    timestamp: bool = True,
    field_name: str | None = None,
    person: str | None = None,
    typeface: Typeface | None = None,
) -> Signature:
    """Sign for a recipient: B-T, or B-B without `timestamp`. A `person` with a name of their own needs a typeface."""
    size = authority.timestamp_authority.token_size_bound if timestamp else 0
    act = act_of(name, placement=placement, field_name=field_name, person=person)
    opener = opener_of(io.BytesIO(document)) if typeface is None else opener_with(document, typeface)
    signature = sign_for_recipient(opener, act, authority.issuer, token_size=size)
    return timestamp_signature(signature, authority.timestamp_authority) if timestamp else signature


def put_seal(document: bytes, authority: EmbeddedAuthority, *, timestamp: bool = True) -> Signature:
    """Seal the document: B-T, or B-B without `timestamp`."""
    claimed = moment()
    signature = sign_with_seal(
        opener_of(io.BytesIO(document)),
        field="seal",
        organisation=ORGANISATION,
        claimed_time=claimed,
        seal=authority.seal,
        appearance=lambda serial: SealAppearance(ORGANISATION, claimed, serial, NOTICE),
        token_size=authority.timestamp_authority.token_size_bound if timestamp else 0,
    )
    return timestamp_signature(signature, authority.timestamp_authority) if timestamp else signature


@dataclass
class RecordingIssuer:
    """The authority's issuer, which remembers what it was asked."""

    inner: CertificateIssuer
    requests: list[EventCertificateRequest] = field(default_factory=list)
    issued: list[IssuedCertificate] = field(default_factory=list)
    revoked: list[tuple[int, RevocationReason]] = field(default_factory=list)

    def issue_event_certificate(self, request: EventCertificateRequest) -> IssuedCertificate:
        self.requests.append(request)
        self.issued.append(self.inner.issue_event_certificate(request))
        return self.issued[-1]

    def issued_for(self, manifest_digest: bytes) -> tuple[int, ...]:
        return self.inner.issued_for(manifest_digest)

    def revoke(self, serial_number: int, reason: RevocationReason) -> None:
        self.revoked.append((serial_number, reason))
        self.inner.revoke(serial_number, reason)
