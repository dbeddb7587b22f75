"""Checking a backup against its signed manifest: every byte of every member, before anything is brought back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final

from esign.backup.errors import BackupDamaged, BackupRefused
from esign.backup.manifest import BLOBS, BYTES_AT_MOST, MANIFEST, NOTE, Kind, Manifest, Member, read_manifest
from esign.backup.taking import TOLD_EVERY, Tell
from esign.infra.blobs import checked_name
from esign.infra.errors import BlobError
from esign.trail.note import BYTES_AT_MOST as NOTE_BYTES_AT_MOST

WRAPPED_KEYS_LIVE: Final = timedelta(days=30)
"""So long may a backup of wrapped keys be kept, so that an erasure comes true (ADR 0004)."""
_PIECE: Final = 1024 * 1024
_LINE_AT_MOST: Final = 1024


@dataclass(frozen=True)
class StoredBlob:
    """A blob in a backup: its name, its size in bytes, its SHA-256 in hex."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Backup:
    """A folder with a backup whose manifest was verified; its members were not, before `check`."""

    folder: Path
    manifest: Manifest

    def check(self, tell: Tell = lambda _step: None) -> None:
        """Read every member and blob, and compare it with its digest. Raises `BackupDamaged`, naming the file."""
        listed = self.manifest.blobs
        for member in (*self.manifest.tables, *([] if listed is None else [listed])):
            if _digest(self.folder / _plain(member.name), member.name) != (member.size, member.sha256):
                raise _differs(member.name)
        count = 0
        for count, blob in enumerate(self.blobs(), start=1):
            name = f"blobs/{blob.name}"
            if _digest(self.folder / name, name) != (blob.size, blob.sha256):
                raise _differs(name)
            if count % TOLD_EVERY == 0:
                tell(f"{count} blobs checked")
        if count != (0 if listed is None else listed.rows):
            raise _differs(BLOBS)

    def blobs(self) -> Iterator[StoredBlob]:
        """Yield the blobs that it holds. Raises `BackupDamaged` (`backup-member`)."""
        if self.manifest.blobs is None:
            return
        with self.opened(BLOBS) as file:
            while line := file.readline(_LINE_AT_MOST):
                try:
                    name, size, sha256 = json.loads(line)
                    yield StoredBlob(checked_name(name), int(size), str(sha256))
                except (ValueError, TypeError, BlobError) as error:
                    raise _differs(BLOBS) from error

    def table(self, name: str) -> Member:
        """Return the member of this table. Raises `BackupDamaged` (`backup-member`)."""
        found = next((one for one in self.manifest.tables if one.name == f"{name}.jsonl"), None)
        if found is None:
            raise BackupDamaged("backup-member", f"the backup has no table {name}", "use another backup")
        return found

    @contextmanager
    def opened(self, name: str) -> Iterator[BinaryIO]:
        """Open a member. Raises `BackupDamaged` (`backup-member`)."""
        try:
            file = (self.folder / name).open("rb")
        except OSError as error:
            raise _unreadable(name, error) from error
        with file:
            yield file


def open_backup(folder: Path, kind: Kind, public_keys: Collection[bytes]) -> Backup:
    """Return the backup in the folder, its manifest verified by one of these keys.

    Raises `BackupDamaged`, `BackupRefused` (`backup-kind`: data where wrapped keys should be, or the other way).
    """
    manifest = read_manifest(
        _read(folder, MANIFEST, BYTES_AT_MOST), _read(folder, NOTE, NOTE_BYTES_AT_MOST), public_keys
    )
    if manifest.kind != kind:
        raise BackupRefused("backup-kind", f"{folder} holds {manifest.kind}, and not {kind}", "name the other folder")
    return Backup(folder, manifest)


def require_fitting_keys(data: Manifest, keys: Manifest, now: datetime) -> None:
    """Refuse wrapped keys that do not belong to the data, or should be gone.

    They may be younger than the data, since keys are only added, save for those that were erased. Raises
    `BackupRefused`: `backup-keys-other`, `backup-keys-older`, `backup-keys-expired`.
    """
    if keys.log != data.log:
        raise BackupRefused("backup-keys-other", "the wrapped keys are of another service", "give those of this one")
    if keys.taken_at < data.taken_at:
        raise BackupRefused(
            "backup-keys-older",
            f"the wrapped keys are of {keys.taken_at:%Y-%m-%d %H:%M}Z, before the data, some of which they do not open",
            "give the newest wrapped keys there are: they open older data, too",
        )
    if now - keys.taken_at > WRAPPED_KEYS_LIVE:
        raise BackupRefused(
            "backup-keys-expired",
            f"the wrapped keys are of {keys.taken_at:%Y-%m-%d}, and may be kept {WRAPPED_KEYS_LIVE.days} days",
            "destroy them: they bring back what was erased since; take the newest",
        )


def _digest(path: Path, name: str) -> tuple[int, str]:
    sha256, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                sha256.update(piece)
                size += len(piece)
    except OSError as error:
        raise _unreadable(name, error) from error
    return size, sha256.hexdigest()


def _read(folder: Path, name: str, at_most: int) -> bytes:
    try:
        with (folder / name).open("rb") as file:
            return file.read(at_most + 1)
    except OSError as error:
        raise _unreadable(name, error) from error


def _plain(name: str) -> str:
    """Return a member's name if it is one in the folder itself."""
    if "/" in name or name.startswith("."):
        raise _differs(name)
    return name


def _differs(name: str) -> BackupDamaged:
    return BackupDamaged(
        "backup-member", f"{name} of the backup is not what its manifest says", "use another backup, and keep this one"
    )


def _unreadable(name: str, error: OSError) -> BackupDamaged:
    return BackupDamaged(
        "backup-member", f"{name} of the backup cannot be read ({error.strerror})", "check the folder and its rights"
    )
