"""The simulated year: its calendar, its seasons, and a few weeks of it through the real commands."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from delivery.domain.values import RouteWay
from delivery.figures.reading import figures_of_service
from esign.public.calendars import load_calendar
from simulate.agenda import Agenda
from simulate.chances import Dice
from simulate.days import DAYS, Days, day_at, days_of
from simulate.playing import Year
from simulate.sequencing import place_and_read
from simulate.service import SQLITE, Service, service


@pytest.fixture(scope="module")
def days() -> Days:
    return days_of(load_calendar())


@pytest.fixture(scope="module")
def running() -> Iterator[Service]:
    with service(SQLITE, RouteWay.DIRECT) as opened:
        yield opened


def test_holidays_are_those_of_the_state_council_and_nobody_drives_in_long_ones(days: Days) -> None:
    spring = next(number for number in range(DAYS) if f"{day_at(number):%m-%d}" == "01-28")
    assert days.is_long_holiday[spring] and not days.works[spring]
    assert day_at(days.carried(spring - 1, 2)).isoformat() == "2025-02-06"
    made_up = next(number for number in range(DAYS) if f"{day_at(number):%m-%d}" == "01-26")
    assert days.works[made_up]


def test_a_year_ends_in_a_rush_and_brings_all_of_its_policies(days: Days) -> None:
    assert abs(sum(days.weights) - 1) < 1e-9
    busiest = max(range(DAYS), key=days.weights.__getitem__)
    assert day_at(busiest).month in {1, 12}


def test_weeks_are_played_through_decisions_trail_and_figures_without_one_refusal(running: Service, days: Days) -> None:
    year = Year(running.house, running.branch, days, Dice(3), 365, chases=True)
    for day in range(24):
        year.play_day(day)
    assert place_and_read(running.database) >= year.counts.commands
    assert (dict(year.counts.refused), year.counts.swept > 0) == ({}, True)
    with running.database.reading() as session:
        rate = figures_of_service(session).whole.rate
    assert rate.in_time + rate.late > 5
    assert year.open <= year.counts.policies


def test_a_turn_that_was_moved_is_taken_once_where_it_was_moved_to(running: Service, days: Days) -> None:
    year = Year(running.house, running.branch, days, Dice(4), 365, chases=False)
    policy, _opening = year._new(0, year._moment(0, 0))
    agenda = Agenda()
    agenda.put(policy, 3, 1)
    agenda.put(policy, 2, 0)
    assert (agenda.take(2, 0), agenda.take(3, 1)) == ([policy], [])
