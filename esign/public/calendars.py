"""Working days, the same for all rooms: one dated table of announced years.

    calendar = load_calendar()
    calendar.kind_of(day)                       # DayKind.WORKDAY, REST, or UNKNOWN in a year that was not announced
    calendar.working_day_after(day, 15)         # a day, or UnknownYear

`calendar.as_of(day)` is what was known on a day. What a room does with a year that nobody announced yet is its own
affair: a clock of the law says that it is unknown, a promise of the house may take weekends alone.
"""

from __future__ import annotations

from esign.calendars.calendar import AnnouncedYear, DayKind, UnknownYear, WorkCalendar
from esign.calendars.table import CalendarBroken, days_digest, library_days, load_calendar, read_calendar

__all__ = [
    "AnnouncedYear",
    "CalendarBroken",
    "DayKind",
    "UnknownYear",
    "WorkCalendar",
    "days_digest",
    "library_days",
    "load_calendar",
    "read_calendar",
]
