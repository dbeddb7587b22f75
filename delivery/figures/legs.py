"""The legs of a delivery, and how long they took over many: hours as they are counted, and what is told of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

HOUR: Final = 3600


class Leg(StrEnum):
    """From where to where, of policies whose receipt is there.

    Underwriting is from the signed application to the issue; printing to the dispatch; carrying to the arrival at the
    outlet; the outlet's until the policy is handed out; visiting until the customer signs. Online is from the issue to
    the signature of an electronic policy. Returning is from the signature to the returned receipt. Whole is from the
    application to the signature.
    """

    UNDERWRITING = "underwriting"
    PRINTING = "printing"
    CARRYING = "carrying"
    OUTLET = "outlet"
    VISITING = "visiting"
    ONLINE = "online"
    RETURNING = "returning"
    WHOLE = "whole"


@dataclass(frozen=True)
class HourSpread:
    """How long a leg took: in whole hours, cut off; percentiles by nearest rank, None where there is nothing."""

    count: int
    median: int | None
    ninth: int | None


def hour_spread(hours: Mapping[int, int]) -> HourSpread:
    """Return the spread of how often each number of hours was counted."""
    count = sum(hours.values())
    return HourSpread(count, _ranked(hours, count, 50), _ranked(hours, count, 90))


def _ranked(hours: Mapping[int, int], count: int, percent: int) -> int | None:
    rank, seen = -(-percent * count // 100), 0
    for hour in sorted(hours):
        seen += hours[hour]
        if seen >= rank:
            return hour
    return None
