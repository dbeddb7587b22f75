"""Freezing what a signature stands on, at the moment of confirming (SIGNING.md, Confirm)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.ceremony.domain import Envelope, Recipient
from esign.ceremony.domain.refusal import refusal
from esign.ceremony.domain.values import PhotoPlacement
from esign.ceremony.models import AcceptedSignature, EnvelopeKeyRow
from esign.ceremony.people import Person
from esign.ceremony.records import Captured, CeremonyRecords, Confirmation, IdentityFacts
from esign.evidence.consent import Consent, PageView
from esign.evidence.items import SALT_BYTES, EvidenceItem, ItemKind, Placement, sealed_item, visible_item
from esign.evidence.manifest import (
    IdentityAssurance,
    Manifest,
    Mode,
    Presence,
    PresentSignature,
    SignatureEvidence,
    encode_manifest,
    manifest_items,
)
from esign.infra.columns import canonical_json


@dataclass(frozen=True)
class Frozen:
    """A confirmation and the digest of its manifest (64 hexadecimal digits)."""

    confirmation: Confirmation
    manifest: str


class Freezer:
    """Makes confirmations."""

    def __init__(self, records: CeremonyRecords, entropy: Callable[[int], bytes]) -> None:
        self._records = records
        self._entropy = entropy

    def freeze(
        self, session: Session, envelope: Envelope, recipient: Recipient, person: Person, *, at: datetime
    ) -> Frozen:
        """Seal the items to the envelope's key and list them in a manifest, confirmed `at`.

        Raises `Refusal` where handwriting or identity is not there yet, `RecordErased` where it is not any more.
        """
        session_state = recipient.session
        if session_state.handwriting is None or session_state.identity is None:
            raise refusal("draw-first")
        document = envelope.document(recipient.plan.document)
        key = session.get(EnvelopeKeyRow, envelope.id)
        if key is None:
            raise refusal("no-envelope")
        items = tuple(self._items(session, envelope, recipient, person, key.public_key))
        identity = session_state.identity
        manifest = Manifest(
            envelope=envelope.id,
            recipient=recipient.id,
            role=recipient.plan.role.value,
            field=recipient.plan.field or "",
            original_sha256=bytes.fromhex(document.plan.original),
            prepared_sha256=bytes.fromhex(document.plan.prepared),
            pages=tuple(
                PageView(stay.page, bytes.fromhex(stay.image), stay.entered_at, stay.left_at)
                for stay in session_state.stays
            ),
            signatures_present=_present(session, envelope, document.plan.id),
            consents=tuple(
                Consent(given.id, given.version, bytes.fromhex(given.digest), given.at)
                for given in session_state.consents
            ),
            identity=IdentityAssurance(identity.assurance, identity.by, Presence(identity.presence.value)),
            mode=Mode(envelope.settings.mode.value),
            confirmed_at=at.astimezone(UTC),
            items=manifest_items(items),
        )
        encoded = encode_manifest(manifest)
        photo = session_state.photo.record if session_state.photo else None
        confirmation = Confirmation(SignatureEvidence(encoded, items), session_state.handwriting.record, photo)
        return Frozen(confirmation, hashlib.sha256(encoded).hexdigest())

    def _items(
        self, session: Session, envelope: Envelope, recipient: Recipient, person: Person, public_key: bytes
    ) -> Iterator[EvidenceItem]:
        captures = recipient.session
        if captures.handwriting is not None:
            strokes = self._records.capture(session, captures.handwriting.record)
            yield _sealed(ItemKind.HANDWRITING, "application/json", strokes, public_key)
        if captures.photo is not None:
            photo = self._records.capture(session, captures.photo.record)
            placement = envelope.settings.photo_placement
            if placement is PhotoPlacement.VISIBLE:
                yield visible_item(ItemKind.PHOTO, "image/jpeg", photo.data)
            else:
                yield _sealed(ItemKind.PHOTO, "image/jpeg", photo, public_key, Placement(placement.value))
        if captures.identity is not None and captures.identity.record is not None:
            facts = self._records.identity(session, captures.identity.record)
            device, known = _device(facts, captures.device), _identity(facts, person, captures.assisted_by)
            for kind, data in ((ItemKind.DEVICE, device), (ItemKind.IDENTITY, known)):
                yield _sealed(kind, "application/json", Captured(self._entropy(SALT_BYTES), data), public_key)


def _sealed(
    kind: ItemKind,
    media_type: str,
    captured: Captured,
    public_key: bytes,
    placement: Placement = Placement.SEALED,
) -> EvidenceItem:
    return sealed_item(
        kind,
        media_type,
        captured.data,
        placement=placement,
        salt=captured.salt,
        envelope_public_key=public_key,
    )


def _device(facts: IdentityFacts, device: str | None) -> bytes:
    return canonical_json({"schema": "esign-device/1", "device": device, **facts.device})


def _identity(facts: IdentityFacts, person: Person, assisted_by: str | None) -> bytes:
    return canonical_json(
        {
            "schema": "esign-identity/1",
            "name": person.name,
            "phone": person.phone,
            "id_number": person.id_number,
            "assurance": facts.assurance,
            "by": facts.by,
            "reference": facts.reference,
            "assisted_by": assisted_by,
        }
    )


def _present(session: Session, envelope: Envelope, document: str) -> tuple[PresentSignature, ...]:
    """Return the signatures that the document has already."""
    fields = {one.id: one.plan.field or "" for one in envelope.recipients}
    found = session.execute(
        select(AcceptedSignature.recipient, AcceptedSignature.cms_sha256)
        .where(AcceptedSignature.document == document)
        .order_by(AcceptedSignature.recipient)
    )
    return tuple(PresentSignature(fields[recipient], bytes.fromhex(cms)) for recipient, cms in found)
