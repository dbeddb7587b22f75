"""How long something took, over many: the middle, nine tenths, and how many in each class of hours."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

HOUR: Final = 3600
HOURS: Final = (1, 2, 4, 8, 24, 72)
"""Where classes end: under 1 hour, 1 to under 2, ..., 24 to under 72, 72 hours and more."""


@dataclass(frozen=True)
class Spread:
    """Times in whole seconds. `median` and `ninth` are None where there are no times.

    `classes` counts the times in each class, in order: one more than there are `hours` at which classes end.
    """

    count: int
    median: int | None
    ninth: int | None
    classes: tuple[int, ...]
    hours: tuple[int, ...] = HOURS


def spread_of(seconds: Sequence[int], hours: Sequence[int] = HOURS) -> Spread:
    """Return the spread of these times, which are whole seconds in any order.

    A class holds the times from its first hour on, up to but without its last. Raises `ValueError` where the hours do
    not rise.
    """
    if list(hours) != sorted(set(hours)):
        raise ValueError("the hours at which classes end must rise")
    ordered = sorted(seconds)
    below = [0, *(bisect_left(ordered, one * HOUR) for one in hours), len(ordered)]
    classes = tuple(upper - lower for lower, upper in pairwise(below))
    return Spread(len(ordered), ranked(ordered, 50), ranked(ordered, 90), classes, tuple(hours))


def ranked(ordered: Sequence[int], percent: int) -> int | None:
    """Return the percentile by nearest rank: the smallest value that at least so many percent are not above.

    It is always one of the values, so that it comes out the same wherever it is computed. `ordered` rises; None where
    it is empty. Raises `ValueError` for a percentage that is not from 1 to 100.
    """
    if not 1 <= percent <= 100:
        raise ValueError("a percentile is from 1 to 100")
    if not ordered:
        return None
    return ordered[-(-percent * len(ordered) // 100) - 1]
