"""The manifest: the canonical list of one signature's evidence, covered by the signature, so nothing in it can move.

It is frozen when the recipient confirms (SIGNING.md, Confirm), lies readable in the PDF, and so holds ids,
digests, codes and times only: no name, no number of a document, no salt.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from esign.errors import EvidenceError
from esign.evidence.consent import Consent, PageView
from esign.evidence.items import EvidenceItem, ItemKind, Placement, item_file_name, may_be_placed
from esign.evidence.manifest_content import (
    IdentityAssurance,
    Manifest,
    ManifestItem,
    Mode,
    Presence,
    PresentSignature,
)
from esign.evidence.strict_json import StrictJson

__all__ = [
    "MANIFEST_FILE_NAME",
    "MANIFEST_MEDIA_TYPE",
    "SCHEMA",
    "IdentityAssurance",
    "Manifest",
    "ManifestItem",
    "Mode",
    "Presence",
    "PresentSignature",
    "SignatureEvidence",
    "encode_manifest",
    "manifest_digest",
    "manifest_items",
    "parse_manifest",
]

SCHEMA = "esign-manifest/1"
MANIFEST_FILE_NAME = "manifest.json"
MANIFEST_MEDIA_TYPE = "application/json"

BYTES_AT_MOST = 4 * 1024 * 1024
PAGE_VIEWS_AT_MOST = 10_000
PAGES_AT_MOST = 100_000
SIGNATURES_AT_MOST = 1_000
CONSENTS_AT_MOST = 100

_SINGLE = ("schema", "envelope", "recipient", "role", "field", "original", "prepared", "mode", "confirmed_at")
_MEMBERS = (*_SINGLE, "pages", "signatures_present", "consents", "identity", "items")
_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{6})?Z")
_ROLE = re.compile(r"[a-z][a-z0-9-]{0,63}")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,63}/[a-z0-9][a-z0-9.+-]{0,63}")

_json = StrictJson("manifest", "use the manifest as it was made, byte for byte")


def manifest_items(items: Sequence[EvidenceItem]) -> tuple[ManifestItem, ...]:
    """Return what the manifest says of these items, in the same order."""
    return tuple(
        ManifestItem(item.kind, item.media_type, item.placement, item.digest, item.file_name) for item in items
    )


def manifest_digest(manifest: bytes) -> bytes:
    """Return SHA-256 (32 bytes) of the encoded manifest: what the event certificate's `ni` URI carries."""
    return hashlib.sha256(manifest).digest()


@dataclass(frozen=True)
class SignatureEvidence:
    """An encoded manifest and the items it lists, in its order.

    Raises `EvidenceError` on making: those of `parse_manifest`, and `manifest-items-differ` where the items
    are not the ones that the manifest lists.
    """

    manifest: bytes = field(repr=False)
    items: tuple[EvidenceItem, ...]

    def __post_init__(self) -> None:
        if parse_manifest(self.manifest).items != manifest_items(self.items):
            raise EvidenceError(
                "manifest-items-differ",
                "the evidence items are not those that the manifest lists",
                "hand over the items that the manifest was made for, in its order",
            )

    def files(self) -> dict[str, bytes]:
        """Return the files that go into the PDF by name: the manifest, and every item but the digest-only ones."""
        embedded = {item.file_name: item.content for item in self.items if item.placement is not Placement.DIGEST_ONLY}
        return {MANIFEST_FILE_NAME: self.manifest, **embedded}


def encode_manifest(manifest: Manifest) -> bytes:
    """Return the manifest as RFC 8785 canonical JSON, schema `esign-manifest/1` (docs/evidence-format.md).

    Times are RFC 3339 in UTC ending in `Z`, with six decimals or none; digests are `sha256:` and lower-case
    hex. Raises `EvidenceError` as `parse_manifest` does, where the manifest could not be read back.
    """
    document = {
        "schema": SCHEMA,
        "envelope": manifest.envelope,
        "recipient": manifest.recipient,
        "role": manifest.role,
        "field": manifest.field,
        "original": _digest_text(manifest.original_sha256),
        "prepared": _digest_text(manifest.prepared_sha256),
        "pages": [
            {
                "number": page.number,
                "image": _digest_text(page.image_sha256),
                "entered_at": _time_text(page.entered_at),
                "left_at": _time_text(page.left_at),
            }
            for page in manifest.pages
        ],
        "signatures_present": [
            {"field": present.field, "cms": _digest_text(present.cms_sha256)} for present in manifest.signatures_present
        ],
        "consents": [
            {
                "id": consent.id,
                "version": consent.version,
                "text": _digest_text(consent.sha256),
                "agreed_at": _time_text(consent.agreed_at),
            }
            for consent in manifest.consents
        ],
        "identity": _identity_members(manifest.identity),
        "mode": manifest.mode.value,
        "confirmed_at": _time_text(manifest.confirmed_at),
        "items": [
            {
                "kind": item.kind.value,
                "media_type": item.media_type,
                "placement": item.placement.value,
                "digest": _digest_text(item.digest),
                "file": item.file_name,
            }
            for item in manifest.items
        ],
    }
    encoded = _json.canonical(document)
    parse_manifest(encoded)
    return encoded


def parse_manifest(data: bytes) -> Manifest:
    """Read an encoded manifest, strictly: `encode_manifest` of the result is `data` again, byte for byte.

    Raises `EvidenceError`: `manifest-size`, `manifest-json`, `manifest-schema` (another version, or none),
    `manifest-form`, `manifest-range`, `manifest-not-canonical`.
    """
    document = _json.load(data, bytes_at_most=BYTES_AT_MOST)
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        _json.refuse("schema", f"the manifest does not say that its schema is {SCHEMA}")
    manifest = _manifest(document)
    if _json.canonical(document) != data:
        _json.refuse("not-canonical", "the manifest is not in RFC 8785 canonical form")
    return manifest


def _manifest(document: object) -> Manifest:
    members = _json.members(document, _MEMBERS, "the manifest")
    if members["mode"] not in tuple(Mode):
        _json.refuse("form", "mode must be test or live")
    return Manifest(
        envelope=_json.text(members["envelope"], "envelope"),
        recipient=_json.text(members["recipient"], "recipient"),
        role=_matching(_ROLE, members["role"], "role"),
        field=_json.text(members["field"], "field"),
        original_sha256=_digest(members["original"], "original"),
        prepared_sha256=_digest(members["prepared"], "prepared"),
        pages=tuple(_page(page) for page in _json.sequence(members["pages"], "pages", at_most=PAGE_VIEWS_AT_MOST)),
        signatures_present=_signatures_present(members["signatures_present"]),
        consents=tuple(
            _consent(consent) for consent in _json.sequence(members["consents"], "consents", at_most=CONSENTS_AT_MOST)
        ),
        identity=_identity(members["identity"]),
        mode=Mode(str(members["mode"])),
        confirmed_at=_time(members["confirmed_at"], "confirmed_at"),
        items=_items(members["items"]),
    )


def _identity_members(identity: IdentityAssurance) -> dict[str, str]:
    presence = {} if identity.presence is None else {"presence": identity.presence.value}
    return {"level": identity.level, "by": identity.by, **presence}


def _identity(value: object) -> IdentityAssurance:
    held = isinstance(value, dict) and "presence" in value
    members = _json.members(value, ("level", "by", "presence") if held else ("level", "by"), "identity")
    if held and members["presence"] not in tuple(Presence):
        _json.refuse("form", "identity.presence must be remote or in-person")
    return IdentityAssurance(
        _json.text(members["level"], "identity.level"),
        _json.text(members["by"], "identity.by"),
        Presence(str(members["presence"])) if held else None,
    )


def _page(value: object) -> PageView:
    members = _json.members(value, ("number", "image", "entered_at", "left_at"), "a page")
    view = PageView(
        _json.integer(members["number"], "number of a page", 1, PAGES_AT_MOST),
        _digest(members["image"], "image of a page"),
        _time(members["entered_at"], "entered_at of a page"),
        _time(members["left_at"], "left_at of a page"),
    )
    if view.left_at < view.entered_at:
        _json.refuse("range", f"page {view.number} was left before it was entered")
    return view


def _consent(value: object) -> Consent:
    members = _json.members(value, ("id", "version", "text", "agreed_at"), "a consent")
    return Consent(
        _json.text(members["id"], "id of a consent"),
        _json.text(members["version"], "version of a consent"),
        _digest(members["text"], "text of a consent"),
        _time(members["agreed_at"], "agreed_at of a consent"),
    )


def _signatures_present(value: object) -> tuple[PresentSignature, ...]:
    entries = _json.sequence(value, "signatures_present", at_most=SIGNATURES_AT_MOST)
    members = [_json.members(entry, ("field", "cms"), "a present signature") for entry in entries]
    present = tuple(
        PresentSignature(
            _json.text(entry["field"], "field of a present signature"),
            _digest(entry["cms"], "cms of a present signature"),
        )
        for entry in members
    )
    if len({signature.field for signature in present}) != len(present):
        _json.refuse("form", "a field is listed twice among the signatures present")
    return present


def _items(value: object) -> tuple[ManifestItem, ...]:
    items = tuple(_item(entry) for entry in _json.sequence(value, "items", at_most=len(ItemKind)))
    if len({item.kind for item in items}) != len(items):
        _json.refuse("form", "two items are of one kind")
    return items


def _item(value: object) -> ManifestItem:
    members = _json.members(value, ("kind", "media_type", "placement", "digest", "file"), "an item")
    if members["kind"] not in tuple(ItemKind) or members["placement"] not in tuple(Placement):
        _json.refuse("form", "an item is of unknown kind or placement")
    kind, placement = ItemKind(str(members["kind"])), Placement(str(members["placement"]))
    if not may_be_placed(kind, placement):
        _json.refuse("form", f"{kind.value} is never placed {placement.value}")
    if members["file"] != item_file_name(kind, placement):
        _json.refuse("form", f"the file of the {kind.value} item must be {item_file_name(kind, placement)}")
    return ManifestItem(
        kind,
        _matching(_MEDIA_TYPE, members["media_type"], "media_type of an item"),
        placement,
        _digest(members["digest"], "digest of an item"),
        item_file_name(kind, placement),
    )


def _matching(pattern: re.Pattern[str], value: object, where: str) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        _json.refuse("form", f"{where} is not written as it must be")
    return value


def _digest(value: object, where: str) -> bytes:
    return bytes.fromhex(_matching(_DIGEST, value, where).removeprefix("sha256:"))


def _digest_text(digest: bytes) -> str:
    return f"sha256:{digest.hex()}"


def _time(value: object, where: str) -> datetime:
    text = _matching(_TIME, value, where)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        _json.refuse("form", f"{where} is not a date and time that exist")
    if _time_text(moment) != text:
        _json.refuse("form", f"{where} has decimals that are all zero")
    return moment


def _time_text(moment: datetime) -> str:
    if moment.tzinfo is None:
        _json.refuse("form", "a time has no time zone")
    return moment.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"
