"""Opening the sealed items of a bundle, at the machine of whoever holds the custodian's key.

An item is taken for what it says only if its salted digest is the one in the manifest, and the manifest the one that
`envelope.json` names. Whether those are the insurer's is for the check of the bundle to say.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from esign.bundle.description import time_text
from esign.bundle.facts import Description
from esign.bundle.handwriting_csv import handwriting_csv
from esign.canonical_json import encode_canonical
from esign.errors import EvidenceError
from esign.evidence.handwriting import parse_handwriting
from esign.evidence.items import SALT_BYTES, ItemKind
from esign.evidence.manifest import MANIFEST_FILE_NAME, Manifest, ManifestItem, parse_manifest
from esign.evidence.matching import match_opened
from esign.evidence.sealing import open_sealed

SCHEMA: Final = "esign-opening/1"
RECORD: Final = "opening.json"
FOLDER: Final = "opened"
_NAMES: Final = {ItemKind.PHOTO: "photo.jpg"}
_CURE: Final = "do not rely on this item; check the bundle, or get it again"


@dataclass(frozen=True)
class OpenedFile:
    """A file of opened evidence. `digest` (32 bytes) is the manifest's: SHA-256 of `salt` and what was sealed."""

    recipient: str
    kind: ItemKind
    name: str
    digest: bytes
    salt: bytes = field(repr=False)
    content: bytes = field(repr=False)

    @property
    def path(self) -> str:
        return f"{FOLDER}/{self.recipient}/{self.name}"


@dataclass(frozen=True)
class Opening:
    """Who opened which bundle, when (timezone-aware) and why."""

    bundle_sha256: str
    envelope: str
    by: str
    reason: str
    at: datetime


def opened_files(members: Mapping[str, bytes], about: Description, private_key: bytes) -> Iterator[OpenedFile]:
    """Yield the sealed items of every recipient, opened with the envelope's private key (PKCS#8, DER).

    `members` are the bundle's, at least those in `evidence/`. Raises `EvidenceError`: those of `parse_manifest` and
    `open_sealed`, `bundle-manifest-differs`, `bundle-item-missing`, and those of `match_opened`.
    """
    for recipient in about.recipients:
        encoded = members.get(f"evidence/{recipient.id}/{MANIFEST_FILE_NAME}")
        if encoded is None:
            continue
        if hashlib.sha256(encoded).hexdigest() != recipient.manifest:
            raise EvidenceError(
                "bundle-manifest-differs", f"the manifest of {recipient.id} is not the one that was confirmed", _CURE
            )
        manifest = parse_manifest(encoded)
        for item in manifest.items:
            if item.file_name.endswith(".cms"):
                sealed = members.get(f"evidence/{recipient.id}/{item.file_name}")
                if sealed is None:
                    raise EvidenceError("bundle-item-missing", f"{item.file_name} of {recipient.id} is missing", _CURE)
                yield from _opened(recipient.id, manifest, item, sealed, private_key)


def encode_opening(opening: Opening, files: list[OpenedFile]) -> bytes:
    """Return `opening.json`, canonical."""
    items = [
        {
            "recipient": one.recipient,
            "kind": one.kind.value,
            "file": one.path,
            "digest": f"sha256:{one.digest.hex()}",
            "salt": one.salt.hex(),
            "sha256": f"sha256:{hashlib.sha256(one.content).hexdigest()}",
        }
        for one in files
    ]
    return encode_canonical(
        {
            "schema": SCHEMA,
            "bundle": f"sha256:{opening.bundle_sha256}",
            "envelope": opening.envelope,
            "by": opening.by,
            "reason": opening.reason,
            "opened_at": time_text(opening.at),
            "items": items,
        }
    )


def _opened(
    recipient: str, manifest: Manifest, item: ManifestItem, sealed: bytes, private_key: bytes
) -> Iterator[OpenedFile]:
    plaintext = open_sealed(sealed, private_key)
    for mismatch in match_opened(manifest, item.kind, plaintext):
        raise EvidenceError(mismatch.code, f"{recipient}: {mismatch.message}", _CURE)
    salt, data = plaintext[:SALT_BYTES], plaintext[SALT_BYTES:]
    yield OpenedFile(recipient, item.kind, _NAMES.get(item.kind, f"{item.kind.value}.json"), item.digest, salt, data)
    if item.kind is ItemKind.HANDWRITING:
        table = handwriting_csv(parse_handwriting(data))
        yield OpenedFile(recipient, item.kind, "handwriting.csv", item.digest, salt, table)
