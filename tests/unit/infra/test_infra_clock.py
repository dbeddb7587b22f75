from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ca.ports import Clock as AuthorityClock
from esign.infra.clock import Clock, ClockError, TestModeClock, system_clock
from esign.infra.database import Database

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def noon() -> datetime:
    return NOON


def test_the_system_clock_tells_utc_and_fits_the_authority() -> None:
    clock: Clock = system_clock
    authority_clock: AuthorityClock = clock
    assert authority_clock().tzinfo is UTC


def test_a_clock_nobody_moved_tells_what_its_base_tells(database: Database) -> None:
    assert TestModeClock(noon, database, "client_1")() == NOON


def test_a_moved_clock_is_ahead_for_everybody_who_opens_it(database: Database) -> None:
    clock = TestModeClock(noon, database, "client_1")
    with database.transaction() as session:
        assert clock.advance(session, timedelta(days=11)) == NOON + timedelta(days=11)
    with database.transaction() as session:
        clock.advance(session, timedelta(days=1, microseconds=1))
    assert TestModeClock(noon, database, "client_1")() == NOON + timedelta(days=12, microseconds=1)


def test_each_client_moves_its_own_clock(database: Database) -> None:
    with database.transaction() as session:
        TestModeClock(noon, database, "client_1").advance(session, timedelta(days=1))
    assert TestModeClock(noon, database, "client_2")() == NOON


def test_a_move_that_is_rolled_back_did_not_happen(database: Database) -> None:
    clock = TestModeClock(noon, database, "client_1")
    with pytest.raises(ZeroDivisionError), database.transaction() as session:
        clock.advance(session, timedelta(days=1))
        _ = 1 // 0
    assert clock() == NOON


@pytest.mark.parametrize("by", [timedelta(microseconds=-1), timedelta(days=3661)])
def test_a_clock_moves_forward_and_not_out_of_sight(database: Database, by: timedelta) -> None:
    with pytest.raises(ClockError) as caught, database.transaction() as session:
        TestModeClock(noon, database, "client_1").advance(session, by)
    assert caught.value.code == "clock-move"
