"""The dated table of announced years (`data/calendar.json`), over the days that chinesecalendar brings along.

The library says which days are off and which are worked; our table says which years were announced, when, by which
notice, and the digest of their days. So a year that the library has and nobody entered here is unknown, and a release
in which a known year reads otherwise is an error and not another deadline.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

from chinese_calendar.constants import holidays, workdays

from esign.calendars.calendar import AnnouncedYear, WorkCalendar
from esign.errors import EsignError

FILE: Final = "calendar.json"
_MEMBERS: Final = frozenset({"year", "announced_on", "notice", "sha256"})


class CalendarBroken(EsignError):
    """The table of announced years cannot be used, or the library has other days than it."""


@cache
def load_calendar() -> WorkCalendar:
    """Return the calendar of every year that our table names. Raises `CalendarBroken`."""
    return read_calendar(files("esign.calendars").joinpath("data", FILE).read_text("utf-8"))


def read_calendar(text: str) -> WorkCalendar:
    """Return the calendar of the years in this text of a table.

    Raises `CalendarBroken`: `calendar-malformed`, and `calendar-differs` for a year whose days are not those of its
    digest.
    """
    try:
        entries = json.loads(text)["years"]
        years = [_year(entry) for entry in entries]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CalendarBroken(
            "calendar-malformed", f"{FILE} is no table of announced years", "restore it in esign/calendars/data"
        ) from error
    return WorkCalendar({one.year: one for one in years})


def days_digest(days_off: frozenset[date], made_up: frozenset[date]) -> str:
    """Return the digest of a year's days: SHA-256 over lines `off 2026-01-01` and `work 2026-01-04`, sorted."""
    lines = [*(f"off {day.isoformat()}\n" for day in days_off), *(f"work {day.isoformat()}\n" for day in made_up)]
    return sha256("".join(sorted(lines)).encode()).hexdigest()


def library_days(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """Return the days off and the weekend days worked that the library has of a year."""
    return (
        frozenset(day for day in holidays if day.year == year),
        frozenset(day for day in workdays if day.year == year),
    )


def _year(entry: Mapping[str, object]) -> AnnouncedYear:
    if entry.keys() != _MEMBERS or type(entry["year"]) is not int:
        raise ValueError("not the members of a year")
    year = entry["year"]
    days_off, made_up = library_days(year)
    if not days_off or days_digest(days_off, made_up) != entry["sha256"]:
        raise CalendarBroken(
            "calendar-differs",
            f"the library has other days for {year} than were entered with its notice",
            "compare both with the notice of the State Council, then enter the digest or another release",
        )
    return AnnouncedYear(year, date.fromisoformat(str(entry["announced_on"])), str(entry["notice"]), days_off, made_up)
