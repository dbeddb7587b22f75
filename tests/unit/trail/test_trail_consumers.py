"""Consumers: in order, each event once in this database, and none ever skipped."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from esign.infra.database import Database
from esign.trail.consumers import (
    Consumer,
    ManyProjection,
    Projection,
    catch_up,
    position_of,
    rebuild,
    run_batch,
    stopped_consumers,
)
from esign.trail.errors import ConsumerStopped
from esign.trail.event import LoggedEvent
from tests.vectors.trail.stored import append, place


@pytest.fixture
def seen(database: Database) -> Database:
    """The database with a table that a projection fills, and five placed events."""
    with database.transaction() as session:
        session.execute(text("CREATE TABLE seen (position INTEGER PRIMARY KEY, id TEXT NOT NULL)"))
    append(database, count=5)
    place(database)
    return database


def note(session: Session, logged: LoggedEvent) -> None:
    session.execute(
        text("INSERT INTO seen VALUES (:position, :id)"), {"position": logged.position, "id": logged.event.id}
    )


def clear(session: Session) -> None:
    session.execute(text("DELETE FROM seen"))


PROJECTION = Projection("seen", note, clear)


def rows(database: Database) -> list[tuple[int, str]]:
    with database.reading() as session:
        return [(position, id_) for position, id_ in session.execute(text("SELECT * FROM seen ORDER BY 1"))]


def at(database: Database) -> int:
    with database.reading() as session:
        return position_of(session, "seen")


def test_a_consumer_reads_on_from_where_it_was(seen: Database) -> None:
    assert [run_batch(seen, PROJECTION, limit=2) for _ in range(4)] == [2, 2, 1, 0]
    assert [position for position, _ in rows(seen)] == [0, 1, 2, 3, 4]
    append(seen, after=5)
    assert run_batch(seen, PROJECTION) == 0
    place(seen)
    assert catch_up(seen, PROJECTION) == 1
    assert at(seen) == 6


def test_two_consumers_read_at_their_own_pace(seen: Database) -> None:
    heard: list[int] = []
    listener = Consumer("listener", lambda session, logged: heard.append(logged.position))
    run_batch(seen, PROJECTION, limit=3)
    catch_up(seen, listener, batch=2)
    assert heard == [0, 1, 2, 3, 4]
    assert at(seen) == 3


class Poison:
    """Handles like the projection, but for one position; writes before it fails."""

    def __init__(self, position: int) -> None:
        self.position: int | None = position

    def __call__(self, session: Session, logged: LoggedEvent) -> None:
        note(session, logged)
        if logged.position == self.position:
            raise ValueError("张伟")


def test_an_event_that_cannot_be_handled_stops_the_consumer_before_it(seen: Database) -> None:
    poison = Poison(3)
    consumer = Consumer("seen", poison)
    for _ in range(2):
        with pytest.raises(ConsumerStopped) as stopped:
            run_batch(seen, consumer)
        assert stopped.value.code == "consumer-stopped"
        assert "position 3" in str(stopped.value)
        assert "张伟" not in str(stopped.value)
        assert isinstance(stopped.value.__cause__, ValueError)
        assert [position for position, _ in rows(seen)] == [0, 1, 2]
        assert at(seen) == 3
        with seen.reading() as session:
            assert list(stopped_consumers(session)) == ["seen"]
    poison.position = None
    assert catch_up(seen, consumer) == 2
    assert [position for position, _ in rows(seen)] == [0, 1, 2, 3, 4]
    with seen.reading() as session:
        assert stopped_consumers(session) == {}


def test_a_handler_that_breaks_the_database_loses_its_own_event_only(seen: Database) -> None:
    def twice(session: Session, logged: LoggedEvent) -> None:
        note(session, logged)
        if logged.position == 2:
            note(session, logged)

    with pytest.raises(ConsumerStopped, match="IntegrityError"):
        run_batch(seen, Consumer("seen", twice))
    assert [position for position, _ in rows(seen)] == [0, 1]


def test_a_process_that_dies_in_a_batch_has_not_moved(seen: Database) -> None:
    def die(session: Session, logged: LoggedEvent) -> None:
        note(session, logged)
        if logged.position == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_batch(seen, Consumer("seen", die))
    assert (at(seen), rows(seen)) == (0, [])
    assert catch_up(seen, PROJECTION) == 5


def test_a_projection_rebuilt_from_the_trail_has_the_same_rows(seen: Database) -> None:
    catch_up(seen, PROJECTION)
    before = rows(seen)
    with seen.transaction() as session:
        session.execute(text("DELETE FROM seen WHERE position > 2"))
        session.execute(text("INSERT INTO seen VALUES (77, 'never happened')"))
    assert rebuild(seen, PROJECTION, batch=2) == 5
    assert rows(seen) == before


def test_processes_that_run_one_consumer_at_once_do_nothing_twice(seen: Database) -> None:
    append(seen, "env_2", count=30)
    place(seen)
    with ThreadPoolExecutor(4) as pool:
        handled = sum(pool.map(lambda _: catch_up(seen, PROJECTION, batch=3), range(4)))
    assert handled == 35
    assert [position for position, _ in rows(seen)] == list(range(35))


def test_a_consumer_has_a_plain_name() -> None:
    with pytest.raises(ValueError, match="consumer's name"):
        Consumer("Seen!", note)


def test_a_projection_of_many_is_handed_a_batch_at_once_and_one_by_one_where_an_event_cannot_be_handled(
    seen: Database,
) -> None:
    handed: list[int] = []
    broken = [3]

    def note_many(session: Session, events: Sequence[LoggedEvent]) -> None:
        handed.append(len(events))
        for logged in events:
            if logged.position in broken:
                raise ValueError("not this one")
            note(session, logged)

    many = ManyProjection("seen", lambda session, logged: note_many(session, (logged,)), clear, note_many)
    assert run_batch(seen, many, limit=2) == 2
    assert handed == [2]
    with pytest.raises(ConsumerStopped):
        run_batch(seen, many, limit=3)
    assert (at(seen), len(rows(seen)), handed) == (3, 3, [2, 3, 1, 1])
    broken.clear()
    assert run_batch(seen, many, limit=3) == 2
    assert len(rows(seen)) == 5
