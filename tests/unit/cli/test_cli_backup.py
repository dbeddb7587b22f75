"""`esign backup` and `esign restore` as an operator meets them: what they ask for, refuse, and say next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from ca.authority import EmbeddedAuthority
from ca.trust import TrustStore
from esign.infra.checkpoint_key import CheckpointKey
from esign.infra.database import Database, open_database
from esign.infra.errors import DatabaseError
from esign.infra.keystore import open_key_store
from esign.infra.models import DataKey, PersonalRecord
from esign.infra.personal_records import PersonalRecords
from esign.retention.restoring import VERIFICATION_ERASED
from esign.trail.checkpoint import Origin
from esign.trail.event import EventType
from esign.trail.log import Trail
from esign.trail.publishing import CheckpointPublisher
from esign.trail.vocabulary import Vocabulary
from tests.command import Desk
from tests.service import system_now
from tests.vectors.trail.stored import append, place


@pytest.fixture
def office(started_office: Desk) -> Desk:
    """An office with two events that no checkpoint covers yet."""
    started_office.changes["authority_roots"] = lambda _folder: TrustStore()
    database = open_database(f"sqlite:///{started_office.folder}/esign-data/esign.db")
    append(database, count=2)
    database.close()
    return started_office


def lose(office: Desk) -> None:
    """Let the data be gone, and the keys be there."""
    (office.folder / "esign-data").rename(office.folder / "lost")


@contextmanager
def database_of(office: Desk) -> Iterator[Database]:
    database = open_database(f"sqlite:///{office.folder}/esign-data/esign.db")
    yield database
    database.close()


def keep_record(office: Desk, record: str) -> None:
    records = PersonalRecords(open_key_store(office.folder / "esign-data-keys"))
    with database_of(office) as database, database.transaction() as session:
        records.keep(session, record, "report", b"about somebody", at=system_now())


def tell_erased(office: Desk, record: str) -> None:
    """Record in the trail that a verification's record was erased."""
    told = EventType(VERIFICATION_ERASED)
    with database_of(office) as database, database.transaction() as session:
        trail = Trail(Vocabulary((told,)))
        trail.append(session, f"ver_{record}", 0, [told(record=record)], actor="operator", time=system_now())


def records_left(office: Desk) -> list[str]:
    with database_of(office) as database, database.reading() as session:
        return list(session.scalars(select(PersonalRecord.id).order_by(PersonalRecord.id)))


def test_what_was_erased_is_erased_again_before_anything_else_can_fall(
    office: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fall(_database: Database) -> None:
        raise DatabaseError("jobs-unavailable", "the job engine is not there", "try again")

    for record in ("rec_a", "rec_b"):
        keep_record(office, record)
    tell_erased(office, "rec_a")
    office.run("backup", "data", "--wrapped-keys", "apart")
    lose(office)
    monkeypatch.setattr("esign.cli.backup.prepare_jobs", fall)
    assert "[jobs-unavailable]" in office.run("restore", "data", "--wrapped-keys", "apart", status=10).stderr
    assert records_left(office) == ["rec_b"]


def test_what_a_later_export_tells_is_erased_again_also_after_the_restore(
    office: Desk, authority: EmbeddedAuthority
) -> None:
    for record in ("rec_a", "rec_b"):
        keep_record(office, record)
    office.run("backup", "data", "--wrapped-keys", "apart")
    tell_erased(office, "rec_a")
    key = CheckpointKey(open_key_store(office.folder / "esign-data-keys"))
    with database_of(office) as database:
        place(database)
        CheckpointPublisher(Origin("esign/trail"), key, authority.timestamp_authority).publish(database)
    office.run("trail", "export", "trail.jsonl")
    lose(office)
    office.run("restore", "data", "--wrapped-keys", "apart")
    assert records_left(office) == ["rec_a", "rec_b"]
    told = office.run("evidence", "replay", "--erasures", "trail.jsonl")
    assert told.stdout == "1 records were back, and are erased again\n"
    assert records_left(office) == ["rec_b"]
    assert office.run("evidence", "replay", "--erasures", "trail.jsonl").stdout.startswith("0 records")


def test_what_younger_keys_lack_is_erased_again_also_where_the_restore_fell_before_that(office: Desk) -> None:
    for record in ("rec_a", "rec_b"):
        keep_record(office, record)
    with database_of(office) as database, database.transaction() as session:  # as a restore leaves it that falls there
        session.execute(delete(DataKey).where(DataKey.record_id == "rec_a"))
    assert office.run("evidence", "replay").stdout.startswith("0 records")
    assert records_left(office) == ["rec_a", "rec_b"]  # without a word it may be a key that was lost
    assert office.run("evidence", "replay", "--younger-keys").stdout.startswith("1 records")
    assert records_left(office) == ["rec_b"]


def test_what_was_backed_up_comes_back_and_the_next_step_is_named(office: Desk) -> None:
    told = office.run("backup", "data", "--wrapped-keys", "apart")
    assert "data: " in told.stdout
    assert "apart: the wrapped keys; keep it apart, and destroy it within 30 days" in told.stdout
    assert "trail_events: 2 rows" in told.stderr
    lose(office)
    told = office.run("restore", "data", "--wrapped-keys", "apart", "--quiet")
    assert told.stderr == ""
    assert "the trail holds: 0 events, root none" in told.stdout
    assert "next: esign trail open-epoch; until then no checkpoint is published\nthen: legal holds" in told.stdout
    assert "[restore-not-empty]" in office.run("restore", "data", "--wrapped-keys", "apart", status=10).stderr


def test_wrapped_keys_are_never_left_out_by_accident(office: Desk) -> None:
    assert "--without-wrapped-keys" in office.run("backup", "data", status=2).stderr
    assert (
        "--without-wrapped-keys"
        in office.run("backup", "a", "--wrapped-keys", "b", "--without-wrapped-keys", status=2).stderr
    )
    assert office.json("backup", "data", "--without-wrapped-keys")["wrapped_keys"] is None
    lose(office)
    assert "--without-wrapped-keys" in office.run("restore", "data", status=2).stderr
    assert office.json("restore", "data", "--without-wrapped-keys")["documents"]["passed"] == 0


def test_a_changed_backup_is_refused_before_anything_is_written(office: Desk) -> None:
    office.run("backup", "data", "--wrapped-keys", "apart")
    lose(office)
    path = office.folder / "data" / "trail_events.jsonl"
    path.write_bytes(path.read_bytes().replace(b"rec_1", b"rec_2"))
    told = office.json("restore", "data", "--wrapped-keys", "apart", status=10)
    assert told["error"]["code"] == "backup-member"
    assert not (office.folder / "esign-data" / "blobs").exists()


def test_other_settings_or_keys_than_those_of_the_service_are_refused(
    office: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.run("backup", "data", "--wrapped-keys", "apart")
    lose(office)
    given = ("restore", "data", "--wrapped-keys", "apart")
    with monkeypatch.context() as patch:
        patch.setenv("ESIGN_TRAIL_NAME", "elsewhere.example/trail")
        assert "[restore-settings]" in office.run(*given, status=10).stderr
    (office.folder / "esign-data-keys").rename(office.folder / "kept-keys")
    assert "[key-missing]" in office.run(*given, status=10).stderr
    office.run("keys", "create")
    assert "[backup-signature]" in office.run(*given, status=10).stderr
    key = Path("kept-keys")
    monkeypatch.setenv("ESIGN_KEYS_FOLDER", str(key))
    old = office.run("trail", "key").stdout.strip()
    monkeypatch.delenv("ESIGN_KEYS_FOLDER")
    office.run(*given, "--log-key", old)


def test_a_backup_that_cannot_be_written_is_an_exit_status_of_its_own(office: Desk) -> None:
    assert "[output-unwritable]" in office.run("backup", "nowhere/data", "--without-wrapped-keys", status=13).stderr
    assert "[backup-exists]" in office.run("backup", "esign-data", "--without-wrapped-keys", status=10).stderr
