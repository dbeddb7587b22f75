"""Small comparisons of facts that may be missing: what is missing makes what is computed missing too, never zero."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, TypeAlias, TypeVar

from claims.risk.places import Place

Input: TypeAlias = bool | int | float | None
"""What a table compares: a yes or no, a number, or None where it was not observed."""
Told = TypeVar("Told")
NEVER: Final = 9_999
"""What stands for days since something that was looked for and never happened."""


def hours(start: datetime | None, end: datetime | None) -> float | None:
    """Return the hours between two moments, with one decimal, negative where the end comes first."""
    return None if start is None or end is None else one_decimal((end - start).total_seconds() / 3600)


def days(start: date | None, end: date | None) -> int | None:
    return None if start is None or end is None else (end - start).days


def day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()


def days_since_last(when: Iterable[date] | None, on: date | None) -> int | None:
    """Return the days since the last of them that is not later, `NEVER` where there is none."""
    if when is None or on is None:
        return None
    return min(((on - one).days for one in when if one <= on), default=NEVER)


def km(one: Place | None, other: Place | None) -> float | None:
    return None if one is None or other is None else one_decimal(one.km_to(other))


def percent(part: int | None, whole: int | None) -> int | None:
    """Return the part in percent of the whole, rounded down; None also where the whole is nothing to compare with."""
    return None if part is None or whole is None or whole <= 0 else min(part * 100 // whole, 999_999)


def differ(one: str | None, other: str | None) -> bool | None:
    return None if one is None or other is None else one != other


def told(answer: Told | None, found: Told | None) -> Told | None:
    """Return the answer that was given, or else what was found by comparing."""
    return found if answer is None else answer


def one_decimal(number: float) -> float:
    return float(Decimal(str(number)).quantize(Decimal("0.1"), ROUND_HALF_UP))
