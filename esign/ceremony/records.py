"""What the ceremony keeps apart from the trail: captures with their salts, who identified how, what was confirmed.

Every record is sealed under a key of its own and can be erased; events name it by id and salted digest.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from esign.evidence.items import SALT_BYTES, EvidenceItem, ItemKind, Placement, item_file_name
from esign.evidence.manifest import SignatureEvidence
from esign.infra.columns import JsonValue, canonical_json
from esign.infra.personal_records import PersonalRecords

HANDWRITING: Final = "handwriting"
PHOTO: Final = "photo"
IDENTITY: Final = "identity"
CONFIRMATION: Final = "confirmation"


@dataclass(frozen=True)
class Captured:
    """A capture and the salt that goes into its digest."""

    salt: bytes = field(repr=False)
    data: bytes = field(repr=False)

    @property
    def digest(self) -> str:
        """SHA-256 of salt and data, in hexadecimal digits: what events and manifest say of it."""
        return hashlib.sha256(self.salt + self.data).hexdigest()


@dataclass(frozen=True)
class IdentityFacts:
    """How somebody was identified: what a verifier said, and on which device (facts that the device told)."""

    assurance: str
    by: str
    reference: str | None
    device: Mapping[str, str]


@dataclass(frozen=True)
class Confirmation:
    """What was frozen when a recipient confirmed: the manifest with its items, and which captures they were."""

    evidence: SignatureEvidence
    handwriting: str
    photo: str | None


class CeremonyRecords:
    """Reads and writes those records in the caller's transaction."""

    def __init__(self, records: PersonalRecords) -> None:
        self._records = records

    def keep_capture(self, session: Session, record: str, kind: str, captured: Captured, *, at: datetime) -> None:
        """Keep handwriting or a photo. Raises `RecordError`."""
        self._records.keep(session, record, kind, captured.salt + captured.data, at=at)

    def capture(self, session: Session, record: str) -> Captured:
        """Return a capture. Raises `RecordErased`, `RecordError`, `SealedDataError`."""
        data = self._records.read(session, record)
        return Captured(data[:SALT_BYTES], data[SALT_BYTES:])

    def keep_identity(self, session: Session, record: str, facts: IdentityFacts, *, at: datetime) -> None:
        form = {
            "assurance": facts.assurance,
            "by": facts.by,
            "reference": facts.reference,
            "device": dict(facts.device),
        }
        self._records.keep(session, record, IDENTITY, canonical_json(form), at=at)

    def identity(self, session: Session, record: str) -> IdentityFacts:
        """Return how somebody was identified. Raises as `capture` does."""
        form = json.loads(self._records.read(session, record))
        return IdentityFacts(form["assurance"], form["by"], form["reference"], form["device"])

    def keep_confirmation(self, session: Session, record: str, confirmation: Confirmation, *, at: datetime) -> None:
        """Keep manifest and items as they were frozen."""
        form: JsonValue = {
            "manifest": _text(confirmation.evidence.manifest),
            "items": [_item_form(item) for item in confirmation.evidence.items],
            "handwriting": confirmation.handwriting,
            "photo": confirmation.photo,
        }
        self._records.keep(session, record, CONFIRMATION, canonical_json(form), at=at)

    def confirmation(self, session: Session, record: str) -> Confirmation:
        """Return what was confirmed. Raises as `capture` does."""
        form = json.loads(self._records.read(session, record))
        items = tuple(_item(item) for item in form["items"])
        return Confirmation(SignatureEvidence(_bytes(form["manifest"]), items), form["handwriting"], form["photo"])


def _item_form(item: EvidenceItem) -> Mapping[str, JsonValue]:
    return {
        "kind": item.kind.value,
        "media_type": item.media_type,
        "placement": item.placement.value,
        "digest": item.digest.hex(),
        "content": _text(item.content),
    }


def _item(form: Mapping[str, str]) -> EvidenceItem:
    kind, placement = ItemKind(form["kind"]), Placement(form["placement"])
    return EvidenceItem(
        kind,
        form["media_type"],
        placement,
        bytes.fromhex(form["digest"]),
        _bytes(form["content"]),
        item_file_name(kind, placement),
    )


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)
