"""The checkpoint that was published last, remembered outside of the database: a restored database does not know it.

One file beside the keys, where no backup of data brings back an older one: the note of the largest checkpoint that
this machine published. Before a new head is signed, the stored tree must have the root that is remembered.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from esign.trail.checkpoint import SignedCheckpoint, parse_checkpoint
from esign.trail.errors import NoteRefused, TrailDamaged
from esign.trail.note import BYTES_AT_MOST


class RememberedCheckpoint:
    """Reads and replaces the file. It appears whole or not at all, its owner's alone."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def read(self) -> SignedCheckpoint | None:
        """Return the checkpoint, None if none was published yet. Raises `TrailDamaged` (`trail-memory`)."""
        try:
            with self.file.open("rb") as stream:
                return parse_checkpoint(stream.read(BYTES_AT_MOST + 1))
        except FileNotFoundError:
            return None
        except NoteRefused as error:
            raise _refused(self.file, f"holds no checkpoint ({error.cause})") from error
        except OSError as error:
            raise _refused(self.file, f"cannot be read ({error.strerror})") from error

    def keep(self, signed: SignedCheckpoint) -> None:
        """Remember this one, unless a later one is remembered. Raises `TrailDamaged` (`trail-memory`)."""
        known = self.read()
        if known is not None and _order(known) >= _order(signed):
            return
        beside = self.file.with_name(f".{self.file.name}-{secrets.token_hex(8)}")
        try:
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(signed.encode())
                stream.flush()
                os.fsync(stream.fileno())
            beside.replace(self.file)
            _flush(self.file.parent)
        except OSError as error:
            beside.unlink(missing_ok=True)
            raise _refused(self.file, f"cannot be written ({error.strerror})") from error


def _order(signed: SignedCheckpoint) -> tuple[int, int]:
    return signed.checkpoint.origin.epoch, signed.checkpoint.size


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refused(file: Path, cause: str) -> TrailDamaged:
    return TrailDamaged(
        "trail-memory",
        f"{file}, which remembers the last checkpoint, {cause}",
        "check who owns it, or set trail.memory to a place outside of what backups bring back",
    )
