"""One item of evidence: where it is placed, what is hashed, what is stored.

A visible item is its data, and its digest is SHA-256 of that. Every other item is sealed: the plaintext is a
32-byte salt followed by the data, the digest is SHA-256 of that plaintext, the content its CMS. So nobody
can test guesses of the data against the digest, and an auditor who holds the key needs standard tools only::

    openssl cms -decrypt -inform DER -in photo.cms -inkey envelope.key -out photo.bin
    sha256sum photo.bin                   # the digest in the manifest
    tail -c +33 photo.bin > photo.jpg     # the data
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum

from esign.errors import EvidenceError
from esign.evidence.sealing import seal

SALT_BYTES = 32
ITEM_BYTES_AT_MOST = 16 * 1024 * 1024


class Placement(StrEnum):
    """Where an item is, and who can read it."""

    VISIBLE = "visible"
    """In the PDF, for all to read."""
    SEALED = "sealed"
    """In the PDF, sealed to the envelope's key."""
    DIGEST_ONLY = "digest-only"
    """Sealed to the envelope's key and kept outside the PDF, which holds the digest alone."""


class ItemKind(StrEnum):
    """What an item shows. A signature has at most one item of each kind."""

    HANDWRITING = "handwriting"
    PHOTO = "photo"
    DEVICE = "device"
    IDENTITY = "identity"


@dataclass(frozen=True)
class EvidenceItem:
    """One item. `media_type` is that of the data, also when sealed; `digest` is 32 bytes (see the module)."""

    kind: ItemKind
    media_type: str
    placement: Placement
    digest: bytes
    content: bytes = field(repr=False)
    file_name: str


_ALLOWED_PLACEMENTS = {
    ItemKind.HANDWRITING: frozenset({Placement.SEALED}),
    ItemKind.PHOTO: frozenset(Placement),
    ItemKind.DEVICE: frozenset({Placement.SEALED}),
    ItemKind.IDENTITY: frozenset({Placement.SEALED}),
}


def may_be_placed(kind: ItemKind, placement: Placement) -> bool:
    """Tell whether this kind may be placed so: raw strokes, device facts and ID data are always sealed."""
    return placement in _ALLOWED_PLACEMENTS[kind]


def item_file_name(kind: ItemKind, placement: Placement) -> str:
    """Return the item's file name in the PDF and in the evidence bundle."""
    return "photo.jpg" if placement is Placement.VISIBLE else f"{kind.value}.cms"


def visible_item(kind: ItemKind, media_type: str, data: bytes) -> EvidenceItem:
    """Make an item that all can read; only a photo (`image/jpeg`) may be one.

    Raises `EvidenceError` (`item-not-placeable`, `item-size`).
    """
    _require_placeable(kind, Placement.VISIBLE)
    if media_type != "image/jpeg":
        raise EvidenceError("item-not-placeable", "a visible item is a JPEG picture", "read it with read_photo")
    _require_size(kind, data)
    digest = hashlib.sha256(data).digest()
    file_name = item_file_name(kind, Placement.VISIBLE)
    return EvidenceItem(kind, media_type, Placement.VISIBLE, digest, data, file_name)


def sealed_item(
    kind: ItemKind,
    media_type: str,
    data: bytes,
    *,
    placement: Placement = Placement.SEALED,
    salt: bytes,
    envelope_public_key: bytes,
) -> EvidenceItem:
    """Seal the data, with its salt, to the envelope's public key (DER SubjectPublicKeyInfo).

    `salt` is 32 fresh random bytes, used for this item alone. Raises `EvidenceError` (`item-not-placeable`,
    `item-size`, `item-salt`, and those of `seal`).
    """
    if placement is Placement.VISIBLE:
        raise EvidenceError("item-not-placeable", "a sealed item cannot be visible", "use visible_item")
    _require_placeable(kind, placement)
    _require_size(kind, data)
    if len(salt) != SALT_BYTES:
        raise EvidenceError("item-salt", f"a salt has {SALT_BYTES} bytes", "draw a fresh random salt")
    plaintext = salt + data
    digest = hashlib.sha256(plaintext).digest()
    content = seal(plaintext, envelope_public_key)
    return EvidenceItem(kind, media_type, placement, digest, content, item_file_name(kind, placement))


def _require_placeable(kind: ItemKind, placement: Placement) -> None:
    if not may_be_placed(kind, placement):
        raise EvidenceError(
            "item-not-placeable",
            f"{kind.value} is never placed {placement.value}",
            "seal it, as SIGNING.md asks for private evidence",
        )


def _require_size(kind: ItemKind, data: bytes) -> None:
    if not 0 < len(data) <= ITEM_BYTES_AT_MOST:
        raise EvidenceError(
            "item-size",
            f"the {kind.value} item has {len(data)} bytes",
            f"keep it between 1 and {ITEM_BYTES_AT_MOST} bytes",
        )
