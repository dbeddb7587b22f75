"""The stored trail: appending, reading, and what the database itself refuses."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from esign.infra.database import Database, open_database
from esign.trail.errors import ConcurrentChange, EventRefused, TrailDamaged
from esign.trail.event import NewEvent
from esign.trail.log import Trail, event_id, read_from, read_stream, stream_version
from esign.trail.models import role_statements
from esign.trail.sequencer import Sequencer, stored_frontier, tree_size, unplaced
from tests.databases import create_tables
from tests.vectors.trail.sample_events import CREATED, NOON, SENT, VOCABULARY
from tests.vectors.trail.stored import TRAIL, append, place

INSERT_ONLY = ("trail_events", "trail_leaves", "trail_nodes", "trail_checkpoints")


def test_what_is_appended_is_read_back_in_order(database: Database) -> None:
    first = append(database, count=2)
    second = append(database, count=1, after=2)
    with database.reading() as session:
        assert read_stream(session, "env_1") == [*first, *second]
        assert read_stream(session, "env_1", after=2) == [*second]
        assert read_stream(session, "env_2") == []
        assert stream_version(session, "env_1") == 3
    assert [event.version for event in (*first, *second)] == [1, 2, 3]


def test_appending_is_undone_with_the_callers_transaction(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction() as session:
        TRAIL.append(session, "env_1", 0, [CREATED()], actor="system", time=NOON)
        raise ZeroDivisionError
    with database.reading() as session:
        assert read_stream(session, "env_1") == []
    assert place(database) == 0


@pytest.mark.parametrize("expected", [0, 1, 3])
def test_a_command_decided_on_another_version_loses(database: Database, expected: int) -> None:
    append(database, count=2)
    with pytest.raises(ConcurrentChange) as refusal:
        append(database, after=expected)
    assert refusal.value.code == "stream-changed"
    with database.reading() as session:
        assert stream_version(session, "env_1") == 2


def test_an_unknown_type_is_refused_and_nothing_is_written(database: Database) -> None:
    with database.transaction() as session:
        for new in (NewEvent("envelope.stolen", 1), NewEvent("envelope.sent", 1), SENT(name="张伟")):
            with pytest.raises(EventRefused):
                TRAIL.append(session, "env_1", 0, [CREATED(), new], actor="system", time=NOON)
        with pytest.raises(EventRefused):
            TRAIL.append(session, "env_1", 0, [CREATED(digests=["a" * 250] * 300)], actor="system", time=NOON)
    with database.reading() as session:
        assert read_stream(session, "env_1") == []


def test_an_id_given_twice_is_an_error_and_not_a_changed_stream(database: Database) -> None:
    trail = Trail(VOCABULARY, new_id=lambda _: "evt_" + "0" * 32)
    with pytest.raises(IntegrityError), database.transaction() as session:
        trail.append(session, "env_1", 0, [CREATED(), SENT()], actor="system", time=NOON)


def test_ids_of_events_are_in_the_order_of_their_time_and_none_is_given_twice() -> None:
    moments = [NOON + timedelta(minutes=minute) for minute in range(100)]
    ids = [event_id(moment) for moment in moments]
    assert ids == sorted(ids)
    assert len({event_id(NOON) for _ in range(1000)}) == 1000
    assert {len(one) for one in ids} == {36}


def test_two_commands_that_saw_the_same_version_cannot_both_win(postgresql_two: tuple[Database, Database]) -> None:
    """On PostgreSQL two transactions are open at once: only the constraint stands between them."""
    one, two = postgresql_two
    first_has_inserted = threading.Event()

    def wait_until_the_second_waits() -> None:
        waits = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        for _ in range(1000):
            with one.reading() as session:  # a transaction sees these figures as they were when it asked first
                if session.scalar(waits):
                    return
            time.sleep(0.01)
        pytest.fail("the second command does not wait for the first")

    def slow() -> None:
        with one.transaction() as session:
            TRAIL.append(session, "env_1", 0, [CREATED()], actor="system", time=NOON)
            first_has_inserted.set()
            wait_until_the_second_waits()

    with ThreadPoolExecutor(1) as pool:
        winner = pool.submit(slow)
        assert first_has_inserted.wait(10)
        with pytest.raises(ConcurrentChange) as lost, two.transaction() as session:
            TRAIL.append(session, "env_1", 0, [SENT()], actor="system", time=NOON)
        winner.result()
    assert isinstance(lost.value.__cause__, IntegrityError)
    with one.reading() as session:
        assert [event.type for event in read_stream(session, "env_1")] == ["envelope.created"]


@pytest.fixture
def postgresql_two(postgresql_url: str) -> Iterator[tuple[Database, Database]]:
    """One PostgreSQL database, as two processes would have opened it."""
    one, two = open_database(postgresql_url), open_database(postgresql_url)
    create_tables(one)
    yield one, two
    one.close()
    two.close()


def test_threads_that_race_for_one_stream_leave_it_whole(database: Database) -> None:
    outcomes: Counter[str] = Counter()

    def race(_: int) -> str:
        with database.reading() as session:
            seen = stream_version(session, "env_1")
        try:
            append(database, after=seen, count=2)
        except ConcurrentChange:
            return "lost"
        return "won"

    with ThreadPoolExecutor(4) as pool:
        outcomes.update(pool.map(race, range(40)))
    with database.reading() as session:
        events = read_stream(session, "env_1")
    assert [event.version for event in events] == list(range(1, 2 * outcomes["won"] + 1))
    assert outcomes["won"] >= 1
    assert outcomes.total() == 40


def fill(database: Database) -> None:
    append(database, count=3)
    place(database)
    with database.transaction() as session:
        session.execute(
            text("INSERT INTO trail_checkpoints VALUES (1, 1, 'log', :bytes, :bytes, :time)"),
            {"bytes": b"\x00", "time": "2026-03-01T04:00:00.000000Z"},
        )


@pytest.mark.parametrize("table", INSERT_ONLY)
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_database_refuses_to_change_what_was_recorded(database: Database, table: str, statement: str) -> None:
    if statement.startswith("TRUNCATE") and database.is_sqlite:
        statement = "DELETE FROM {} WHERE 1 = 1"  # SQLite's own way of emptying a table
    fill(database)
    column = {"trail_events": "actor", "trail_leaves": "position", "trail_nodes": "hash", "trail_checkpoints": "note"}
    sql = text(statement.format(table, column[table], column[table]))
    with pytest.raises(IntegrityError, match="insert-only"), database.transaction() as session:
        session.execute(sql)


@pytest.mark.parametrize("table", ["trail_events", "trail_leaves", "trail_nodes"])
def test_replacing_a_row_is_refused_too(database: Database, table: str) -> None:
    fill(database)
    if database.is_sqlite:
        sql = f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"  # noqa: S608
    else:
        key = {"trail_events": "number", "trail_leaves": "position", "trail_nodes": "level, index"}[table]
        value = {"trail_events": "actor", "trail_leaves": "position", "trail_nodes": "hash"}[table]
        sql = (
            f"INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT * FROM {table} "  # noqa: S608
            f"ON CONFLICT ({key}) DO UPDATE SET {value} = EXCLUDED.{value}"
        )
    with pytest.raises(IntegrityError, match="insert-only"), database.transaction() as session:
        session.execute(text(sql))


def test_an_event_without_a_leaf_cannot_be_made_to_look_placed(database: Database) -> None:
    append(database, count=2)
    for sql in ("DELETE FROM trail_pending", "UPDATE trail_pending SET number = number"):
        with pytest.raises(IntegrityError, match="stays pending"), database.transaction() as session:
            session.execute(text(sql))
    if not database.is_sqlite:
        with pytest.raises(IntegrityError, match="stays pending"), database.transaction() as session:
            session.execute(text("TRUNCATE trail_pending"))
    assert place(database) == 2


def copy_by_hand(database: Database, payload: str) -> None:
    """Insert the stream's only event once more as its second, past the product, with this SQL for a payload."""
    columns = "id, stream, version, type, type_version, actor, time, payload"
    copied = f"'evt_11111111111111111111', stream, 2, type, 2, actor, time, {payload}"
    with database.transaction() as session:
        session.execute(text(f"INSERT INTO trail_events ({columns}) SELECT {copied} FROM trail_events"))  # noqa: S608


def test_an_event_put_in_by_hand_is_pending_like_any_other(database: Database) -> None:
    append(database)
    copy_by_hand(database, "payload")
    assert place(database) == 2


def test_what_was_put_in_by_hand_and_is_no_event_stops_the_sequencer(database: Database) -> None:
    append(database)
    copy_by_hand(database, "'{ }'")
    with pytest.raises(TrailDamaged) as refusal:
        place(database)
    assert refusal.value.code == "trail-event"
    with database.reading() as session:
        assert tree_size(session) == 0


def test_the_postgresql_role_may_insert_and_select_and_nothing_else(postgresql_two: tuple[Database, Database]) -> None:
    database, _ = postgresql_two
    fill(database)
    with database.transaction() as session:
        session.execute(text("DROP ROLE IF EXISTS trail_service"))
        session.execute(text("CREATE ROLE trail_service"))
        for statement in role_statements("trail_service"):
            session.execute(text(statement))
    with database.transaction() as session:
        session.execute(text("SET LOCAL ROLE trail_service"))
        TRAIL.append(session, "env_9", 0, [CREATED()], actor="system", time=NOON)
        assert Sequencer().run_once(session) == 1
        assert [logged.event.stream for logged in read_from(session, 3)] == ["env_9"]
    for table in INSERT_ONLY:
        for sql in ("DELETE FROM {}", "TRUNCATE {}", "DROP TABLE {}", "ALTER TABLE {} DISABLE TRIGGER ALL"):
            refused = pytest.raises(DBAPIError, match=r"permission denied|must be owner")
            with refused, database.transaction() as session:
                session.execute(text("SET LOCAL ROLE trail_service"))
                session.execute(text(sql.format(table)))
    with database.transaction() as session:
        session.execute(text("DROP OWNED BY trail_service"))
        session.execute(text("DROP ROLE trail_service"))


def test_a_role_with_an_odd_name_is_not_pasted_into_a_statement() -> None:
    with pytest.raises(ValueError, match="plain role name"):
        role_statements("esign; DROP TABLE trail_events")


def test_positions_follow_the_order_of_appending_without_a_gap(database: Database) -> None:
    append(database, "env_1", 3)
    append(database, "env_2", 2)
    assert [place(database, limit=2) for _ in range(4)] == [2, 2, 1, 0]
    append(database, "env_1", 1, after=3)
    assert place(database) == 1
    with database.reading() as session:
        placed = read_from(session, 0)
        assert [logged.position for logged in placed] == [0, 1, 2, 3, 4, 5]
        assert [(logged.event.stream, logged.event.version) for logged in placed] == [
            ("env_1", 1),
            ("env_1", 2),
            ("env_1", 3),
            ("env_2", 1),
            ("env_2", 2),
            ("env_1", 4),
        ]
        assert [logged.position for logged in read_from(session, 4, limit=1)] == [4]
        assert stored_frontier(session).size == tree_size(session) == 6
        assert unplaced(session) == []


def test_an_event_waits_out_of_sight_until_it_has_a_leaf(database: Database) -> None:
    append(database)
    with database.reading() as session:
        assert read_from(session, 0) == []


def test_an_event_whose_transaction_commits_late_is_still_placed(postgresql_two: tuple[Database, Database]) -> None:
    """The number it was given is lower than one already placed: a sequencer that went by numbers would miss it."""
    one, two = postgresql_two
    with one.transaction() as session:
        TRAIL.append(session, "env_late", 0, [CREATED()], actor="system", time=NOON)
        append_other = ThreadPoolExecutor(1)
        append_other.submit(append, two, "env_quick").result()
        assert append_other.submit(place, two).result() == 1
        append_other.shutdown()
    assert place(one) == 1
    with one.reading() as session:
        assert [logged.event.stream for logged in read_from(session, 0)] == ["env_quick", "env_late"]


def test_sequencers_and_writers_that_race_leave_no_gap_and_nothing_twice(database: Database) -> None:
    writers, done = 3, threading.Event()

    def write(number: int) -> None:
        for version in range(10):
            append(database, f"env_{number}", after=version)

    def sequence() -> None:
        while not done.is_set():
            place(database, limit=3)

    with ThreadPoolExecutor(writers + 2) as pool:
        running = [pool.submit(sequence) for _ in range(2)]
        for future in [pool.submit(write, number) for number in range(writers)]:
            future.result()
        done.set()
        for future in running:
            future.result()
    while place(database):
        pass
    with database.reading() as session:
        placed = read_from(session, 0, limit=1000)
        assert stored_frontier(session).size == 10 * writers
    assert [logged.position for logged in placed] == list(range(10 * writers))
    assert len({logged.event.id for logged in placed}) == 10 * writers
    for number in range(writers):
        versions = [logged.event.version for logged in placed if logged.event.stream == f"env_{number}"]
        assert versions == list(range(1, 11))
