"""Bringing a backup back onto an empty place: blobs first, then every row in one transaction.

If anything fails before that transaction commits, blobs lie there that nobody refers to, and the same command goes on
where it was. What is restored is marked (`backup.restored`): no checkpoint is published before an epoch is opened.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.orm import Session
from sqlalchemy.schema import Table

from esign.backup.checking import Backup
from esign.backup.errors import BackupDamaged, BackupRefused
from esign.backup.manifest import Manifest
from esign.backup.tables import HELD_BY_EARLIER, LEFT_OUT, fill_table, known_tables
from esign.backup.taking import TOLD_EVERY, Tell
from esign.infra.blobs import BlobStore
from esign.infra.database import Database
from esign.infra.errors import BlobError
from esign.infra.keystore import KeyStore
from esign.infra.schema import newest_revision, schema_revision, upgrade
from esign.infra.statements import table_of
from esign.trail.epochs import bring_back
from esign.trail.models import TrailEvent, TrailLeaf, TrailPending
from esign.trail.sequencer import stored_frontier

_EVENTS, _LEAVES, _PENDING = (table_of(one) for one in (TrailEvent, TrailLeaf, TrailPending))
_PLACED: Final = select(_EVENTS.c.number).join(_LEAVES, _LEAVES.c.event_id == _EVENTS.c.id)


@dataclass(frozen=True)
class Restored:
    """What came back: so many rows and blobs, and the schema that they are at now."""

    rows: int
    blobs: int
    schema: str


def require_empty(database: Database, tables: Sequence[Table] = ()) -> None:
    """Refuse a database with rows of ours in it; `tables` are those of rooms of business packages.

    Raises `BackupRefused` (`restore-not-empty`).
    """
    if schema_revision(database) is None:
        return
    with database.reading() as session:
        for one in known_tables(tables):
            if session.connection().dialect.has_table(session.connection(), one.name) and session.scalar(
                select(func.count()).select_from(select(one.primary_key.columns[0]).limit(1).subquery())
            ):
                raise BackupRefused(
                    "restore-not-empty",
                    f"the database has rows in {one.name}",
                    "restore onto an empty database: name another one in the settings",
                )


def restore(
    backup: Backup,
    keys: Backup | None,
    database: Database,
    blobs: BlobStore,
    *,
    now: datetime,
    migrate: bool = False,
    open_keys: Callable[[], KeyStore] | None = None,
    tables: Sequence[Table] = (),
    tell: Tell = lambda _step: None,
) -> Restored:
    """Fill an empty database and the blob store from backups whose every member was checked.

    `migrate` allows to bring the schema from that of the backup to that of this version afterwards, with the
    service's keys where rows are to be sealed (`open_keys`). `tables` are those of rooms of business packages. Raises
    `BackupRefused` (`restore-not-empty`, `restore-schema`), `BackupDamaged`, and what database and blobs raise.
    """
    manifest = backup.manifest
    if manifest.schema != newest_revision() and not migrate:
        raise BackupRefused(
            "restore-schema",
            f"the backup is at schema {manifest.schema}, and this version needs {newest_revision()}",
            "restore by the version that made it, or say --migrate",
        )
    require_empty(database, tables)
    count = _put_blobs(backup, blobs, tell)
    upgrade(database, manifest.schema)
    with database.transaction() as session:
        rows = sum(_fill(session.connection(), part, tell) for part in (backup, keys) if part is not None)
        _settle_pending(session)
        _require_trail(session, manifest)
        bring_back(session, backup=manifest.digest, taken_at=manifest.taken_at, now=now)
    return Restored(rows, count, upgrade(database, open_keys=open_keys) if migrate else manifest.schema)


def _put_blobs(backup: Backup, blobs: BlobStore, tell: Tell) -> int:
    count = 0
    for count, blob in enumerate(backup.blobs(), start=1):
        try:
            blobs.put(blob.name, backup.folder / "blobs" / blob.name)
        except BlobError as error:
            if error.code != "blob-exists":
                raise
            sha256 = hashlib.sha256()
            for piece in blobs.chunks(blob.name):
                sha256.update(piece)
            if sha256.hexdigest() != blob.sha256:
                raise BackupRefused(
                    "restore-blob-other",
                    f"the blob store has another blob under the name {blob.name}",
                    "restore onto an empty blob store: name another one in the settings",
                ) from error
        if count % TOLD_EVERY == 0:
            tell(f"{count} blobs are back")
    return count


def _fill(connection: Connection, backup: Backup, tell: Tell) -> int:
    rows = 0
    for member in backup.manifest.tables:
        name = member.name.removesuffix(".jsonl")
        if name in HELD_BY_EARLIER:
            continue
        if name in LEFT_OUT:
            raise BackupDamaged("backup-member", f"the backup holds {name}, which none does", "use another backup")
        with backup.opened(member.name) as file:
            found = fill_table(connection, name, file)
        if found != member.rows:
            raise BackupDamaged("backup-member", f"{member.name} has {found} rows, not {member.rows}", "use another")
        tell(f"{name}: {found} rows are back")
        rows += found
    return rows


def _settle_pending(session: Session) -> None:
    """The database made every event pending as it came in; those that have their leaf are not."""
    session.execute(delete(_PENDING).where(_PENDING.c.number.in_(_PLACED)))


def _require_trail(session: Session, manifest: Manifest) -> None:
    frontier = stored_frontier(session)
    if (frontier.size, frontier.root().hex()) != (manifest.trail.size, manifest.trail.root):
        raise BackupDamaged(
            "backup-trail", "the trail that came back has not the root that the manifest says", "use another backup"
        )
