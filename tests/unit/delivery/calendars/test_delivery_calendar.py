"""Working days by the State Council's calendar; a year that was not announced is unknown, and never guessed."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.calendars.clocks import (
    WORKING_DAYS,
    is_within_working_days,
    last_working_day,
    working_clock,
)
from esign.public.calendars import (
    CalendarBroken,
    DayKind,
    UnknownYear,
    WorkCalendar,
    days_digest,
    library_days,
    load_calendar,
    read_calendar,
)

CALENDAR = load_calendar()
KNOWN = st.dates(date(2024, 1, 1), date(2026, 10, 31))

NOTICES = {
    2024: (
        "01-01 02-10 02-11 02-12 02-13 02-14 02-15 02-16 02-17 04-04 04-05 04-06 05-01 05-02 05-03 05-04 05-05 "
        "06-10 09-15 09-16 09-17 10-01 10-02 10-03 10-04 10-05 10-06 10-07",
        "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
    ),
    2025: (
        "01-01 01-28 01-29 01-30 01-31 02-01 02-02 02-03 02-04 04-04 04-05 04-06 05-01 05-02 05-03 05-04 05-05 "
        "05-31 06-01 06-02 10-01 10-02 10-03 10-04 10-05 10-06 10-07 10-08",
        "01-26 02-08 04-27 09-28 10-11",
    ),
    2026: (
        "01-01 01-02 01-03 02-15 02-16 02-17 02-18 02-19 02-20 02-21 02-22 02-23 04-04 04-05 04-06 05-01 05-02 "
        "05-03 05-04 05-05 06-19 06-20 06-21 09-25 09-26 09-27 10-01 10-02 10-03 10-04 10-05 10-06 10-07",
        "01-04 02-14 02-28 05-09 09-20 10-10",
    ),
}
"""Days off and weekend days worked, as the notices of the State Council say (国办发明电〔2023〕7号, 〔2024〕12号,
〔2025〕7号), typed in by hand."""


@pytest.mark.parametrize("year", NOTICES)
def test_a_known_year_is_what_its_notice_says(year: int) -> None:
    off, worked = ({date.fromisoformat(f"{year}-{day}") for day in days.split()} for days in NOTICES[year])
    day = date(year, 1, 1)
    while day.year == year:
        resting = day in off or (day.weekday() >= 5 and day not in worked)
        assert CALENDAR.kind_of(day) is (DayKind.REST if resting else DayKind.WORKDAY), day
        day += timedelta(days=1)


def test_a_year_that_was_not_announced_is_unknown_on_every_day() -> None:
    assert CALENDAR.kind_of(date(2027, 1, 1)) is DayKind.UNKNOWN
    assert CALENDAR.kind_of(date(2027, 3, 9)) is DayKind.UNKNOWN
    assert CALENDAR.kind_of(date(2023, 3, 9)) is DayKind.UNKNOWN


def test_a_clock_that_reaches_into_an_unknown_year_says_which() -> None:
    december = date(2026, 12, 14)
    assert last_working_day(december, CALENDAR) == UnknownYear(2027)
    clock = working_clock(december, date(2026, 12, 31), CALENDAR)
    assert clock is not None
    assert (clock.used, clock.left) == (13, 2)
    assert is_within_working_days(december, date(2027, 1, 4), CALENDAR) == UnknownYear(2027)


def test_before_the_announcement_the_year_was_unknown() -> None:
    assert CALENDAR.as_of(date(2025, 11, 3)).kind_of(date(2026, 1, 5)) is DayKind.UNKNOWN
    assert CALENDAR.as_of(date(2025, 11, 4)).kind_of(date(2026, 1, 5)) is DayKind.WORKDAY


def test_a_holiday_is_passed_over_and_a_weekend_worked_to_make_up_counts() -> None:
    # 2026-02-13 is a Friday; Saturday the 14th is worked, the 15th to the 23rd are off, Saturday the 28th is worked.
    assert CALENDAR.working_day_after(date(2026, 2, 13), 1) == date(2026, 2, 14)
    assert CALENDAR.working_day_after(date(2026, 2, 13), 2) == date(2026, 2, 24)
    assert CALENDAR.working_day_after(date(2026, 2, 13), 6) == date(2026, 2, 28)


def test_papers_that_are_missing_stop_the_clock() -> None:
    assert working_clock(None, date(2026, 3, 2), CALENDAR) is None


def test_the_last_of_fifteen_working_days_is_in_time_and_the_next_is_not() -> None:
    papers_on = date(2026, 9, 18)
    last = last_working_day(papers_on, CALENDAR)
    assert last == date(2026, 10, 15)
    assert is_within_working_days(papers_on, last, CALENDAR) is True
    assert is_within_working_days(papers_on, date(2026, 10, 16), CALENDAR) is False


@given(KNOWN, st.integers(0, 30))
def test_counting_there_and_counting_back_agree(day: date, count: int) -> None:
    after = CALENDAR.working_day_after(day, count)
    if isinstance(after, UnknownYear):
        assert after.year == 2027
        return
    assert CALENDAR.working_days_between(day, after) == count
    assert count == 0 or CALENDAR.kind_of(after) is DayKind.WORKDAY
    assert (after - day).days >= count


@given(KNOWN, st.integers(0, 60), st.integers(0, 60))
def test_working_days_add_up(day: date, first: int, second: int) -> None:
    middle, last = day + timedelta(days=first), day + timedelta(days=first + second)
    parts = [
        CALENDAR.working_days_between(day, middle),
        CALENDAR.working_days_between(middle, last),
        CALENDAR.working_days_between(day, last),
    ]
    known = [one for one in parts if isinstance(one, int)]
    assert len(known) < 3 or known[0] + known[1] == known[2]
    assert len(known) == 3 or last.year == 2027


@given(KNOWN, st.integers(1, 20))
def test_the_clock_never_ends_earlier_for_papers_that_came_later(day: date, days: int) -> None:
    first, second = (last_working_day(one, CALENDAR) for one in (day, day + timedelta(days=days)))
    if isinstance(first, date) and isinstance(second, date):
        assert first <= second


def test_a_count_that_makes_no_sense_is_refused() -> None:
    for count in (-1, 10_000):
        with pytest.raises(ValueError, match="working days"):
            CALENDAR.working_day_after(date(2026, 1, 5), count)
    with pytest.raises(ValueError, match="far apart"):
        CALENDAR.working_days_between(date(2020, 1, 1), date(2026, 1, 1))
    assert WORKING_DAYS == 15


def entry(**changes: object) -> str:
    made = {"year": 2026, "announced_on": "2025-11-04", "notice": "n", "sha256": days_digest(*library_days(2026))}
    return json.dumps({"years": [made | changes]})


def test_a_library_that_says_otherwise_than_was_entered_is_an_error_and_no_other_deadline() -> None:
    assert isinstance(read_calendar(entry()), WorkCalendar)
    with pytest.raises(CalendarBroken) as broken:
        read_calendar(entry(sha256="0" * 64))
    assert broken.value.code == "calendar-differs"
    with pytest.raises(CalendarBroken) as broken:
        read_calendar(entry(year=2027))
    assert broken.value.code == "calendar-differs"


@pytest.mark.parametrize("text", ["", "{}", '{"years": [1]}', '{"years": [{"year": 2026}]}', entry(year="2026")])
def test_a_table_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(CalendarBroken, match="announced years"):
        read_calendar(text)
