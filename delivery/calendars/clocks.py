"""The clock of working days: a policy is made and delivered within 15 of them from complete papers.

The clock of calendar days, by which the 15-day rate is counted, is `delivery.domain.clocks`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from esign.public.calendars import UnknownYear, WorkCalendar

WORKING_DAYS: Final = 15


@dataclass(frozen=True)
class WorkingClock:
    """How the clock stands on a day: its last day, and how many working days are used, each if it can be known."""

    last_day: date | UnknownYear
    used: int | UnknownYear

    @property
    def left(self) -> int | UnknownYear:
        """Working days that are left; negative when it is over."""
        return self.used if isinstance(self.used, UnknownYear) else WORKING_DAYS - self.used


def last_working_day(papers_on: date, calendar: WorkCalendar) -> date | UnknownYear:
    """Return the last day on which a policy is delivered in time whose papers were complete on `papers_on`."""
    return calendar.working_day_after(papers_on, WORKING_DAYS)


def working_clock(papers_on: date | None, on: date, calendar: WorkCalendar) -> WorkingClock | None:
    """Return how the clock stands at the end of the day `on`, None where it does not run: papers are missing."""
    if papers_on is None:
        return None
    return WorkingClock(last_working_day(papers_on, calendar), calendar.working_days_between(papers_on, on))


def is_within_working_days(papers_on: date, received_on: date, calendar: WorkCalendar) -> bool | UnknownYear:
    """Tell whether a policy was delivered within 15 working days, if that can be known."""
    used = calendar.working_days_between(papers_on, received_on)
    return used if isinstance(used, UnknownYear) else used <= WORKING_DAYS
