"""A small service for the tests of backups: some rows of each kind, blobs, keys and a trail under a checkpoint."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert, select, text

from ca.authority import EmbeddedAuthority
from esign.backup.checking import Backup, open_backup
from esign.backup.restoring import Restored, restore
from esign.backup.taking import Source, Taken, take_backup
from esign.ceremony.models import DocumentPiece, EnvelopeKeyRow
from esign.infra.blob_folder import FolderBlobStore
from esign.infra.checkpoint_key import CheckpointKey
from esign.infra.database import Database
from esign.infra.keystore import create_key_store
from esign.infra.models import Message
from esign.infra.personal_records import PersonalRecords
from esign.infra.schema import newest_revision
from esign.renewal.chain import Head, Stamped
from esign.renewal.checkpoint_rows import checkpoint_rests_on, keep_renewal
from esign.renewal.units import unit_of
from esign.staff.models import InstitutionRow
from esign.trail.checkpoint import Origin
from esign.trail.models import TrailCheckpoint
from esign.trail.publishing import CheckpointPublisher
from tests.vectors.trail.stored import append, place

LOG = "signing.insurer.example/trail"
NOON = datetime(2026, 11, 26, 4, 0, 0, 123_456, tzinfo=UTC)
FIRST, SECOND = (f"piece/{number:02x}/{number:030x}" for number in (1, 2))


@dataclass
class SmallService:
    """What is backed up, and the folder that tests write into."""

    database: Database
    folder: Path
    authority: EmbeddedAuthority

    def __post_init__(self) -> None:
        with self.database.transaction() as session:
            session.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
            session.execute(text("INSERT INTO alembic_version VALUES (:schema)"), {"schema": newest_revision()})
        self.keys = create_key_store(self.folder / "keys")
        self.blobs = FolderBlobStore(self.folder / "blobs", bytes_at_most=10_000_000)
        self.records = PersonalRecords(self.keys)
        self.key = CheckpointKey(self.keys)
        append(self.database, "env_1", 3)
        place(self.database)
        CheckpointPublisher(Origin(LOG), self.key, self.authority.timestamp_authority).publish(self.database)
        append(self.database, "env_2", 2)
        place(self.database)
        append(self.database, "env_3")  # waits for its leaf
        with self.database.transaction() as session:
            self.records.keep(session, "per_1", "person", "于文山".encode(), at=NOON)
            self.records.keep(session, "per_2", "person", b"another", at=NOON)
            self.records.data_keys.new(session, "doc_1.0")
            self.records.data_keys.new(session, "doc_1.1")
            session.execute(
                insert(InstitutionRow), [{"id": "ins_1", "parent": None, "name": "总公司", "closed": False}]
            )
            session.execute(
                insert(Message),
                [
                    {
                        "id": "msg_1",
                        "dedupe": "one",
                        "kind": "copy",
                        "person": "per_1",
                        "facts": {"recipient": "rec_1", "tries": [1, None, True]},
                        "state": "sent",
                        "created_at": NOON,
                        "attempts": 0,
                    }
                ],
            )
            session.execute(
                insert(EnvelopeKeyRow),
                [{"envelope": "env_1", "public_key": b"public half", "wrapped": b"wrapped half"}],
            )
            for number, name in enumerate((FIRST, SECOND)):
                session.execute(
                    insert(DocumentPiece),
                    [
                        {
                            "document": "doc_1",
                            "number": number,
                            "sha256": "ab" * 32,
                            "size": 3,
                            "blob": name,
                            "record": f"doc_1.{number}",
                        }
                    ],
                )
        for name, content in ((FIRST, b"first"), (SECOND, b"second" * 400_000)):
            self.blobs.put(name, content)

    def renew_checkpoint(self) -> None:
        """Keep on which unit the checkpoint rests, and a renewal of it, by the same authority."""
        with self.database.transaction() as session:
            row = session.scalars(select(TrailCheckpoint)).one()
            unit = unit_of(row.token)
            checkpoint_rests_on(session, row, unit)
            head = Head(1, Stamped(row.note, row.token).leaf, (hashlib.sha256(unit.certificate).hexdigest(),))
            token = self.authority.timestamp_authority.timestamp(hashlib.sha256(head.encode()).digest())
            covered = [Stamped(row.note, row.token)]
            keep_renewal(session, head.encode(), token, unit, covered, [unit.certificate])

    @property
    def source(self) -> Source:
        return Source(self.database, self.blobs, self.key, LOG, "0.1.0", {"mode": "test"})

    @property
    def public_keys(self) -> list[bytes]:
        return [self.key.public_key]

    def take(
        self, name: str = "backup", *, now: datetime = NOON, tell: Callable[[str], None] = lambda _step: None
    ) -> Taken:
        return take_backup(self.source, self.folder / name, self.folder / f"{name}-keys", now=now, tell=tell)

    def opened(self, name: str = "backup") -> tuple[Backup, Backup]:
        return (
            open_backup(self.folder / name, "data", self.public_keys),
            open_backup(self.folder / f"{name}-keys", "wrapped-keys", self.public_keys),
        )

    def bring_back(self, target: Database, name: str = "backup") -> tuple[Restored, FolderBlobStore]:
        """Bring the backup back into the database and a blob store of its own."""
        data, keys = self.opened(name)
        blobs = FolderBlobStore(self.folder / "blobs-again", bytes_at_most=10_000_000)
        return restore(data, keys, target, blobs, now=NOON + timedelta(days=1)), blobs
