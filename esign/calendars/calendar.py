"""A calendar of working days: years that were announced, with their holidays and the weekends worked to make up.

A day of a year that was not announced is unknown. It is not guessed from weekends, since a clock that a regulator asks
about must not change when the announcement comes. So every answer is a day, a number, or `UnknownYear`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5
SPAN_AT_MOST: Final = 2000
"""Days that are counted through at most: some years."""


class DayKind(StrEnum):
    WORKDAY = "workday"
    REST = "rest"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class AnnouncedYear:
    """What the State Council said of a year: days off, among them weekends, and weekend days that are worked.

    `announced_on` is the day of the notice, `notice` its number (国办发明电...).
    """

    year: int
    announced_on: date
    notice: str
    days_off: frozenset[date]
    made_up: frozenset[date]


@dataclass(frozen=True)
class UnknownYear:
    """The answer depends on a year whose holidays were not announced."""

    year: int


@dataclass(frozen=True)
class WorkCalendar:
    """The years that are known. Whoever asks as of an earlier day takes `as_of`."""

    years: Mapping[int, AnnouncedYear]

    def as_of(self, day: date) -> WorkCalendar:
        """Return what was known on a day: the years announced by then."""
        return WorkCalendar({year: known for year, known in self.years.items() if known.announced_on <= day})

    def kind_of(self, day: date) -> DayKind:
        """Return what a day is; a weekend day that is worked to make up for a holiday is a working day."""
        known = self.years.get(day.year)
        if known is None:
            return DayKind.UNKNOWN
        if day in known.made_up:
            return DayKind.WORKDAY
        return DayKind.REST if day in known.days_off or day.weekday() >= _SATURDAY else DayKind.WORKDAY

    def working_day_after(self, day: date, count: int) -> date | UnknownYear:
        """Return the `count`-th working day after `day`, which itself does not count; `day` for a count of 0.

        Raises `ValueError` for a negative count, or one that leads further than some years.
        """
        if not 0 <= count <= SPAN_AT_MOST // 2:
            raise ValueError("a count of working days is a whole number from 0 to a thousand")
        while count:
            day += _DAY
            kind = self.kind_of(day)
            if kind is DayKind.UNKNOWN:
                return UnknownYear(day.year)
            count -= kind is DayKind.WORKDAY
        return day

    def working_days_between(self, first: date, last: date) -> int | UnknownYear:
        """Return how many working days there are after `first`, up to and including `last`; 0 where last is not later.

        Raises `ValueError` for days that are many years apart.
        """
        if (last - first).days > SPAN_AT_MOST:
            raise ValueError("the days are too far apart")
        count, day = 0, first
        while day < last:
            day += _DAY
            kind = self.kind_of(day)
            if kind is DayKind.UNKNOWN:
                return UnknownYear(day.year)
            count += kind is DayKind.WORKDAY
        return count
