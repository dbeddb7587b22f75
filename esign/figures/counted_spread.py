"""How long something took, over many, where it is kept how often each whole number of hours or minutes was there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class CountedSpread:
    """Whole numbers of one unit; percentiles by nearest rank, so that each was really there, None of nothing."""

    count: int
    median: int | None
    ninth: int | None


def counted_spread(times: Mapping[int, int]) -> CountedSpread:
    """Return the spread of how often each number was counted."""
    count = sum(times.values())
    return CountedSpread(count, _ranked(times, count, 50), _ranked(times, count, 90))


def _ranked(times: Mapping[int, int], count: int, percent: int) -> int | None:
    rank, seen = -(-percent * count // 100), 0
    for number in sorted(times):
        seen += times[number]
        if seen >= rank:
            return number
    return None
