"""Many rows in one go are what as many single ones are: converted, constrained, guarded, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, IntegrityError

from esign.infra.bulk import among, insert_rows, put_rows
from esign.infra.database import Database
from esign.infra.statements import table_of
from esign.trail.models import TrailConsumer, TrailEvent, TrailPending

CONSUMERS = table_of(TrailConsumer)
EVENTS = table_of(TrailEvent)
COLUMNS = ("id", "stream", "version", "type", "type_version", "actor", "time", "payload")
NOON = datetime(2026, 11, 27, 4, 0, 0, 120, tzinfo=UTC)


def event(number: int, stream: str = "let_1") -> tuple[object, ...]:
    return (f"evt_{number:032d}", stream, number, "letter.written", 1, "system", NOON, '{"words":"\\t\\\\N"}')


def test_rows_are_inserted_as_the_types_of_their_columns_write_them(database: Database) -> None:
    with database.transaction() as session:
        insert_rows(session, EVENTS, COLUMNS, [event(number) for number in (1, 2, 3)])
        insert_rows(session, EVENTS, COLUMNS, [])
    with database.reading() as session:
        found = session.scalars(select(TrailEvent).order_by(TrailEvent.version)).all()
        assert [one.time for one in found] == [NOON] * 3
        assert found[0].payload == event(1)[-1]
        assert len(session.scalars(select(TrailPending.number)).all()) == 3  # triggers see each of them


def test_one_row_that_a_constraint_refuses_refuses_all(database: Database) -> None:
    with pytest.raises(IntegrityError), database.transaction() as session:
        insert_rows(session, EVENTS, COLUMNS, [event(1), event(2), event(2)])
    with database.reading() as session:
        assert session.scalars(select(TrailEvent.id)).all() == []


def test_what_the_database_cannot_take_is_an_error_that_quotes_nothing(database: Database) -> None:
    wrong = (*event(1)[:-1], None)
    with pytest.raises(DBAPIError) as caught, database.transaction() as session:
        insert_rows(session, EVENTS, COLUMNS, [wrong])
    assert "evt_" not in str(caught.value).split("DETAIL")[0]


def test_rows_are_put_in_whether_they_were_there_or_not(database: Database) -> None:
    columns = ("name", "position", "stopped_by")
    with database.transaction() as session:
        put_rows(session, CONSUMERS, "name", columns, [("one", 1, None), ("two", 2, "no")])
        put_rows(session, CONSUMERS, "name", columns, [("two", 3, None), ("three", 4, "why")])
        put_rows(session, CONSUMERS, "name", ("name", "position"), [("three", 5)])
        put_rows(session, CONSUMERS, "name", columns, [])
    with database.reading() as session:
        found = {row.name: (row.position, row.stopped_by) for row in session.scalars(select(TrailConsumer))}
    assert found == {"one": (1, None), "two": (3, None), "three": (5, "why")}


def test_what_was_put_in_a_transaction_that_was_given_up_is_never_put_by_a_later_one(database: Database) -> None:
    columns = ("name", "position", "stopped_by")
    with database.transaction() as session:
        put_rows(session, CONSUMERS, "name", columns, [("one", 1, None)])
    with pytest.raises(LookupError), database.transaction() as session:
        put_rows(session, CONSUMERS, "name", columns, [("one", 7, "no"), ("two", 7, "no")])
        raise LookupError
    with database.transaction() as session:
        put_rows(session, CONSUMERS, "name", columns, [("three", 3, None)])
    with database.reading() as session:
        found = {row.name: (row.position, row.stopped_by) for row in session.scalars(select(TrailConsumer))}
    assert found == {"one": (1, None), "three": (3, None)}


@pytest.mark.parametrize("count", [0, 1, 40_000])
def test_a_row_is_found_among_more_values_than_a_statement_has_parameters(database: Database, count: int) -> None:
    with database.transaction() as session:
        insert_rows(session, CONSUMERS, ("name", "position"), [("one", 1), ("two", 2)])
    with database.reading() as session:
        wanted = [*(f"name-{number}" for number in range(count)), *(["two"] if count else [])]
        found = session.scalars(select(TrailConsumer.name).where(among(session, CONSUMERS.c.name, wanted))).all()
    assert found == (["two"] if count else [])
