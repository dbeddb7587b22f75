from __future__ import annotations

import stat
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Table, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, StatementError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from esign.infra.database import PAGES_KEPT, Database, JsonText, JsonValue, UtcDateTime, open_database
from esign.infra.errors import ConfigurationError, DatabaseError
from esign.infra.insert_only import insert_only, on_dialect

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


class Invented(DeclarativeBase):
    """Tables of this file only, so that no other test sees them."""


class Note(Invented):
    __tablename__ = "note"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    body: Mapped[JsonValue] = mapped_column(JsonText, nullable=True)


class Leaf(Invented):
    __tablename__ = "leaf"
    position: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


_leaf: Table = Leaf.metadata.tables["leaf"]
insert_only(_leaf)
on_dialect(
    _leaf,
    sqlite=["CREATE VIEW leaf_dialect AS SELECT 'sqlite 100%' AS name"],
    postgresql=["CREATE VIEW leaf_dialect AS SELECT 'postgresql 100%' AS name"],
)


@pytest.fixture
def notes(empty_database: Database) -> Database:
    Invented.metadata.create_all(empty_database.engine)
    return empty_database


def test_a_transaction_commits_at_its_end(notes: Database) -> None:
    with notes.transaction() as session:
        session.add(Note(id=1, at=NOON, body={"b": [1, True, None], "a": "张伟"}))
    with notes.reading() as session:
        note = session.get_one(Note, 1)
    assert (note.at, note.body) == (NOON, {"a": "张伟", "b": [1, True, None]})


def test_a_transaction_that_fails_leaves_nothing(notes: Database) -> None:
    with pytest.raises(ZeroDivisionError), notes.transaction() as session:
        session.add(Note(id=1))
        session.flush()
        _ = 1 // 0
    with notes.reading() as session:
        assert session.scalars(select(Note)).all() == []


def test_objects_stay_readable_after_the_commit(notes: Database) -> None:
    with notes.transaction() as session:
        note = Note(id=1, at=NOON)
        session.add(note)
    assert note.at == NOON


def test_a_transaction_inside_a_transaction_is_refused_and_the_next_one_is_not(notes: Database) -> None:
    with notes.transaction() as session:
        with pytest.raises(RuntimeError, match="already open"), notes.transaction():
            pass
        session.add(Note(id=1))
    with notes.transaction() as session:
        assert session.get(Note, 1) is not None


def test_a_reading_session_cannot_write(notes: Database) -> None:
    with notes.reading() as session, pytest.raises(DBAPIError):
        session.execute(insert(Note).values(id=1))
    with notes.transaction() as session:
        session.add(Note(id=2))
    with notes.reading() as session:
        assert session.scalars(select(Note.id)).all() == [2]


def test_a_reading_session_sees_one_moment(notes: Database) -> None:
    with notes.reading() as reader:
        before = reader.scalars(select(Note.id)).all()
        with notes.transaction() as writer:
            writer.add(Note(id=1))
        assert reader.scalars(select(Note.id)).all() == before == []
    with notes.reading() as reader:
        assert reader.scalars(select(Note.id)).all() == [1]


def test_eight_writers_of_one_counter_lose_no_step(notes: Database) -> None:
    with notes.transaction() as session:
        session.add(Note(id=1, body=0))

    def count_up() -> None:
        for _ in range(10):
            with notes.transaction() as session:
                note = session.scalars(select(Note).where(Note.id == 1).with_for_update()).one()
                assert isinstance(note.body, int)
                note.body += 1

    threads = [threading.Thread(target=count_up) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with notes.reading() as session:
        assert session.get_one(Note, 1).body == 80


def test_two_processes_worth_of_sqlite_wait_for_each_other(sqlite_url: str) -> None:
    one, other = open_database(sqlite_url), open_database(sqlite_url)
    Invented.metadata.create_all(one.engine)

    def write(database: Database, first: int) -> None:
        for number in range(first, first + 20):
            with database.transaction() as session:
                session.add(Note(id=number))

    threads = [threading.Thread(target=write, args=pair) for pair in ((one, 0), (other, 100))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with one.reading() as session:
        assert len(session.scalars(select(Note.id)).all()) == 40
    one.close()
    other.close()


def test_a_moment_comes_back_in_utc_whatever_its_offset_was(notes: Database) -> None:
    shanghai = NOON.astimezone(timezone(timedelta(hours=8)))
    with notes.transaction() as session:
        session.add(Note(id=1, at=shanghai))
    with notes.reading() as session:
        at = session.get_one(Note, 1).at
        found = session.scalars(select(Note.id).where(Note.at <= NOON, Note.at > NOON - timedelta(microseconds=1)))
        assert found.all() == [1]
    assert at is not None
    assert (at, at.tzinfo) == (NOON, UTC)


def test_a_moment_without_offset_is_refused(notes: Database) -> None:
    with pytest.raises(StatementError, match="aware datetime"), notes.transaction() as session:
        session.add(Note(id=1, at=NOON.replace(tzinfo=None)))


def test_json_is_kept_in_its_canonical_form(notes: Database) -> None:
    with notes.transaction() as session:
        session.add(Note(id=1, body={"b": 1.0, "a": "é\u0000"}))
    with notes.reading() as session:
        assert session.scalar(text("SELECT body FROM note")) == '{"a":"é\\u0000","b":1}'


@pytest.mark.parametrize("value", [2**53 + 1, float("nan"), "\ud800"])
def test_json_that_cannot_be_carried_is_refused_without_being_quoted(notes: Database, value: JsonValue) -> None:
    with pytest.raises(StatementError) as caught, notes.transaction() as session:
        session.add(Note(id=1, body={"phone": value}))
    assert "canonical JSON" in str(caught.value)
    assert "phone" not in str(caught.value)


def test_errors_of_the_database_do_not_quote_parameters(notes: Database) -> None:
    with pytest.raises(IntegrityError) as caught, notes.transaction() as session:
        session.execute(insert(Note), [{"id": 1, "body": "13800000001"}, {"id": 1, "body": "13800000001"}])
    assert "13800000001" not in str(caught.value)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE leaf SET text = 'other' WHERE position = 1",
        "UPDATE leaf SET position = 9",
        "DELETE FROM leaf",
        "INSERT INTO leaf VALUES (1, 'other') ON CONFLICT (position) DO UPDATE SET text = 'other'",
    ],
)
def test_an_insert_only_table_refuses_changes(notes: Database, statement: str) -> None:
    with notes.transaction() as session:
        session.add(Leaf(position=1, text="first"))
    with pytest.raises(IntegrityError, match="insert-only"), notes.transaction() as session:
        session.execute(text(statement))
    with notes.reading() as session:
        assert session.get_one(Leaf, 1).text == "first"


def test_an_insert_only_table_refuses_what_only_one_database_knows(notes: Database) -> None:
    with notes.transaction() as session:
        session.add(Leaf(position=1, text="first"))
    statement = "INSERT OR REPLACE INTO leaf VALUES (1, 'other')" if notes.is_sqlite else "TRUNCATE leaf"
    with pytest.raises(IntegrityError, match="insert-only"), notes.transaction() as session:
        session.execute(text(statement))


def test_statements_run_on_the_database_they_are_for(notes: Database) -> None:
    with notes.reading() as session:
        assert session.scalar(text("SELECT name FROM leaf_dialect")) == f"{notes.engine.dialect.name} 100%"


def test_sqlite_is_set_to_lose_nothing(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    with database.reading() as session:
        found = {
            name: session.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "recursive_triggers")
        }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "recursive_triggers": 1,
    }
    database.close()


def test_who_writes_to_sqlite_keeps_more_pages_at_hand_than_who_reads(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    with database.transaction() as session:
        assert session.scalar(text("PRAGMA cache_size")) == -PAGES_KEPT
    with database.reading() as session:
        assert session.scalar(text("PRAGMA cache_size")) == -2000
    database.close()


def test_a_file_of_sqlite_is_readable_by_its_owner_alone(sqlite_url: str, tmp_path: Path) -> None:
    database = open_database(sqlite_url)
    Invented.metadata.create_all(database.engine)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert set(modes) >= {"esign.db", "esign.db-wal"}
    assert set(modes.values()) == {0o600}
    database.close()


def test_the_database_answers(empty_database: Database) -> None:
    empty_database.ping()


def test_a_database_that_is_away_is_named_without_its_password(tmp_path: Path) -> None:
    database = open_database(f"postgresql://esign:hush@/esign?host={tmp_path}")
    with pytest.raises(DatabaseError) as caught:
        database.ping()
    assert caught.value.code == "database-unavailable"
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "no url with hush",
        "mysql://root:hush@host/x",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:x?uri=true",
    ],
)
def test_a_url_that_cannot_be_used_is_refused_without_being_quoted(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        open_database(url)
    assert caught.value.code == "database-url"
    assert "hush" not in str(caught.value)


def test_a_file_in_a_folder_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="does not exist"):
        open_database(f"sqlite:///{tmp_path}/missing/esign.db")


def test_a_connection_that_lay_idle_while_its_server_went_is_replaced(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("esign.infra.database.IDLE_SECONDS", 0.0)
    database = open_database(postgresql_url)
    with database.reading() as session:
        backend = session.scalar(text("SELECT pg_backend_pid()"))
    with psycopg.connect(postgresql_url, autocommit=True) as operator:
        operator.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])
    with database.reading() as session:
        assert session.scalar(text("SELECT pg_backend_pid()")) != backend
    database.close()


def test_after_one_error_no_connection_of_before_is_used(postgresql_url: str) -> None:
    database = open_database(postgresql_url)
    with database.reading() as first, database.reading() as second:
        backends = [session.scalar(text("SELECT pg_backend_pid()")) for session in (first, second)]
    with psycopg.connect(postgresql_url, autocommit=True) as operator:
        operator.execute("SELECT pg_terminate_backend(pid, 5000) FROM unnest(%s) AS pid", [backends])
    with pytest.raises(OperationalError), database.reading() as session:
        session.execute(text("SELECT 1"))
    for _ in range(2):
        database.ping()
    database.close()
