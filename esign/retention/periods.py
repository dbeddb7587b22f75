"""Periods as ISO 8601 writes them, and working days: pure calendar, no clock.

A day here is a day in Beijing, as the laws that set the periods mean it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final

BEIJING: Final = timezone(timedelta(hours=8))
DAYS_AT_MOST: Final = 3660
_PERIOD: Final = re.compile(r"P(?=\d)(?:(\d{1,3})Y)?(?:(\d{1,3})M)?(?:(\d{1,4})D)?", re.ASCII)
_SATURDAY: Final = 5


@dataclass(frozen=True)
class Period:
    """So many years, months and days."""

    years: int = 0
    months: int = 0
    days: int = 0

    @staticmethod
    def of(text: str) -> Period:
        """Return the period that `text` writes, such as `P10Y` or `P1Y6M`. Raises `ValueError` for anything else."""
        found = _PERIOD.fullmatch(text)
        if found is None:
            raise ValueError("a period is written P10Y, P6M, P90D or together, P1Y6M")
        period = Period(*(int(part or 0) for part in found.groups()))
        if period == Period():
            raise ValueError("a period of nothing is none")
        return period

    def __str__(self) -> str:
        parts = ((self.years, "Y"), (self.months, "M"), (self.days, "D"))
        return "P" + "".join(f"{number}{unit}" for number, unit in parts if number)

    def after(self, day: date) -> date:
        """Return the last day of the period that begins with `day`'s end.

        Where the month has no such day (29 February), the first of the next month: longer, never shorter.
        """
        months = day.month - 1 + self.months + 12 * self.years
        year, month = day.year + months // 12, months % 12 + 1
        try:
            moved = day.replace(year=year, month=month)
        except ValueError:
            moved = date(year + month // 12, month % 12 + 1, 1)
        return moved + timedelta(days=self.days)

    def latest_start(self, today: date) -> date:
        """Return the latest day whose period is over when `today` begins."""
        start = _back(today, self)
        while self.after(start) >= today:
            start -= timedelta(days=1)
        while self.after(start + timedelta(days=1)) < today:
            start += timedelta(days=1)
        return start


def day_of(at: datetime) -> date:
    """Return the day in Beijing of a moment (timezone-aware)."""
    return at.astimezone(BEIJING).date()


def midnight(day: date) -> datetime:
    """Return the moment at which the day begins in Beijing, in UTC."""
    return datetime.combine(day, time(), BEIJING).astimezone(UTC)


def working_days_after(
    day: date, number: int, *, days_off: Collection[date] = (), days_worked: Collection[date] = ()
) -> date:
    """Return the day that is `number` working days after `day`, which itself does not count.

    Monday to Friday are worked but for `days_off`; Saturday and Sunday are not, but for `days_worked`.
    """
    if not 0 < number <= DAYS_AT_MOST:
        raise ValueError("a number of working days is 1 or more, and not thousands")
    while number:
        day += timedelta(days=1)
        worked = day in days_worked if day.weekday() >= _SATURDAY else day not in days_off
        number -= worked
    return day


def _back(today: date, period: Period) -> date:
    """Return a day near the one whose period ends today."""
    months = today.year * 12 + today.month - 1 - 12 * period.years - period.months
    year, month = max(1, months // 12), months % 12 + 1
    return date(year, month, min(today.day, 28)) - timedelta(days=period.days)
