"""Months of the insurer, by which figures are told: China has one zone and no summer time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Final, NewType

Month = NewType("Month", str)
"""A month such as `2026-11`; months sort as texts do."""

ZONE: Final = timezone(timedelta(hours=8))
_DAY: Final = 86_400
_AHEAD: Final = 8 * 3600
_FORM: Final = re.compile(r"(?:20|21)[0-9]{2}-(?:0[1-9]|1[0-2])", re.ASCII)


def month_of(seconds: int) -> Month:
    """Return the insurer's month of a moment, given in whole seconds since 1970-01-01 UTC."""
    return _month_of_day((seconds + _AHEAD) // _DAY)


@lru_cache(maxsize=4096)
def _month_of_day(day: int) -> Month:
    """Return the month of a day, counted from 1970-01-01: there are few days, and many moments."""
    return Month(f"{datetime.fromtimestamp(day * _DAY, UTC):%Y-%m}")


def read_month(text: str) -> Month | None:
    """Return the month that a text such as `2026-11` names, None where it names none of the years 2000 to 2199."""
    return Month(text) if _FORM.fullmatch(text) else None


def bounds_of(month: Month) -> tuple[int, int]:
    """Return when the month begins and when the next one does, in whole seconds since 1970-01-01 UTC."""
    year, number = int(month[:4]), int(month[5:])
    begin = datetime(year, number, 1, tzinfo=ZONE)
    end = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=ZONE)
    return int(begin.timestamp()), int(end.timestamp())


def seconds_of(moment: datetime) -> int:
    """Return a moment, which must be aware of its zone, in whole seconds since 1970-01-01 UTC; parts are cut off."""
    if moment.utcoffset() is None:
        raise ValueError("a moment without a time zone is none")
    return int((moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(seconds=1))
