"""How a policy counts in the 15-day rate: the legend of the figure, in one function that an auditor can run again.

The rate of a period is `in-time / (in-time + late + open)` of the policies underwritten in it. It is provisional while
any of them is open. What is left out stands in neither:

* received: in time or late by the day on which the applicant signed, whatever became of the policy afterwards;
* ended (cancelled, surrendered, voided) without a receipt on day 15 or before: left out, for nobody was left to sign;
* ended without a receipt after day 15: late, as it was already when it ended. So no late policy leaves the figure by
  being cancelled;
* a receipt that somebody else signed, or that was signed after the policy had ended: no receipt at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from delivery.domain.clocks import is_in_time, late_day
from delivery.domain.state import Delivery


class Standing(StrEnum):
    """How a policy counts on a day."""

    NOT_ISSUED = "not-issued"
    OPEN = "open"
    IN_TIME = "in-time"
    LATE = "late"
    LEFT_OUT = "left-out"


def standing(state: Delivery, on: date) -> Standing:
    """Return how the delivery counts as seen at the end of the day `on`."""
    if state.issued is None:
        return Standing.NOT_ISSUED
    receipt, end = state.receipt, state.end
    return standing_by(
        state.application.applied_on,
        None if receipt is None else receipt.received_on,
        None if end is None else end.on,
        on,
    )


def standing_by(applied_on: date, received_on: date | None, ended_on: date | None, on: date) -> Standing:
    """Return how a policy that was issued counts by its days: the legend itself, for who has no more than these."""
    if received_on is not None:
        return Standing.IN_TIME if is_in_time(applied_on, received_on) else Standing.LATE
    if ended_on is not None:
        return Standing.LEFT_OUT if is_in_time(applied_on, ended_on) else Standing.LATE
    return Standing.LATE if on >= late_day(applied_on) else Standing.OPEN


@dataclass(frozen=True)
class Rate:
    """The 15-day rate of some policies, as counts: nothing is rounded before it is shown."""

    in_time: int
    late: int
    open: int
    left_out: int

    @property
    def counted(self) -> int:
        """The denominator: the policies underwritten, without those left out."""
        return self.in_time + self.late + self.open

    @property
    def provisional(self) -> bool:
        """Whether it can still change: some policy is neither received nor 15 days old."""
        return self.open > 0


def rate_of(standings: Iterable[Standing]) -> Rate:
    """Count how policies stand; those that were never issued are in no figure."""
    counts = dict.fromkeys(Standing, 0)
    for one in standings:
        counts[one] += 1
    return Rate(counts[Standing.IN_TIME], counts[Standing.LATE], counts[Standing.OPEN], counts[Standing.LEFT_OUT])
