"""How likely what is, and how long it takes: every number of the simulation that is an assumption stands here.

They are not those of any insurer. They are chosen so that a branch without chasing has a rate in the nineties, as
branches have had; what is of interest is what routes and chasing change, with everything else the same.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Chances:
    """Shares are of one. Times are days, unless they say otherwise."""

    electronic: float = 0.42
    case: float = 0.10
    examination: float = 0.03
    debit_failed: float = 0.035
    dropped: float = 0.012
    check_fails: float = 0.004
    lost_by_relay: float = 0.0025
    lost_direct: float = 0.0012
    damaged: float = 0.0012
    scan_missed: float = 0.01
    slow_seller: float = 0.07
    away: float = 0.13
    away_in_holidays: float = 0.4
    abroad: float = 0.012
    address_wrong: float = 0.008
    refused: float = 0.003
    signed_by_other: float = 0.006
    paper_receipt: float = 0.24
    assisted: float = 0.14
    photo_rejected: float = 0.03
    never_opens: float = 0.05
    signs_at_once: float = 0.8
    to_paper: float = 0.015
    ended_early: float = 0.004
    signed_after_end: float = 0.03
    surrendered: float = 0.008
    chase_helps: float = 0.9
    leaves_a_month: float = 0.012
    printed_a_day: int = 3400
    """Copies that the print centre makes in a day, for a whole branch: in the rush some wait."""


CHANCES: Final = Chances()


class Dice:
    """Draws with a seed: the same seed plays the same year."""

    def __init__(self, seed: int, chances: Chances = CHANCES) -> None:
        self.random = random.Random(seed)  # noqa: S311  # a simulation
        self.chances = chances

    def happens(self, share: float) -> bool:
        return self.random.random() < share

    def days(self, median: float, spread: float) -> int:
        """Return whole days, drawn from a lognormal distribution with this median."""
        return int(self.random.lognormvariate(0.0, spread) * median + 0.5)

    def one_of(self, first: int, last: int) -> int:
        return self.random.randint(first, last)
