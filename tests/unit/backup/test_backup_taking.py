"""Taking a backup: one moment, whole or not at all, and never a key in it."""

from __future__ import annotations

import base64
import json
import stat
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from esign.backup.errors import BackupDamaged, BackupRefused
from esign.backup.manifest import BLOBS
from esign.backup.taking import take_backup
from esign.ceremony.models import DocumentPiece, EnvelopeKeyRow
from esign.errors import OutputError
from esign.infra.models import DataKey, PersonalRecord
from tests.unit.backup.small_service import FIRST, NOON, SECOND, SmallService
from tests.vectors.trail.stored import append


def files_of(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_backup_is_of_one_moment_whatever_is_written_meanwhile(small: SmallService) -> None:
    """Also where rows that refer to one another are in tables that are written one after the other."""
    written: list[str] = []

    def meanwhile(step: str) -> None:
        if not written:
            append(small.database, "env_9", 2)
            with small.database.transaction() as session:
                small.records.keep(session, "per_9", "person", b"too late", at=NOON)
        written.append(step)

    small.take(tell=meanwhile)
    data, keys = small.opened()
    assert len(written) > 30
    assert data.table("trail_events").rows == 6
    assert data.table("personal_records").rows == 2
    assert keys.table("data_keys").rows == 4


def test_neither_keys_nor_wrapped_keys_are_in_the_backup_of_the_data(small_sqlite: SmallService) -> None:
    small_sqlite.take()
    data = b"".join(path.read_bytes() for path in files_of(small_sqlite.folder / "backup"))
    apart = b"".join(path.read_bytes() for path in files_of(small_sqlite.folder / "backup-keys"))
    with small_sqlite.database.reading() as session:
        wrapped = [*session.scalars(select(DataKey.wrapped)), *session.scalars(select(EnvelopeKeyRow.wrapped))]
    for one in wrapped:
        assert base64.b64encode(one) in apart
        assert base64.b64encode(one) not in data
        assert one not in data
    for path in files_of(small_sqlite.folder / "keys"):
        secret = path.read_bytes().splitlines()[1]
        assert secret not in data + apart
        assert base64.b64decode(secret) not in data + apart
    assert "于文山".encode() not in data + apart


def test_what_is_written_is_its_owners_alone(small_sqlite: SmallService) -> None:
    small_sqlite.take()
    for folder in ("backup", "backup-keys"):
        for path in (small_sqlite.folder / folder, *(small_sqlite.folder / folder).rglob("*")):
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    assert not list(small_sqlite.folder.glob(".backup*"))


def test_a_folder_that_is_there_is_not_written_into(small_sqlite: SmallService) -> None:
    for name in ("backup", "backup-keys"):
        (small_sqlite.folder / name).mkdir()
        with pytest.raises(BackupRefused) as refusal:
            small_sqlite.take()
        assert refusal.value.code == "backup-exists"
        (small_sqlite.folder / name).rmdir()


@pytest.mark.parametrize("apart", ["backup", "backup/keys", ".", ".."])
def test_wrapped_keys_are_not_put_where_the_data_is(small_sqlite: SmallService, apart: str) -> None:
    with pytest.raises(BackupRefused) as refusal:
        take_backup(small_sqlite.source, small_sqlite.folder / "backup", small_sqlite.folder / apart, now=NOON)
    assert refusal.value.code in {"backup-together", "backup-exists"}
    assert not (small_sqlite.folder / "backup").exists()


def test_where_a_blob_is_missing_nothing_is_left(small_sqlite: SmallService) -> None:
    small_sqlite.blobs.delete(FIRST)
    with pytest.raises(BackupDamaged) as refusal:
        small_sqlite.take()
    assert refusal.value.code == "backup-blob-missing"
    assert [path.name for path in small_sqlite.folder.iterdir() if "backup" in path.name] == []


def test_a_blob_that_is_erased_meanwhile_is_counted_and_not_missed(small_sqlite: SmallService) -> None:
    def erase(step: str) -> None:
        if step.startswith("envelope_keys"):  # the last table: the names of the blobs are noted
            with small_sqlite.database.transaction() as session:
                session.execute(delete(DocumentPiece).where(DocumentPiece.blob == SECOND))
            small_sqlite.blobs.delete(SECOND)

    taken = small_sqlite.take(tell=erase)
    assert taken.data.gone == 1
    lines = (small_sqlite.folder / "backup" / BLOBS).read_text().splitlines()
    assert [json.loads(line)[0] for line in lines] == [FIRST]


def test_a_blob_that_was_erased_before_is_not_missed_though_a_row_names_it(small_sqlite: SmallService) -> None:
    with small_sqlite.database.transaction() as session:
        small_sqlite.records.data_keys.erase(session, "doc_1.1", at=NOON)
    small_sqlite.blobs.delete(SECOND)
    assert small_sqlite.take().data.gone == 1


def test_where_nothing_can_be_written_nothing_is_left(small_sqlite: SmallService) -> None:
    with pytest.raises(OutputError):
        take_backup(small_sqlite.source, small_sqlite.folder / "nowhere" / "backup", None, now=NOON)


def test_the_manifest_says_what_the_trail_was_and_with_which_settings(small_sqlite: SmallService) -> None:
    taken = small_sqlite.take()
    assert (taken.data.trail.size, taken.data.log, taken.data.settings) == (
        5,
        "signing.insurer.example/trail",
        {"mode": "test"},
    )
    assert taken.data.trail.checkpoint is not None
    assert taken.wrapped_keys is not None
    assert (taken.wrapped_keys.blobs, taken.wrapped_keys.taken_at) == (None, NOON)
    assert [one.name for one in taken.wrapped_keys.tables] == ["data_keys.jsonl", "envelope_keys.jsonl"]


def test_records_stay_sealed_in_the_backup(small_sqlite: SmallService) -> None:
    small_sqlite.take()
    with small_sqlite.database.reading() as session:
        sealed = session.get_one(PersonalRecord, "per_1").sealed
    lines = (small_sqlite.folder / "backup" / "personal_records.jsonl").read_text().splitlines()
    assert base64.b64encode(sealed).decode() in lines[1]
