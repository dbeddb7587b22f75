"""Working days for clocks of claims: those that were announced, and in a year that was not yet, all but weekends.

A promise such as "by the next working day" needs an end at every moment; what the law asks of claims is in calendar
days and asks no calendar. The table is that of all rooms (`esign.public.calendars`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from esign.public.calendars import DayKind, WorkCalendar, load_calendar

_SATURDAY: Final = 5


@dataclass(frozen=True)
class ClaimDays:
    """The calendar as claims ask it."""

    calendar: WorkCalendar

    def is_working(self, day: date) -> bool:
        kind = self.calendar.kind_of(day)
        return day.weekday() < _SATURDAY if kind is DayKind.UNKNOWN else kind is DayKind.WORKDAY

    def knows(self, year: int) -> bool:
        """Tell whether the holidays of a year were announced."""
        return year in self.calendar.years

    @property
    def holidays(self) -> frozenset[date]:
        """All days off that were announced, weekends among holidays too."""
        return frozenset[date]().union(*(one.days_off for one in self.calendar.years.values()))


@cache
def load_days() -> ClaimDays:
    """Return the days of the table. Raises `CalendarBroken` for a table that cannot be used."""
    return ClaimDays(load_calendar())
