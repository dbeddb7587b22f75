"""Taking a backup: one moment of the database in one snapshot, then the blobs that it names, each with its digest.

A backup appears whole or not at all: it is written beside its place and renamed. The wrapped keys go into a folder of
their own. Keys themselves are in neither.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, BinaryIO, Final, cast

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.schema import Table

from esign.backup.errors import BackupDamaged, BackupRefused
from esign.backup.manifest import BLOBS, MANIFEST, NOTE, Kind, Manifest, Member, TrailHead
from esign.backup.tables import BLOB, LEFT_OUT, WRAPPED_KEYS, kept_tables, write_rows
from esign.ceremony.workfile import output_error, sync_folder
from esign.infra.blobs import BlobStore
from esign.infra.database import Database
from esign.infra.errors import BlobError
from esign.infra.models import DataKey
from esign.infra.schema import schema_revision
from esign.trail.note import NoteKey
from esign.trail.publishing import latest_checkpoint
from esign.trail.sequencer import stored_frontier

Tell = Callable[[str], None]

TOLD_EVERY: Final = 1000
_NAMES: Final = ".blob-names"


@dataclass(frozen=True)
class Source:
    """What is backed up: database and blobs, the log that signs, and settings that a restored service must share."""

    database: Database
    blobs: BlobStore
    key: NoteKey
    log: str
    software: str
    settings: Mapping[str, str] = field(default_factory=dict)
    tables: Sequence[Table] = ()
    """Those of rooms of business packages."""


@dataclass(frozen=True)
class Taken:
    """What was written: the manifest of the data, and that of the wrapped keys if those were wanted."""

    data: Manifest
    wrapped_keys: Manifest | None


def take_backup(
    source: Source, folder: Path, wrapped_keys: Path | None, *, now: datetime, tell: Tell = lambda _step: None
) -> Taken:
    """Write a backup into `folder`, and the wrapped keys into the other one, where one is named.

    Both must not be there yet. Raises `BackupRefused` (`backup-exists`, `backup-together`: one of the two would hold
    the other), `BackupDamaged` (`backup-blob-missing`), `OutputError`, and what database and blobs raise; nothing is
    left then. The database is at the schema of this version, so that no table of it is unknown.
    """
    _require_apart(folder, wrapped_keys)
    with _beside(folder) as data, _beside_if(wrapped_keys) as apart:
        names = data / _NAMES
        with source.database.reading() as session, names.open("w", encoding="ascii") as noted:
            note = lambda name: noted.write(f"{name}\n")  # noqa: E731
            tables = [_write_table(session, one, data, note, tell) for one in kept_tables(further=source.tables)]
            keys = [_write_table(session, one, apart, note, tell) for one in kept_tables(WRAPPED_KEYS)] if apart else []
            head = _trail_head(session)
        blobs, gone = _copy_blobs(source, data, tell)
        names.unlink()
        manifests: list[Manifest] = []
        parts: list[tuple[Kind, Path, Sequence[Member], Member | None]] = [("data", data, tables, blobs)]
        parts += [("wrapped-keys", apart, keys, None)] if apart is not None else []
        for kind, place, members, listed in parts:
            manifest = Manifest(
                kind=kind,
                taken_at=now,
                software=source.software,
                schema=schema_revision(source.database) or "",
                log=source.log,
                trail=head,
                tables=tuple(members),
                blobs=listed,
                gone=gone if kind == "data" else 0,
                left_out=tuple(sorted(LEFT_OUT)),
                settings=dict(source.settings),
            )
            for name, content in ((MANIFEST, manifest.encode()), (NOTE, manifest.sign(source.key))):
                with _open_new(place / name) as file:
                    file.write(content)
            manifests.append(manifest)
        os.sync()
    return Taken(manifests[0], manifests[1] if wrapped_keys is not None else None)


def _require_apart(folder: Path, wrapped_keys: Path | None) -> None:
    for one in (folder, *([] if wrapped_keys is None else [wrapped_keys])):
        if one.exists():
            raise BackupRefused("backup-exists", f"{one} is there already", "name a folder that is not there yet")
    if wrapped_keys is None:
        return
    first, second = folder.resolve(), wrapped_keys.resolve()
    if first.is_relative_to(second) or second.is_relative_to(first):
        raise BackupRefused(
            "backup-together",
            "wrapped keys in the folder of the data would outlive an erasure",
            "keep them apart, on another medium, 30 days at most",
        )


def _write_table(session: Session, one: Table, folder: Path, noted: Callable[[str], object], tell: Tell) -> Member:
    path = folder / f"{one.name}.jsonl"
    with _open_new(path) as file:
        digesting = _Digesting(file)
        rows = write_rows(session, one, cast(BinaryIO, digesting), noted)
    tell(f"{one.name}: {rows} rows")
    return Member(path.name, digesting.size, digesting.sha256.hexdigest(), rows)


def _trail_head(session: Session) -> TrailHead:
    frontier, newest = stored_frontier(session), latest_checkpoint(session)
    checkpoint = None if newest is None else newest.signed.encode().decode()
    return TrailHead(frontier.size, frontier.root().hex(), checkpoint)


def _copy_blobs(source: Source, folder: Path, tell: Tell) -> tuple[Member, int]:
    """Copy every blob that the snapshot names; return the list of them, and how many were erased meanwhile."""
    count = gone = 0
    with _open_new(folder / BLOBS) as file, (folder / _NAMES).open(encoding="ascii") as names:
        listed = _Digesting(file)
        for name in map(str.strip, names):
            copied = _copy_blob(source, name, _place_of(folder, name))
            if copied is None:
                gone += 1
                continue
            listed.write(json.dumps([name, *copied], separators=(",", ":")).encode() + b"\n")
            count += 1
            if count % TOLD_EVERY == 0:
                tell(f"{count} blobs")
    tell(f"{count} blobs")
    return Member(BLOBS, listed.size, listed.sha256.hexdigest(), count), gone


def _place_of(folder: Path, name: str) -> Path:
    """Return where a blob's copy goes, in folders that are their owner's alone."""
    place = folder / "blobs"
    for part in name.split("/"):
        place.mkdir(mode=0o700, exist_ok=True)
        place /= part
    return place


def _copy_blob(source: Source, name: str, path: Path) -> tuple[int, str] | None:
    """Copy a blob; return its size and digest, None where it was erased."""
    try:
        pieces = source.blobs.chunks(name)
        with _open_new(path) as file:
            digesting = _Digesting(file)
            for piece in pieces:
                digesting.write(piece)
    except BlobError as error:
        path.unlink(missing_ok=True)
        if error.code != "blob-missing" or _is_needed(source, name):
            raise BackupDamaged(
                "backup-blob-missing",
                f"the blob {name}, which the database names, cannot be read ({error.code})",
                "restore it from an earlier backup, then back up again",
            ) from error
        return None
    return digesting.size, digesting.sha256.hexdigest()


def _is_needed(source: Source, name: str) -> bool:
    """Tell whether there still is a key that opens the blob: one that was erased may be gone while rows name it."""
    with source.database.reading() as session:
        for one in kept_tables(further=source.tables):
            if BLOB in one.c:
                opens = select(DataKey.record_id).join(one, one.c.record == DataKey.record_id)
                if session.execute(opens.where(one.c[BLOB] == name).limit(1)).first() is not None:
                    return True
    return False


class _Digesting:
    """A file that is written, and digested as it is."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.sha256 = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> int:
        self.sha256.update(data)
        self.size += len(data)
        return self._file.write(data)


def _open_new(path: Path) -> IO[bytes]:
    """Open a file that must not be there yet, its owner's alone."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


@contextmanager
def _beside_if(folder: Path | None) -> Iterator[Path | None]:
    if folder is None:
        yield None
        return
    with _beside(folder) as beside:
        yield beside


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """Yield a folder beside, which takes its place at the end; if anything is raised, it goes. Raises `OutputError`."""
    beside = folder.with_name(f".{folder.name}-{secrets.token_hex(8)}")
    try:
        beside.mkdir(mode=0o700)
        yield beside
        beside.rename(folder)
        sync_folder(folder.parent)
    except OSError as error:
        shutil.rmtree(beside, ignore_errors=True)
        raise output_error(folder, error) from error
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
