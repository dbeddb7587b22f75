"""Evidence against its manifest: what was swapped, taken away or added shows."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from esign.evidence.items import EvidenceItem, ItemKind, Placement, sealed_item, visible_item
from esign.evidence.manifest import (
    IdentityAssurance,
    Manifest,
    Mode,
    SignatureEvidence,
    encode_manifest,
    manifest_items,
)
from esign.evidence.matching import match_evidence, match_opened
from esign.evidence.sealing import create_envelope_key, open_sealed

KEY = create_envelope_key()


def _sealed(kind: ItemKind, data: bytes, placement: Placement = Placement.SEALED) -> EvidenceItem:
    return sealed_item(
        kind,
        "application/octet-stream",
        data,
        placement=placement,
        salt=bytes(32),
        envelope_public_key=KEY.public_key,
    )


def _manifest(*items: EvidenceItem) -> Manifest:
    return Manifest(
        envelope="env-1",
        recipient="rec-1",
        role="insured",
        field="insured",
        original_sha256=bytes(32),
        prepared_sha256=bytes(32),
        pages=(),
        signatures_present=(),
        consents=(),
        identity=IdentityAssurance("not-verified", "embedded"),
        mode=Mode.TEST,
        confirmed_at=datetime(2026, 3, 1, tzinfo=UTC),
        items=manifest_items(items),
    )


STROKES = _sealed(ItemKind.HANDWRITING, b"strokes")
PHOTO = visible_item(ItemKind.PHOTO, "image/jpeg", b"picture")
MANIFEST = _manifest(STROKES, PHOTO)
FILES = SignatureEvidence(encode_manifest(MANIFEST), (STROKES, PHOTO)).files()


def test_untouched_evidence_matches() -> None:
    assert match_evidence(MANIFEST, FILES) == ()
    without_manifest = {name: data for name, data in FILES.items() if name != "manifest.json"}
    assert match_evidence(MANIFEST, without_manifest) == ()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("photo.jpg", b"another picture", "evidence-digest-differs"),
        ("photo.jpg", None, "evidence-file-missing"),
        ("handwriting.cms", None, "evidence-file-missing"),
        ("handwriting.cms", b"", "evidence-seal-broken"),
        ("handwriting.cms", STROKES.content[:-1], "evidence-seal-broken"),
        ("handwriting.cms", STROKES.content + b"\x00", "evidence-seal-broken"),
        ("handwriting.cms", b"\x30" * 5_000, "evidence-seal-broken"),
        ("extra.txt", b"", "evidence-file-unnamed"),
        ("device.cms", STROKES.content, "evidence-file-unnamed"),
        ("manifest.json", encode_manifest(replace(MANIFEST, envelope="env-2")), "evidence-manifest-differs"),
        ("manifest.json", b"", "evidence-manifest-differs"),
    ],
)
def test_what_was_changed_is_named(name: str, content: bytes | None, code: str) -> None:
    files = {other: data for other, data in FILES.items() if other != name}
    if content is not None:
        files[name] = content
    assert [(found.code, found.file_name) for found in match_evidence(MANIFEST, files)] == [(code, name)]


def test_every_mismatch_is_listed_not_only_the_first() -> None:
    found = match_evidence(MANIFEST, {"x": b"", "photo.jpg": b"", "manifest.json": b""})
    assert sorted(mismatch.code for mismatch in found) == [
        "evidence-digest-differs",
        "evidence-file-missing",
        "evidence-file-unnamed",
        "evidence-manifest-differs",
    ]


def test_a_digest_only_item_belongs_outside() -> None:
    kept_apart = _sealed(ItemKind.PHOTO, b"picture", Placement.DIGEST_ONLY)
    manifest = _manifest(STROKES, kept_apart)
    inside = {"handwriting.cms": STROKES.content}
    assert match_evidence(manifest, inside) == ()
    found = match_evidence(manifest, {**inside, "photo.cms": kept_apart.content})
    assert [mismatch.code for mismatch in found] == ["evidence-file-outside"]


def test_an_opened_item_is_judged_by_what_was_sealed_in_it() -> None:
    plaintext = open_sealed(STROKES.content, KEY.private_key_pkcs8)
    assert match_opened(MANIFEST, ItemKind.HANDWRITING, plaintext) == ()
    forged = _sealed(ItemKind.HANDWRITING, b"someone else's strokes")
    assert match_evidence(MANIFEST, {**FILES, "handwriting.cms": forged.content}) == ()
    opened = open_sealed(forged.content, KEY.private_key_pkcs8)
    assert [m.code for m in match_opened(MANIFEST, ItemKind.HANDWRITING, opened)] == ["evidence-digest-differs"]


def test_opening_what_the_manifest_does_not_seal_is_a_mismatch() -> None:
    for kind in (ItemKind.DEVICE, ItemKind.PHOTO):
        assert [m.code for m in match_opened(MANIFEST, kind, b"")] == ["evidence-item-unnamed"]


def test_a_plaintext_without_room_for_a_salt_is_a_mismatch() -> None:
    item = replace(MANIFEST.items[0], digest=hashlib.sha256(b"unsalted").digest())
    manifest = replace(MANIFEST, items=(item,))
    found = match_opened(manifest, ItemKind.HANDWRITING, b"unsalted")
    assert [m.code for m in found] == ["evidence-salt-missing"]
