"""The manifest: one canonical form, read back strictly, holding its items together."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esign.errors import EvidenceError
from esign.evidence.consent import Consent, PageView
from esign.evidence.items import (
    EvidenceItem,
    ItemKind,
    Placement,
    item_file_name,
    may_be_placed,
    sealed_item,
    visible_item,
)
from esign.evidence.manifest import (
    IdentityAssurance,
    Manifest,
    ManifestItem,
    Mode,
    PresentSignature,
    SignatureEvidence,
    encode_manifest,
    manifest_digest,
    manifest_items,
    parse_manifest,
)
from esign.evidence.sealing import create_envelope_key, open_sealed

NOON = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
KEY = create_envelope_key()
SALT = bytes(range(32))


def items() -> tuple[EvidenceItem, ...]:
    return (
        sealed_item(
            ItemKind.HANDWRITING, "application/json", b"strokes", salt=SALT, envelope_public_key=KEY.public_key
        ),
        visible_item(ItemKind.PHOTO, "image/jpeg", b"picture"),
    )


def manifest(listed: tuple[EvidenceItem, ...] = ()) -> Manifest:
    return Manifest(
        envelope="env-1",
        recipient="rec-1",
        role="applicant",
        field="签名-投保人",
        original_sha256=b"\x01" * 32,
        prepared_sha256=b"\x02" * 32,
        pages=(PageView(1, b"\x03" * 32, NOON, NOON + timedelta(seconds=4.25)),),
        signatures_present=(PresentSignature("agent", b"\x04" * 32),),
        consents=(Consent("electronic-signature", "2026-01", b"\x05" * 32, NOON),),
        identity=IdentityAssurance("not-verified", "embedded"),
        mode=Mode.TEST,
        confirmed_at=NOON + timedelta(minutes=5),
        items=manifest_items(listed),
    )


_digests = st.binary(min_size=32, max_size=32)
_words = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12)
_times = st.datetimes(datetime(1950, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@st.composite
def page_views(draw: st.DrawFn) -> PageView:
    entered = draw(_times)
    left = entered + draw(st.timedeltas(timedelta(0), timedelta(days=1)))
    return PageView(draw(st.integers(1, 100_000)), draw(_digests), entered, left)


@st.composite
def manifests(draw: st.DrawFn) -> Manifest:
    listed = []
    for kind in draw(st.lists(st.sampled_from(ItemKind), unique=True)):
        placement = draw(st.sampled_from([place for place in Placement if may_be_placed(kind, place)]))
        name = item_file_name(kind, placement)
        listed.append(ManifestItem(kind, "image/jpeg", placement, draw(_digests), name))
    present = draw(st.lists(st.builds(PresentSignature, _words, _digests), unique_by=lambda p: p.field))
    return Manifest(
        envelope=draw(_words),
        recipient=draw(_words),
        role=draw(st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True)),
        field=draw(_words),
        original_sha256=draw(_digests),
        prepared_sha256=draw(_digests),
        pages=tuple(draw(st.lists(page_views(), max_size=3))),
        signatures_present=tuple(present),
        consents=tuple(draw(st.lists(st.builds(Consent, _words, _words, _digests, _times), max_size=3))),
        identity=IdentityAssurance(draw(_words), draw(_words)),
        mode=draw(st.sampled_from(Mode)),
        confirmed_at=draw(_times),
        items=tuple(listed),
    )


@settings(deadline=None)
@given(manifests())
def test_what_is_encoded_is_parsed_to_the_same_manifest(made: Manifest) -> None:
    encoded = encode_manifest(made)
    assert parse_manifest(encoded) == made
    assert encode_manifest(parse_manifest(encoded)) == encoded


@settings(deadline=None)
@given(st.data())
def test_a_changed_byte_never_reads_as_the_same_manifest(data: st.DataObject) -> None:
    encoded = encode_manifest(manifest(items()))
    place = data.draw(st.integers(0, len(encoded) - 1))
    value = data.draw(st.integers(0, 255).filter(lambda byte: byte != encoded[place]))
    changed = encoded[:place] + bytes([value]) + encoded[place + 1 :]
    try:
        parsed = parse_manifest(changed)
    except EvidenceError as refused:
        assert refused.code.startswith("manifest-")
    else:
        assert encode_manifest(parsed) == changed


def test_the_canonical_form_is_plain_to_read() -> None:
    text = encode_manifest(manifest()).decode()
    assert text.startswith('{"confirmed_at":"2026-03-01T12:05:00Z","consents":[{"agreed_at":')
    assert '"left_at":"2026-03-01T12:00:04.250000Z"' in text
    assert '"original":"sha256:' + "01" * 32 + '"' in text
    assert '"field":"签名-投保人"' in text


def test_times_of_another_zone_are_written_in_utc() -> None:
    there = timezone(timedelta(hours=8))
    local = replace(manifest(), confirmed_at=manifest().confirmed_at.astimezone(there))
    assert encode_manifest(local) == encode_manifest(manifest())


def test_the_digest_is_that_of_the_bytes() -> None:
    encoded = encode_manifest(manifest())
    assert manifest_digest(encoded) == hashlib.sha256(encoded).digest()


def test_a_time_without_zone_a_nameless_envelope_or_a_broken_text_is_not_encoded() -> None:
    for wrong in (
        replace(manifest(), confirmed_at=datetime(2026, 3, 1)),  # noqa: DTZ001
        replace(manifest(), envelope=""),
        replace(manifest(), field="a\nb"),
        replace(manifest(), original_sha256=b"short"),
        replace(manifest(), role="Applicant"),
    ):
        with pytest.raises(EvidenceError) as refused:
            encode_manifest(wrong)
        assert refused.value.code == "manifest-form"
    with pytest.raises(EvidenceError):
        encode_manifest(replace(manifest(), field="\ud800"))


def _with(**changes: Any) -> bytes:
    document = json.loads(encode_manifest(manifest(items())))
    document.update(changes)
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


_ITEM = {
    "kind": "photo",
    "media_type": "image/jpeg",
    "placement": "sealed",
    "digest": "sha256:" + "0" * 64,
    "file": "photo.cms",
}
_PAGE = {
    "number": 1,
    "image": "sha256:" + "0" * 64,
    "entered_at": "2026-01-01T00:00:00Z",
    "left_at": "2026-01-01T00:00:01Z",
}


def test_the_unchanged_document_of_these_tests_is_read() -> None:
    assert parse_manifest(_with(items=[_ITEM], pages=[_PAGE])).items[0].file_name == "photo.cms"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"schema": "esign-manifest/2"}, "manifest-schema"),
        ({"note": "more"}, "manifest-form"),
        ({"mode": "demo"}, "manifest-form"),
        ({"mode": ["test"]}, "manifest-form"),
        ({"original": "sha256:" + "A" * 64}, "manifest-form"),
        ({"original": "md5:" + "0" * 32}, "manifest-form"),
        ({"confirmed_at": "2026-02-30T00:00:00Z"}, "manifest-form"),
        ({"confirmed_at": "2026-02-01T00:00:00+08:00"}, "manifest-form"),
        ({"confirmed_at": "2026-02-01T00:00:00.000000Z"}, "manifest-form"),
        ({"confirmed_at": "2026-02-01T00:00:00.5Z"}, "manifest-form"),
        ({"pages": [{**_PAGE, "left_at": "2025-12-31T23:59:59Z"}]}, "manifest-range"),
        ({"pages": [{**_PAGE, "number": 0}]}, "manifest-range"),
        ({"pages": [{**_PAGE, "number": "1"}]}, "manifest-form"),
        ({"pages": [{**_PAGE, "number": 1.0}]}, "manifest-not-canonical"),
        ({"pages": [_PAGE] * 10_001}, "manifest-size"),
        ({"items": [_ITEM, _ITEM]}, "manifest-form"),
        ({"items": [{**_ITEM, "kind": "voice"}]}, "manifest-form"),
        ({"items": [{**_ITEM, "placement": "elsewhere"}]}, "manifest-form"),
        ({"items": [{**_ITEM, "file": "../photo.cms"}]}, "manifest-form"),
        ({"items": [{**_ITEM, "kind": "device", "placement": "visible"}]}, "manifest-form"),
        ({"items": [{**_ITEM, "media_type": "image/jpeg; x=y"}]}, "manifest-form"),
        ({"signatures_present": [{"field": "a", "cms": "sha256:" + "0" * 64}] * 2}, "manifest-form"),
    ],
)
def test_a_manifest_that_is_not_as_documented_is_refused(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(EvidenceError) as refused:
        parse_manifest(_with(**changes))
    assert refused.value.code == code


def test_the_same_content_in_another_spelling_is_refused() -> None:
    encoded = encode_manifest(manifest())
    for other in (
        encoded + b"\n",
        json.dumps(json.loads(encoded)).encode(),
        encoded.replace("签".encode(), b"\\u7b7e"),
    ):
        with pytest.raises(EvidenceError) as refused:
            parse_manifest(other)
        assert refused.value.code == "manifest-not-canonical"


def test_evidence_holds_the_items_that_its_manifest_lists_and_no_others() -> None:
    listed = items()
    evidence = SignatureEvidence(encode_manifest(manifest(listed)), listed)
    assert set(evidence.files()) == {"manifest.json", "handwriting.cms", "photo.jpg"}
    assert evidence.files()["photo.jpg"] == b"picture"
    for others in (listed[:1], listed[::-1], (listed[0], visible_item(ItemKind.PHOTO, "image/jpeg", b"other"))):
        with pytest.raises(EvidenceError) as refused:
            SignatureEvidence(evidence.manifest, others)
        assert refused.value.code == "manifest-items-differ"


def test_a_digest_only_item_stays_out_of_the_files() -> None:
    photo = sealed_item(
        ItemKind.PHOTO,
        "image/jpeg",
        b"picture",
        placement=Placement.DIGEST_ONLY,
        salt=SALT,
        envelope_public_key=KEY.public_key,
    )
    evidence = SignatureEvidence(encode_manifest(manifest((photo,))), (photo,))
    assert set(evidence.files()) == {"manifest.json"}
    assert open_sealed(photo.content, KEY.private_key_pkcs8) == SALT + b"picture"


def test_a_sealed_items_digest_is_salted_and_its_content_shows_nothing() -> None:
    first, visible = items()
    assert first.digest == hashlib.sha256(SALT + b"strokes").digest()
    assert b"strokes" not in first.content
    assert SALT not in first.content
    assert visible.digest == hashlib.sha256(b"picture").digest()
    assert "picture" not in repr(visible)


@pytest.mark.parametrize("kind", [kind for kind in ItemKind if kind is not ItemKind.PHOTO])
def test_strokes_device_facts_and_id_data_are_never_readable_nor_kept_outside(kind: ItemKind) -> None:
    with pytest.raises(EvidenceError) as visible:
        visible_item(kind, "application/json", b"{}")
    with pytest.raises(EvidenceError) as outside:
        sealed_item(
            kind,
            "application/json",
            b"{}",
            placement=Placement.DIGEST_ONLY,
            salt=SALT,
            envelope_public_key=KEY.public_key,
        )
    assert visible.value.code == outside.value.code == "item-not-placeable"


def test_an_item_needs_a_full_salt_and_some_data() -> None:
    for data, salt, code in ((b"x", b"short", "item-salt"), (b"", SALT, "item-size")):
        with pytest.raises(EvidenceError) as refused:
            sealed_item(ItemKind.DEVICE, "application/json", data, salt=salt, envelope_public_key=KEY.public_key)
        assert refused.value.code == code
    with pytest.raises(EvidenceError) as contradiction:
        sealed_item(
            ItemKind.PHOTO,
            "image/jpeg",
            b"x",
            placement=Placement.VISIBLE,
            salt=SALT,
            envelope_public_key=KEY.public_key,
        )
    assert contradiction.value.code == "item-not-placeable"


def test_only_a_jpeg_is_visible() -> None:
    with pytest.raises(EvidenceError) as refused:
        visible_item(ItemKind.PHOTO, "image/svg+xml", b"<svg/>")
    assert refused.value.code == "item-not-placeable"
