"""The stretches of a claim's way to its payment, and in which classes times and scores are told."""

from __future__ import annotations

from enum import StrEnum
from itertools import pairwise
from typing import Final

HOUR: Final = 60
DAY: Final = 24 * HOUR
REAL_TIME: Final = HOUR
"""Paid within so many minutes of the report is paid in real time."""
WITHIN_A_DAY: Final = DAY
SMALL_FEN: Final = 500_000
"""Up to 5,000 yuan, and nobody hurt: these are to be paid within a day."""
CALLED_WITHIN: Final = 120
"""Seconds within which whoever asks for a call is to be called: the clock `call-back`."""
CYCLE_FEN: Final = 1_000_000
"""Up to 10,000 yuan: of these the time from the report to the closing is told by itself."""
ENDS_OF_CLASSES: Final = (10, 30, HOUR, 4 * HOUR, DAY, 3 * DAY, 10 * DAY)
"""Classes of the time from report to payment, in minutes: up to and with 10, then up to and with 30, ..., and above."""
SCORE_CLASS: Final = 10
SCORE_CLASSES: Final = 7
"""Scores are told by tens; the last class is 60 and more."""


class Stretch(StrEnum):
    """From where to where, of claims that are paid. What was done again counts as it was done last.

    Survey is from the report to the survey; assess until the loss is assessed; verify until the offer is made, with the
    adjudication; agree until the customer agrees; pay until the money is there.
    """

    SURVEY = "survey"
    ASSESS = "assess"
    VERIFY = "verify"
    AGREE = "agree"
    PAY = "pay"


def minutes_of(seconds: int) -> int:
    """Return a time in whole minutes, begun ones counted as whole; beyond a day in whole hours, begun ones likewise.

    So at most 60 minutes are exactly what took at most 3,600 seconds, and a year has few different times.
    """
    minutes = max(0, -(-seconds // 60))
    return minutes if minutes <= DAY else -(-minutes // HOUR) * HOUR


def class_names() -> tuple[str, ...]:
    """Return what the classes of times are called: `upto-10`, `11-30`, ..., `above-14400`."""
    between = (f"{low + 1}-{high}" for low, high in pairwise(ENDS_OF_CLASSES))
    return (f"upto-{ENDS_OF_CLASSES[0]}", *between, f"above-{ENDS_OF_CLASSES[-1]}")


def score_class(score: int) -> int:
    """Return the class of a score, from 0."""
    return min(score // SCORE_CLASS, SCORE_CLASSES - 1)


def score_names() -> tuple[str, ...]:
    """Return what the classes of scores are called: `0-9`, ..., `60-more`."""
    lower = [number * SCORE_CLASS for number in range(SCORE_CLASSES)]
    return (*(f"{one}-{one + SCORE_CLASS - 1}" for one in lower[:-1]), f"{lower[-1]}-more")
