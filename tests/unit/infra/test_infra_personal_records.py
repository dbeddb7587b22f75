from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text, update

from esign.infra.database import Database, open_database
from esign.infra.errors import KeyStoreError, RecordErased, RecordError, SealedDataError
from esign.infra.keystore import FileKeyStore, create_key_store
from esign.infra.models import DataKey, Erasure, PersonalRecord, SearchEntry
from esign.infra.personal_records import (
    DataKeys,
    PersonalRecords,
    ToKeep,
    finish_rotation,
    retire_master_key,
    rotate_master_key,
)
from esign.infra.schema import upgrade
from esign.infra.search_index import SearchField, SearchIndex, normalise

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PERSON = '{"name":"张伟","phone":"13800000001"}'.encode()


@pytest.fixture
def keys(tmp_path: Path) -> FileKeyStore:
    return create_key_store(tmp_path / "keys")


@pytest.fixture
def records(keys: FileKeyStore) -> PersonalRecords:
    return PersonalRecords(keys)


def keep(database: Database, records: PersonalRecords, record_id: str = "rec_1", phone: str = "13800000001") -> None:
    with database.transaction() as session:
        found_by = [(SearchField.NAME, "张伟"), (SearchField.PHONE, phone)]
        records.keep(session, record_id, "person", PERSON, at=NOON, find_by=found_by)


def erase(database: Database, records: PersonalRecords, record_id: str = "rec_1") -> None:
    with database.transaction() as session:
        records.erase(session, record_id, at=NOON)


def test_a_draft_is_written_over_under_its_key_and_never_after_it_was_erased(
    database: Database, records: PersonalRecords
) -> None:
    keep(database, records)
    with database.transaction() as session:
        before = session.get_one(PersonalRecord, "rec_1").sealed
        records.rewrite(session, "rec_1", b"more")
    with database.reading() as session:
        assert records.read(session, "rec_1") == b"more"
        assert session.get_one(PersonalRecord, "rec_1").sealed != before
    erase(database, records)
    with database.transaction() as session, pytest.raises(RecordErased):
        records.rewrite(session, "rec_1", b"again")


def test_a_record_is_kept_read_and_found(database: Database, records: PersonalRecords) -> None:
    keep(database, records)
    keep(database, records, "rec_2", "13800000002")
    with database.reading() as session:
        assert records.read(session, "rec_1") == PERSON
        assert records.index.find(session, SearchField.PHONE, "+86 138-0000-0001") == ["rec_1"]
        assert records.index.find(session, SearchField.NAME, " 张 伟") == ["rec_1", "rec_2"]
        assert records.index.find(session, SearchField.NAME, "张伟", at_most=1) == ["rec_1"]
        assert records.index.find(session, SearchField.PHONE, "13800000003") == []


def test_nothing_personal_is_readable_in_the_database(database: Database, records: PersonalRecords) -> None:
    keep(database, records)
    with database.reading() as session:
        rows = [
            value
            for table in ("personal_records", "data_keys", "search_entries")
            for row in session.execute(text(f"SELECT * FROM {table}"))  # noqa: S608
            for value in row
        ]
    everything = b"|".join(bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in rows)
    assert "张伟".encode() not in everything
    assert b"13800000001" not in everything


def test_a_record_is_kept_once(database: Database, records: PersonalRecords) -> None:
    keep(database, records)
    with pytest.raises(RecordError) as caught:
        keep(database, records)
    assert caught.value.code == "record-exists"


def test_a_transaction_that_fails_keeps_no_record(database: Database, records: PersonalRecords) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction() as session:
        records.keep(session, "rec_1", "person", PERSON, at=NOON)
        _ = 1 // 0
    keep(database, records)


@pytest.mark.parametrize("record_id", ["", "x" * 81, "记录", "a\nb"])
def test_an_odd_id_is_refused(database: Database, records: PersonalRecords, record_id: str) -> None:
    with pytest.raises(RecordError, match="printable ASCII"):
        keep(database, records, record_id)


def test_a_record_that_is_not_there_is_told(database: Database, records: PersonalRecords) -> None:
    with database.reading() as session, pytest.raises(RecordError) as caught:
        records.read(session, "rec_9")
    assert caught.value.code == "record-missing"


def test_a_row_moved_to_another_record_does_not_open(database: Database, records: PersonalRecords) -> None:
    keep(database, records)
    keep(database, records, "rec_2")
    with database.transaction() as session:
        sealed = session.get_one(PersonalRecord, "rec_1").sealed
        session.execute(update(PersonalRecord).where(PersonalRecord.id == "rec_2").values(sealed=sealed))
    with database.reading() as session, pytest.raises(SealedDataError):
        records.read(session, "rec_2")
    with database.transaction() as session:
        wrapped = session.get_one(DataKey, "rec_1").wrapped
        session.execute(update(DataKey).where(DataKey.record_id == "rec_2").values(wrapped=wrapped))
    with database.reading() as session, pytest.raises(SealedDataError):
        records.read(session, "rec_2")


def test_an_erased_record_is_gone_and_found_no_more(database: Database, records: PersonalRecords) -> None:
    keep(database, records)
    keep(database, records, "rec_2", "13800000002")
    erase(database, records)
    with database.reading() as session:
        with pytest.raises(RecordErased):
            records.read(session, "rec_1")
        assert records.index.find(session, SearchField.PHONE, "13800000001") == []
        assert session.get(DataKey, "rec_1") is None
        assert session.get(PersonalRecord, "rec_1") is None
        assert records.read(session, "rec_2") == PERSON


def test_erasing_again_changes_nothing_and_the_id_is_never_used_again(
    database: Database, records: PersonalRecords
) -> None:
    keep(database, records)
    erase(database, records)
    erase(database, records)
    with pytest.raises(RecordErased):
        keep(database, records)


def test_after_a_restore_erasures_are_replayed(database: Database, records: PersonalRecords) -> None:
    for number in (1, 2, 3):
        keep(database, records, f"rec_{number}")
    with database.reading() as session:
        backup = [(key.record_id, key.master_version, key.wrapped) for key in session.scalars(select(DataKey))]
    erase(database, records, "rec_1")
    with database.transaction() as session:  # the backup of the keys comes back, and rec_1 with it
        session.add(DataKey(record_id=backup[0][0], master_version=backup[0][1], wrapped=backup[0][2]))
    with database.reading() as session, pytest.raises(RecordErased):
        records.read(session, "rec_1")
    with database.transaction() as session:
        assert records.replay_erasures(session, {"rec_2": NOON}) == 2  # rec_2: told by the trail alone
    with database.transaction() as session:
        assert records.replay_erasures(session) == 0
        assert session.scalars(select(DataKey.record_id)).all() == ["rec_3"]
        assert set(session.scalars(select(Erasure.record_id))) == {"rec_1", "rec_2"}
        assert set(session.scalars(select(SearchEntry.record_id))) == {"rec_3"}


def test_an_erased_key_is_overwritten_in_the_file_of_sqlite(
    sqlite_url: str, tmp_path: Path, records: PersonalRecords
) -> None:
    database = open_database(sqlite_url)
    upgrade(database)
    keep(database, records)
    with database.reading() as session:
        wrapped = session.get_one(DataKey, "rec_1").wrapped
    erase(database, records)
    database.close()
    with sqlite3.connect(tmp_path / "esign.db") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    assert wrapped not in (tmp_path / "esign.db").read_bytes()


def test_a_rotation_rewraps_every_key_and_changes_no_data(
    database: Database, keys: FileKeyStore, records: PersonalRecords
) -> None:
    for number in range(5):
        keep(database, records, f"rec_{number}")
    with database.transaction() as session:
        sealed = session.get_one(PersonalRecord, "rec_0").sealed
    assert rotate_master_key(database, keys) == 2
    with database.reading() as session:
        assert set(session.scalars(select(DataKey.master_version))) == {2}
        assert session.get_one(PersonalRecord, "rec_0").sealed == sealed
        assert records.read(session, "rec_4") == PERSON
    assert finish_rotation(database, keys) == 0
    retire_master_key(database, keys, 1)
    with database.reading() as session:
        assert records.read(session, "rec_0") == PERSON


def test_an_interrupted_rotation_can_be_finished(
    database: Database, keys: FileKeyStore, records: PersonalRecords
) -> None:
    for number in range(5):
        keep(database, records, f"rec_{number}")
    keys.rotate_master()
    with database.transaction() as session:
        assert DataKeys(keys).rewrap(session, at_most=2) == 2
    with pytest.raises(KeyStoreError, match="still wraps 3 keys"):
        retire_master_key(database, keys, 1)
    assert finish_rotation(database, keys) == 3
    retire_master_key(database, keys, 1)


@pytest.mark.parametrize(
    ("field", "written", "compared"),
    [
        (SearchField.NAME, " 张 伟 ", "张伟"),
        (SearchField.NAME, "Zhang Wei", "ｚｈａｎｇＷＥＩ"),
        (SearchField.NAME, "阿卜杜·热合曼", "阿卜杜•热合曼"),
        (SearchField.NAME, "阿卜杜・热合曼", "阿卜杜 · 热合曼"),
        (SearchField.PHONE, "13800000001", "+86 138-0000-0001"),
        (SearchField.PHONE, "13800000001", "008613800000001"),
        (SearchField.PHONE, "13800000001", "１３８００００００01"),
        (SearchField.PHONE, "13800000001", "013800000001"),
        (SearchField.PHONE, "13800000001", "+86 0138 0000 0001"),
        (SearchField.PHONE, "13800000001", "+013800000001"),
        (SearchField.PHONE, "+44 20 7946 0000", "00442079460000"),
        (SearchField.ID_NUMBER, "11010519491231002x", "110105 19491231-002Ｘ"),
    ],
)
def test_items_that_mean_the_same_are_compared_as_the_same(field: SearchField, written: str, compared: str) -> None:
    assert normalise(field, written) == normalise(field, compared) != ""


def test_items_that_differ_stay_apart(keys: FileKeyStore) -> None:
    index = SearchIndex(keys)
    assert index.digest(SearchField.PHONE, "13800000001") != index.digest(SearchField.PHONE, "13800000002")
    assert index.digest(SearchField.PHONE, "13800000001") != index.digest(SearchField.ID_NUMBER, "13800000001")
    assert normalise(SearchField.PHONE, "8613800000001") != normalise(SearchField.PHONE, "8623800000001")


@given(st.sampled_from(SearchField), st.text(max_size=40))
def test_normalising_twice_is_normalising_once(field: SearchField, value: str) -> None:
    once = normalise(field, value)
    assert normalise(field, once) == once


@pytest.mark.parametrize("value", ["", " \u3000", "no digits"])
def test_nothing_to_look_for_is_refused_without_being_quoted(keys: FileKeyStore, value: str) -> None:
    with pytest.raises(ValueError, match="nothing is left of this phone"):
        SearchIndex(keys).digest(SearchField.PHONE, value)


def test_the_index_of_other_keys_tells_nothing(keys: FileKeyStore, tmp_path: Path) -> None:
    other = SearchIndex(create_key_store(tmp_path / "other"))
    assert SearchIndex(keys).digest(SearchField.NAME, "张伟") != other.digest(SearchField.NAME, "张伟")


def to_keep(*names: str) -> list[ToKeep]:
    return [ToKeep(name, "person", PERSON + name.encode(), NOON, [(SearchField.NAME, "张伟")]) for name in names]


def test_records_that_are_kept_together_are_read_found_and_erased_as_any_other(
    database: Database, records: PersonalRecords
) -> None:
    with database.transaction() as session:
        records.keep_many(session, to_keep("rec_1", "rec_2"))
        records.keep_many(session, ())
    erase(database, records, "rec_2")
    with database.reading() as session:
        assert records.read(session, "rec_1") == PERSON + b"rec_1"
        assert records.index.find(session, SearchField.NAME, "张伟") == ["rec_1"]


def test_of_records_that_are_kept_together_one_that_was_erased_or_is_there_keeps_all_out(
    database: Database, records: PersonalRecords
) -> None:
    keep(database, records, "rec_there")
    keep(database, records, "rec_gone")
    erase(database, records, "rec_gone")
    for names, code in ((("rec_1", "rec_there"), "record-exists"), (("rec_1", "rec_gone"), "record-erased")):
        with pytest.raises((RecordError, RecordErased)) as refused, database.transaction() as session:
            records.keep_many(session, to_keep(*names))
        assert (refused.value.code, names[1] in str(refused.value)) == (code, True)
    with pytest.raises(RecordError), database.transaction() as session:
        records.keep_many(session, to_keep("rec_twice", "rec_twice"))
    with database.reading() as session, pytest.raises(RecordError):
        records.read(session, "rec_1")
