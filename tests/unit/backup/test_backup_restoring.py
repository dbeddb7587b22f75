"""Bringing a backup back: every byte is compared before, nothing is overwritten, and a fall leaves no half."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, select, text

from esign.backup.checking import open_backup, require_fitting_keys
from esign.backup.erasing_again import erase_again, erase_keyless, erase_what_came_back
from esign.backup.errors import BackupDamaged, BackupRefused
from esign.backup.manifest import MANIFEST, NOTE, Manifest, Member, read_manifest
from esign.backup.restoring import require_empty, restore
from esign.ceremony.models import AcceptedSignature, DocumentPiece, SealedRelease, SigningAct
from esign.infra.blob_folder import FolderBlobStore
from esign.infra.database import Database
from esign.infra.errors import BlobError, RecordErased
from esign.infra.models import DataKey, PersonalRecord
from esign.infra.schema import upgrade
from esign.retention.models import PersonVisit
from esign.retention.restoring import Replayed
from esign.trail.checkpoint import Checkpoint, Origin, sign_checkpoint
from esign.trail.note import Ed25519NoteKey
from tests.unit.backup.small_service import FIRST, LOG, NOON, SmallService


@pytest.fixture
def taken(small_sqlite: SmallService) -> SmallService:
    small_sqlite.take()
    return small_sqlite


def refused(act: Callable[[], object], kind: type[BackupDamaged | BackupRefused] = BackupDamaged) -> str:
    with pytest.raises(kind) as refusal:
        act()
    return refusal.value.code


def check(small: SmallService, name: str = "backup") -> None:
    for part in small.opened(name):
        part.check()


def members(small: SmallService) -> list[Path]:
    return sorted(
        path for folder in ("backup", "backup-keys") for path in (small.folder / folder).rglob("*") if path.is_file()
    )


def test_a_backup_as_it_was_taken_holds(taken: SmallService) -> None:
    check(taken)


def test_every_member_that_is_changed_cut_or_missing_is_found(taken: SmallService) -> None:
    """Each file of both folders, in one of four ways."""
    found = members(taken)
    assert len(found) > 40
    for number, path in enumerate(found):
        whole = path.read_bytes()
        changed = (bytes([whole[0] ^ 1]) + whole[1:], whole[:-1], whole + b"\n", None)[number % 4]
        if changed is None:
            path.unlink()
        else:
            path.write_bytes(changed)
        assert refused(lambda: check(taken)) in {"backup-member", "backup-signature", "backup-manifest"}, path
        path.write_bytes(whole)
    check(taken)


def test_a_manifest_is_believed_by_the_services_own_key_alone(taken: SmallService) -> None:
    stranger = Ed25519NoteKey(Ed25519PrivateKey.generate())
    folder = taken.folder / "backup"
    assert refused(lambda: open_backup(folder, "data", [stranger.public_key])) == "backup-signature"
    manifest = taken.opened()[0].manifest
    (folder / NOTE).write_bytes(manifest.sign(stranger))
    assert refused(lambda: open_backup(folder, "data", taken.public_keys)) == "backup-signature"
    open_backup(folder, "data", [stranger.public_key, *taken.public_keys])


def test_a_note_that_the_same_key_signed_for_something_else_is_no_manifest(taken: SmallService) -> None:
    folder = taken.folder / "backup"
    for note in (
        sign_checkpoint(Checkpoint(Origin(LOG), 5, bytes(32)), taken.key).encode(),
        (taken.folder / "backup-keys" / NOTE).read_bytes(),
    ):
        (folder / NOTE).write_bytes(note)
        assert refused(lambda: open_backup(folder, "data", taken.public_keys)) == "backup-signature"


@pytest.mark.parametrize(
    "change",
    [
        lambda form: form.pop("trail"),
        lambda form: form.update(more=1),
        lambda form: form.update(taken_at="yesterday"),
        lambda form: form.update(tables=[{"name": "x"}]),
        lambda form: form.update(tables="none"),
        lambda form: form.update(blobs=3),
    ],
)
def test_a_signed_manifest_of_another_form_is_refused(
    taken: SmallService, change: Callable[[dict[str, object]], object]
) -> None:
    form = json.loads((taken.folder / "backup" / MANIFEST).read_bytes())
    change(form)
    data = json.dumps(form, sort_keys=True, separators=(",", ":")).encode()

    class Odd(Manifest):
        def encode(self) -> bytes:
            return data

    manifest = taken.opened()[0].manifest
    odd = Odd(**{name: getattr(manifest, name) for name in manifest.__dataclass_fields__})
    assert refused(lambda: read_manifest(data, odd.sign(taken.key), taken.public_keys)) == "backup-manifest"


def test_data_and_wrapped_keys_are_not_taken_for_each_other(taken: SmallService) -> None:
    for folder, kind in (("backup", "wrapped-keys"), ("backup-keys", "data")):
        code = refused(lambda: open_backup(taken.folder / folder, kind, taken.public_keys), BackupRefused)  # noqa: B023
        assert code == "backup-kind"


def test_wrapped_keys_may_be_younger_than_the_data_and_neither_older_nor_expired(taken: SmallService) -> None:
    data, keys = (part.manifest for part in taken.opened())
    day = timedelta(days=1)
    require_fitting_keys(data, replace(keys, taken_at=NOON + day), NOON + 31 * day)
    for odd, now, code in (
        (replace(keys, taken_at=NOON - day), NOON, "backup-keys-older"),
        (keys, NOON + 30 * day + timedelta(seconds=1), "backup-keys-expired"),
        (replace(keys, log="elsewhere.example"), NOON, "backup-keys-other"),
    ):
        assert refused(lambda: require_fitting_keys(data, odd, now), BackupRefused) == code  # noqa: B023


def test_a_place_that_is_not_empty_stays_as_it_is(taken: SmallService, empty_sqlite: Database) -> None:
    upgrade(empty_sqlite)
    require_empty(empty_sqlite)
    with empty_sqlite.transaction() as session:
        session.execute(text("INSERT INTO moved_clocks VALUES ('cli_1', 1)"))
    assert refused(lambda: taken.bring_back(empty_sqlite), BackupRefused) == "restore-not-empty"
    assert refused(lambda: taken.bring_back(taken.database), BackupRefused) == "restore-not-empty"
    assert not (taken.folder / "blobs-again" / FIRST).exists()


def test_another_blob_under_the_same_name_is_not_overwritten(taken: SmallService, empty_sqlite: Database) -> None:
    FolderBlobStore(taken.folder / "blobs-again", bytes_at_most=100).put(FIRST, b"other")
    assert refused(lambda: taken.bring_back(empty_sqlite), BackupRefused) == "restore-blob-other"
    assert (taken.folder / "blobs-again" / FIRST).read_bytes() == b"other"


def test_a_restore_that_falls_leaves_no_row_and_the_next_one_goes_on(
    taken: SmallService, empty_sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def falls(*_given: object, **_named: object) -> None:
        raise RuntimeError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr("esign.backup.restoring.bring_back", falls)
        with pytest.raises(RuntimeError):
            taken.bring_back(empty_sqlite)
    require_empty(empty_sqlite)
    restored, _blobs = taken.bring_back(empty_sqlite)
    assert restored.blobs == 2


def test_a_backup_of_another_schema_is_migrated_only_when_that_is_said(
    taken: SmallService, empty_sqlite: Database
) -> None:
    data, keys = taken.opened()
    older = replace(data, manifest=replace(data.manifest, schema="0011"))
    blobs = FolderBlobStore(taken.folder / "blobs-again", bytes_at_most=10_000_000)
    assert refused(lambda: restore(older, keys, empty_sqlite, blobs, now=NOON), BackupRefused) == "restore-schema"
    restored = restore(older, keys, empty_sqlite, blobs, now=NOON, migrate=True)
    assert restored.schema > "0011"


def test_a_trail_that_does_not_add_up_to_its_manifest_is_not_brought_back(
    taken: SmallService, empty_sqlite: Database
) -> None:
    data, keys = taken.opened()
    other = replace(data, manifest=replace(data.manifest, trail=replace(data.manifest.trail, root="ab" * 32)))
    blobs = FolderBlobStore(taken.folder / "blobs-again", bytes_at_most=10_000_000)
    assert refused(lambda: restore(other, keys, empty_sqlite, blobs, now=NOON)) == "backup-trail"
    require_empty(empty_sqlite)


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [{"table": "messages", "columns": {"id": "text"}}],
        [{"table": "institutions", "columns": {"id": "word"}}],
        [{"table": "institutions", "columns": {"id": "text"}}, ["ins_1", "more"]],
        [{"table": "institutions", "columns": {"id": "text"}}, {"id": "ins_1"}],
        [{"table": "institutions", "columns": {"id": "time"}}, ["yesterday"]],
        ["institutions"],
    ],
)
def test_a_table_of_another_form_is_refused(taken: SmallService, empty_sqlite: Database, lines: list[object]) -> None:
    path = taken.folder / "backup" / "institutions.jsonl"
    path.write_bytes(b"".join(json.dumps(line).encode() + b"\n" for line in lines))
    assert refused(lambda: taken.bring_back(empty_sqlite)) in {"backup-table", "backup-member"}
    require_empty(empty_sqlite)


def test_what_was_erased_between_data_and_wrapped_keys_reads_as_erased(
    taken: SmallService, empty_sqlite: Database
) -> None:
    with taken.database.transaction() as session:
        taken.records.erase(session, "per_1", at=NOON)
        taken.records.data_keys.erase(session, "doc_1.1", at=NOON)  # a revision of a document
    taken.take("later", now=NOON + timedelta(hours=1))
    data, _same_time = taken.opened()
    _later_data, keys = taken.opened("later")
    blobs = FolderBlobStore(taken.folder / "blobs-again", bytes_at_most=10_000_000)
    restore(data, keys, empty_sqlite, blobs, now=NOON)
    assert erase_keyless(empty_sqlite, taken.keys, now=NOON) == 2
    assert erase_keyless(empty_sqlite, taken.keys, now=NOON) == 0
    with empty_sqlite.reading() as session:
        assert taken.records.read(session, "per_2") == b"another"
        with pytest.raises(RecordErased):
            taken.records.read(session, "per_1")
        with pytest.raises(RecordErased):
            taken.records.data_keys.get(session, "doc_1.1")
        assert session.scalars(select(PersonalRecord.id)).all() == ["per_2"]


def test_what_was_kept_beside_documents_goes_where_their_keys_are_gone(
    taken: SmallService, empty_sqlite: Database
) -> None:
    """The report on the sealed document and the certificate name people, though no key opens the document."""
    taken.bring_back(empty_sqlite)
    act = {"certificate_serial": "1", "base": "ab" * 32, "claimed_at": NOON, "contents_at": 0, "capacity": 0}
    named = {"certificate": b"who", "chain": b"", "increment": b"", "cms": b"who", "abandoned": False}
    with empty_sqlite.transaction() as session:
        session.add(DocumentPiece(document="doc_2", number=0, sha256="cd" * 32, size=3, blob="p/2", record="doc_2.0"))
        taken.records.data_keys.new(session, "doc_2.0")
        for number, document in enumerate(("doc_1", "doc_2")):
            session.add(SealedRelease(document=document, sha256=f"{number:064}", report=b"who"))
            session.add(SigningAct(recipient="rec_1", manifest=f"{number:064}", document=document, **act, **named))
            accepted = {"certificate_serial": str(number), "cms_sha256": f"{number:064}", "validation_data": b"who"}
            session.add(AcceptedSignature(recipient=f"rec_{number}", document=document, **accepted))
        session.flush()
        session.execute(delete(DataKey).where(DataKey.record_id.in_(["doc_1.0", "doc_1.1"])))
    assert erase_keyless(empty_sqlite, taken.keys, now=NOON) == 2
    with empty_sqlite.reading() as session:
        assert session.scalars(select(SealedRelease.document)).all() == ["doc_2"]
        assert session.scalars(select(SigningAct.document)).all() == ["doc_2"]
        assert session.scalars(select(AcceptedSignature.validation_data).order_by("document")).all() == [b"", b"who"]


def test_visits_that_a_backup_of_an_earlier_version_holds_are_not_brought_back(
    taken: SmallService, empty_sqlite: Database
) -> None:
    """They were gone within the hour where they were."""
    data, keys = taken.opened()
    path = taken.folder / "backup" / "person_visits.jsonl"
    path.write_bytes(b"whatever it holds")
    held = (*data.manifest.tables, Member(path.name, 17, "ab" * 32, 1))
    earlier = replace(data, manifest=replace(data.manifest, tables=held))
    blobs = FolderBlobStore(taken.folder / "blobs-again", bytes_at_most=10_000_000)
    restore(earlier, keys, empty_sqlite, blobs, now=NOON)
    with empty_sqlite.reading() as session:
        assert session.scalars(select(PersonVisit)).all() == []
    assert "person_visits" in data.manifest.left_out


def test_where_nothing_was_erased_nothing_is_erased_again(taken: SmallService, empty_sqlite: Database) -> None:
    taken.bring_back(empty_sqlite)
    assert erase_again(empty_sqlite, taken.keys, [], now=NOON).records == 0


def test_a_blob_that_cannot_be_deleted_keeps_nothing_readable(
    taken: SmallService, empty_sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What lacks its key is erased all the same."""

    class Stuck(FolderBlobStore):
        def delete(self, name: str) -> None:
            raise BlobError("blob-store", f"{name} cannot be deleted", "look at the store")

    with taken.database.transaction() as session:
        taken.records.erase(session, "per_1", at=NOON)
    taken.take("later", now=NOON + timedelta(hours=1))
    data, keys = taken.opened()[0], taken.opened("later")[1]
    blobs = Stuck(taken.folder / "blobs-again", bytes_at_most=10_000_000)
    restore(data, keys, empty_sqlite, blobs, now=NOON)
    monkeypatch.setattr("esign.backup.erasing_again.erase_again", lambda *_args, **_kept: Replayed(3, (FIRST,)))
    erased = erase_what_came_back(empty_sqlite, taken.keys, blobs, [], younger_keys=True, now=NOON)
    assert erased == 4
    with empty_sqlite.reading() as session:
        assert session.scalars(select(PersonalRecord.id)).all() == ["per_2"]
