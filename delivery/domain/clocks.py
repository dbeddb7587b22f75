"""The clock of calendar days: from the signed application to the signed receipt, and what is due on the way.

All days are the insurer's, in China. Working days are another matter, and another package (`delivery.calendars`).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Final

INSURERS_ZONE: Final = timezone(timedelta(hours=8))
"""China has one zone and no summer time: Asia/Shanghai."""
RATE_DAYS: Final = 15
"""A receipt counts as in time if it was signed so many days after the application, or fewer."""
CHASE_DAYS: Final = 12
LATE_DAYS: Final = RATE_DAYS + 1
RELAY_DAYS: Final = 4
DIRECT_DAYS: Final = 2
HANDED_DAYS: Final = 1
RETURN_DAYS: Final = 1
"""How many days a leg may take: from the print centre by relay or direct, from the outlet to the salesperson's hands,
from the signature to the returned receipt."""
_DAY: Final = timedelta(days=1)
DAYS_KNOWN: Final = 1024
"""The days that many deliveries share are worked out once."""


def day_of(moment: datetime) -> date:
    """Return the insurer's day of a moment, which must be aware of its time zone."""
    return moment.astimezone(INSURERS_ZONE).date()


def days_after(day: date, count: int) -> date:
    """Return the day so many calendar days later."""
    return day + count * _DAY


@lru_cache(DAYS_KNOWN)
def due_day(applied_on: date) -> date:
    """Return the last day on which a receipt is in time."""
    return days_after(applied_on, RATE_DAYS)


@lru_cache(DAYS_KNOWN)
def chase_day(applied_on: date) -> date:
    """Return the day from which what is not received is chased."""
    return days_after(applied_on, CHASE_DAYS)


@lru_cache(DAYS_KNOWN)
def late_day(applied_on: date) -> date:
    """Return the first day on which what is not received is late."""
    return days_after(applied_on, LATE_DAYS)


def days_left(applied_on: date, today: date) -> int:
    """Return how many days are left until the last day in time: 0 on that day, negative after it."""
    return (due_day(applied_on) - today).days


def is_in_time(applied_on: date, received_on: date) -> bool:
    """Tell whether a receipt signed on that day counts for the 15-day rate."""
    return received_on <= due_day(applied_on)


def hesitation_period(received_on: date, days: int) -> tuple[date, date] | None:
    """Return the first and last day of the hesitation period: it runs from the day after the receipt.

    `days` are those of the product, 15 or 20; None for a product that has none.
    """
    return (days_after(received_on, 1), days_after(received_on, days)) if days else None
