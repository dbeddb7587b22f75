"""The days of the simulated year: which are worked, which belong to a long holiday, how many policies each brings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from delivery.domain.clocks import INSURERS_ZONE
from esign.public.calendars import DayKind, WorkCalendar

YEAR: Final = 2025
"""Every day of it, and of the weeks after it, is announced."""
FIRST: Final = date(YEAR, 1, 1)
DAYS: Final = 365
TAIL: Final = 60
"""Days after the year in which what is under way comes to its end; no application is signed in them."""
LONG: Final = 3
"""So many days off in a row are a holiday on which people travel and carriers rest."""
HOURS: Final = (9, 10, 11, 13, 14, 15, 16, 17, 19)
"""The rounds of a day, by the hour at which each begins."""
ROUNDS: Final = len(HOURS)
MINUTES: Final = 50
"""How long a round takes: each delivery has its own minute in it."""

_MONTHS: Final[Mapping[int, float]] = {
    **{1: 1.5, 2: 0.85, 3: 1.15, 4: 0.85, 5: 0.85, 6: 1.1},
    **{7: 0.8, 8: 0.8, 9: 1.0, 10: 0.85, 11: 0.95, 12: 1.35},
}
"""The season opens in January, quarters end in March, June and September, and the year in a rush."""
_REST, _HOLIDAY, _RUSH = 0.4, 0.12, 1.7


@dataclass(frozen=True)
class Days:
    """Facts of each day, by its number from 0. `weights` say how many of the year's applications are signed on it."""

    works: tuple[bool, ...]
    is_long_holiday: tuple[bool, ...]
    weights: tuple[float, ...]

    def working(self, day: int) -> int:
        """Return that day if it is worked, the next working day otherwise."""
        while day < len(self.works) - 1 and not self.works[day]:
            day += 1
        return day

    def carried(self, day: int, count: int) -> int:
        """Return the day on which a carrier that takes so many days is there: in long holidays it does not drive."""
        while count > 0 and day < len(self.works) - 1:
            day += 1
            count -= not self.is_long_holiday[day]
        return day


def days_of(calendar: WorkCalendar) -> Days:
    """Return the facts. Raises `ValueError` where a day is of a year that was not announced."""
    kinds = [calendar.kind_of(day_at(number)) for number in range(DAYS + TAIL)]
    # The last days of the tail are only waited through; a year that nobody announced yet has no holidays to wait for.
    if DayKind.UNKNOWN in kinds[:DAYS]:
        raise ValueError(f"the holidays of {YEAR} are not announced")
    works = [kind is not DayKind.REST for kind in kinds]
    long = [False] * len(works)
    at = 0
    while at < len(works):
        end = at
        while end < len(works) and not works[end]:
            end += 1
        if end - at >= LONG:
            long[at:end] = [True] * (end - at)
        at = max(end, at + 1)
    weights = [_weight(number, works[number], long[number]) for number in range(DAYS)]
    total = sum(weights)
    return Days(tuple(works), tuple(long), tuple(one / total for one in weights))


def _weight(number: int, works: bool, is_long: bool) -> float:
    day = day_at(number)
    weight = _MONTHS[day.month] * (1.0 if works else _HOLIDAY if is_long else _REST)
    return weight * _RUSH if (day.month, day.day) >= (12, 22) else weight


def day_at(number: int) -> date:
    return FIRST + timedelta(days=number)


def moment(number: int, hour: int, minute: float = 0.0) -> datetime:
    """Return a moment of a day, in the insurer's zone."""
    day = day_at(number)
    return datetime(day.year, day.month, day.day, hour, tzinfo=INSURERS_ZONE) + timedelta(minutes=minute)
