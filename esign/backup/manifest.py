"""The manifest of a backup: what it holds, with digests, signed by the log's checkpoint key as a note.

`manifest.json` is RFC 8785 canonical JSON. `manifest.note` is a signed note (`esign.trail.note`) of four lines, the
first of which no checkpoint begins with, under the name `<log>/backup`:

esign backup 1
data                        or: wrapped-keys
2026-11-26T04:00:00.000000Z
<SHA-256 of manifest.json in hex>
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Literal

from esign.backup.errors import BackupDamaged, BackupRefused
from esign.canonical_json import encode_canonical
from esign.trail.errors import NoteRefused
from esign.trail.note import NoteKey, NoteVerifier, parse_note, sign_note, verify_note

Kind = Literal["data", "wrapped-keys"]

FORMAT: Final = "esign-backup/1"
MANIFEST: Final = "manifest.json"
NOTE: Final = "manifest.note"
BLOBS: Final = "blobs.jsonl"
BYTES_AT_MOST: Final = 4 * 1024 * 1024
_NAME: Final = "/backup"
_TIME: Final = "%Y-%m-%dT%H:%M:%S.%fZ"


@dataclass(frozen=True)
class Member:
    """A file of the backup: its name in the folder, its size in bytes, its SHA-256 in hex, and how many rows it has."""

    name: str
    size: int
    sha256: str
    rows: int


@dataclass(frozen=True)
class TrailHead:
    """The tree as it is in the backup: how many leaves, its root in hex, and the last checkpoint's note, if any."""

    size: int
    root: str
    checkpoint: str | None


@dataclass(frozen=True)
class Manifest:
    """What a backup holds.

    `tables` are in the order in which they must be filled. `blobs` lists the blobs (None for wrapped keys), of which
    `gone` were erased. `settings` are those that a restored service must agree with.
    """

    kind: Kind
    taken_at: datetime
    software: str
    schema: str
    log: str
    trail: TrailHead
    tables: tuple[Member, ...]
    blobs: Member | None
    gone: int
    left_out: tuple[str, ...]
    settings: Mapping[str, str] = field(hash=False)

    def encode(self) -> bytes:
        form = asdict(self) | {"backup": FORMAT, "taken_at": written_time(self.taken_at)}
        return encode_canonical(form)

    @property
    def digest(self) -> str:
        """SHA-256 of `encode()` in hex: by which events name this backup."""
        return hashlib.sha256(self.encode()).hexdigest()

    def sign(self, key: NoteKey) -> bytes:
        """Return the note that goes beside it."""
        return sign_note(_text(self), self.log + _NAME, key).encode()


def read_manifest(data: bytes, note: bytes, public_keys: Collection[bytes]) -> Manifest:
    """Return the manifest; nothing of it is read before its signature by one of these keys (32 bytes each) holds.

    Raises `BackupDamaged`: `backup-signature`, `backup-manifest`; `BackupRefused` (`backup-format`).
    """
    try:
        signed = parse_note(note)
        names = {one.name for one in signed.signatures if one.name.endswith(_NAME)}
        (signer,) = verify_note(signed, [NoteVerifier(name, key) for name in names for key in public_keys])
    except (NoteRefused, ValueError) as error:
        raise BackupDamaged(
            "backup-signature",
            "the backup's manifest is not signed by this service's checkpoint key",
            "bring back the keys folder of the service that made the backup, or give its --log-key",
        ) from error
    if len(data) > BYTES_AT_MOST or signed.text.splitlines()[-1] != hashlib.sha256(data).hexdigest():
        raise BackupDamaged("backup-signature", f"{MANIFEST} is not the one that was signed", "use another backup")
    manifest = _manifest(data)
    if manifest.encode() != data or signed.text != _text(manifest) or signer.name != manifest.log + _NAME:
        raise _malformed()
    return manifest


def _text(manifest: Manifest) -> str:
    return f"esign backup 1\n{manifest.kind}\n{written_time(manifest.taken_at)}\n{manifest.digest}\n"


def _manifest(data: bytes) -> Manifest:
    try:
        form: dict[str, Any] = json.loads(data)
        if form.pop("backup") != FORMAT:
            raise BackupRefused("backup-format", f"it is not of the format {FORMAT}", "use the version that made it")
        return Manifest(
            **form
            | {
                "taken_at": datetime.strptime(form["taken_at"], _TIME).replace(tzinfo=UTC),
                "trail": TrailHead(**form["trail"]),
                "tables": tuple(Member(**one) for one in form["tables"]),
                "blobs": None if form["blobs"] is None else Member(**form["blobs"]),
                "left_out": tuple(form["left_out"]),
            }
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _malformed() from error


def written_time(moment: datetime) -> str:
    """Return the moment as a manifest writes it."""
    return moment.astimezone(UTC).strftime(_TIME)


def _malformed() -> BackupDamaged:
    return BackupDamaged("backup-manifest", f"{MANIFEST} is not a manifest in the form {FORMAT}", "use another backup")
