"""A page of the list among 100,000 envelopes: what a database reads for it, on both."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Select, text
from sqlalchemy.orm import Session

from esign.ceremony.domain.values import EnvelopeState
from esign.desk.lists import MERGED_AT_MOST, Place, Wanted, counts, page_ids, page_statement
from esign.infra.database import Database
from esign.staff.reach import Reach

ENVELOPES, INSTITUTIONS = 100_000, 50
NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
MANY = "\n".join(f"ins_{number}" for number in range(INSTITUTIONS)).split()
BRANCH = Reach(None, frozenset({"ins_7"}), unowned=False)
REGION = Reach("usr_3", frozenset(MANY[:20]), unowned=False)
INSURER = Reach(None, frozenset({*MANY, *(f"ins_small_{number}" for number in range(200))}), unowned=True)
REACHES = {"branch": BRANCH, "region": REGION, "insurer": INSURER}
ROWS_AT_MOST = 25_000
"""What a page may touch on PostgreSQL, which walks past others' envelopes where they are few."""


@pytest.fixture
def many(database: Database) -> Iterator[Database]:
    """A hundred thousand envelopes of fifty institutions, one changed every second; one in a thousand is unsealed."""
    numbers = (
        "WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < :last)"
        if database.is_sqlite
        else "WITH numbers(n) AS (SELECT generate_series(0, :last))"
    )
    at = (
        "strftime('%Y-%m-%dT%H:%M:%S.000000Z', 1767225600 + n, 'unixepoch')"
        if database.is_sqlite
        else "to_timestamp(1767225600 + n)"
    )
    columns = "id, client, institution, salesperson, mode, state, version, created_at, updated_at, expires_at"
    insert = (
        f"INSERT INTO envelopes ({columns}) {numbers} SELECT 'env_' || n, 'cli_a', "  # noqa: S608  # numbers of ours
        f"'ins_' || (n % {INSTITUTIONS}), 'usr_' || (n % 500), 'test', "
        f"CASE WHEN n % 1000 = 7 THEN 'seal_failed' ELSE 'completed' END, 1, {at}, {at}, {at} FROM numbers"
    )
    with database.transaction() as session:
        session.execute(text(insert), {"last": ENVELOPES - 1})
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE envelopes"))
    yield database


def rows_touched(session: Session, statement: Select[Any]) -> int:
    """Return how many rows PostgreSQL read from the table or an index of it."""
    compiled = statement.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
    explained = session.execute(
        text("EXPLAIN (ANALYZE, FORMAT JSON) " + str(compiled).replace(":", r"\:"))
    ).scalar_one()
    plan = explained if isinstance(explained, list) else json.loads(explained)

    def touched(node: dict[str, Any]) -> int:
        below = sum(touched(one) for one in node.get("Plans", ()))
        if "Scan" not in node["Node Type"] or "Relation Name" not in node:
            return below
        return below + (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]

    return touched(plan[0]["Plan"])


def plan_of(session: Session, statement: Select[Any]) -> list[str]:
    """Return SQLite's plan, line by line."""
    compiled = statement.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
    return [str(row[3]) for row in session.execute(text("EXPLAIN QUERY PLAN " + str(compiled).replace(":", r"\:")))]


def reads_little(session: Session, statement: Select[Any], *, is_sqlite: bool) -> bool:
    """Tell whether the statement is answered from the indexes of the list, without ordering everything."""
    if not is_sqlite:
        return rows_touched(session, statement) <= ROWS_AT_MOST
    plan = plan_of(session, statement)
    steps = [line for line in plan if "envelopes" in line]
    ordered = not any("TEMP B-TREE FOR ORDER BY" in line for line in plan[:-1])
    return bool(steps) and all("INDEX ix_envelopes_" in line for line in steps) and ordered


def test_a_page_among_a_hundred_thousand_reads_what_it_shows_and_little_more(many: Database) -> None:
    assert len(INSURER.institutions) > MERGED_AT_MOST
    middle = Place(datetime.fromtimestamp(1767225600 + 50_000, UTC), "env_50000")
    with many.reading() as session:
        for name, reach in REACHES.items():
            for state in (None, EnvelopeState.SEAL_FAILED):
                for after in (None, middle):
                    statement = page_statement(reach, Wanted(state=state, after=after), None, 21)
                    assert statement is not None
                    assert reads_little(session, statement, is_sqlite=many.is_sqlite), (name, state, after)
        page_ids(session, REGION, Wanted(), None, 21)  # the statement is made once
        for name, reach in REACHES.items():
            begun = time.perf_counter()
            assert len(page_ids(session, reach, Wanted(), None, 21)) == 21
            assert time.perf_counter() - begun < 0.5, name
        assert counts(session, BRANCH, None)[EnvelopeState.COMPLETED] == 1900
        begun = time.perf_counter()
        assert sum(counts(session, INSURER, None).values()) == ENVELOPES
        assert time.perf_counter() - begun < 1.0
        pages_hold_each_envelope_once(session)


def pages_hold_each_envelope_once(session: Session) -> None:
    wanted, met = Wanted(after=Place(NOON + timedelta(days=400), "env_")), []
    for _ in range(5):
        ids = page_ids(session, REGION, wanted, None, 20)
        met += ids
        number = int(ids[-1].removeprefix("env_"))
        wanted = Wanted(after=Place(datetime.fromtimestamp(1767225600 + number, UTC), ids[-1]))
    numbers = [int(one.removeprefix("env_")) for one in met]
    assert len(set(met)) == 100
    assert numbers == sorted(numbers, reverse=True)
    assert all(number % INSTITUTIONS < 20 or number % 500 == 3 for number in numbers)
