"""Does the evidence fit its manifest? What can be judged without keys, and what after an item was opened."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from esign.evidence.items import SALT_BYTES, ItemKind, Placement
from esign.evidence.manifest import MANIFEST_FILE_NAME, Manifest, ManifestItem, encode_manifest
from esign.evidence.sealing import is_sealed_form


@dataclass(frozen=True)
class Mismatch:
    """Something that does not fit. `code` is stable; `file_name` is the file; `message` one sentence for people."""

    code: str
    file_name: str
    message: str


def match_evidence(manifest: Manifest, files: Mapping[str, bytes]) -> tuple[Mismatch, ...]:
    """Judge a signature's files (name to bytes, as found in the PDF) by its manifest, without keys.

    Codes: `evidence-file-missing`, `evidence-file-unnamed` (not in the manifest), `evidence-file-outside` (a
    digest-only item inside the PDF), `evidence-digest-differs` (visible items), `evidence-seal-broken` (not
    in the sealed form), `evidence-manifest-differs` (a manifest file that is not this manifest). An empty
    result says nothing of what is inside sealed items: for that, open them and use `match_opened`.
    """
    found: list[Mismatch] = []
    listed = {item.file_name: item for item in manifest.items}
    for name in sorted(files.keys() - listed.keys() - {MANIFEST_FILE_NAME}):
        found.append(Mismatch("evidence-file-unnamed", name, "This file is not named in the manifest."))
    if MANIFEST_FILE_NAME in files and files[MANIFEST_FILE_NAME] != encode_manifest(manifest):
        found.append(
            Mismatch(
                "evidence-manifest-differs",
                MANIFEST_FILE_NAME,
                "This is another manifest than the one given.",
            )
        )
    for name, item in listed.items():
        mismatch = _judge(item, files.get(name))
        if mismatch is not None:
            found.append(mismatch)
    return tuple(found)


def match_opened(manifest: Manifest, kind: ItemKind, plaintext: bytes) -> tuple[Mismatch, ...]:
    """Judge the plaintext of an opened item (salt and data, as `open_sealed` returns it).

    Codes: `evidence-item-unnamed` (the manifest has no sealed item of this kind), `evidence-digest-differs`,
    `evidence-salt-missing` (too short to hold salt and data).
    """
    item = manifest.item(kind)
    if item is None or item.placement is Placement.VISIBLE:
        return (
            Mismatch(
                "evidence-item-unnamed",
                f"{kind.value}.cms",
                "The manifest names no sealed item of this kind.",
            ),
        )
    if hashlib.sha256(plaintext).digest() != item.digest:
        return (
            Mismatch(
                "evidence-digest-differs",
                item.file_name,
                "What was sealed in this file is not what the signature covers.",
            ),
        )
    if len(plaintext) <= SALT_BYTES:
        return (
            Mismatch(
                "evidence-salt-missing",
                item.file_name,
                "What was sealed in this file is too short to be salted.",
            ),
        )
    return ()


def _judge(item: ManifestItem, content: bytes | None) -> Mismatch | None:
    wrong: tuple[str, str] | None = None
    if item.placement is Placement.DIGEST_ONLY:
        if content is not None:
            wrong = ("evidence-file-outside", "This file was to be kept outside the document.")
    elif content is None:
        wrong = ("evidence-file-missing", "The manifest names this file, and it is not there.")
    elif item.placement is Placement.VISIBLE:
        if hashlib.sha256(content).digest() != item.digest:
            wrong = ("evidence-digest-differs", "This file is not the one that the signature covers.")
    elif not is_sealed_form(content):
        wrong = ("evidence-seal-broken", "This file is not in the form of a sealed item.")
    return None if wrong is None else Mismatch(wrong[0], item.file_name, wrong[1])
