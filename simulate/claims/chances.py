"""How likely what is, and how long it takes: every number of the simulation that is an assumption stands here.

They are not those of any insurer. Honest claims have what makes honest claims look odd: families with one telephone,
fleets, shops that report for their customers, people who report late or at night, spouses who are paid.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Final


@dataclass(frozen=True)
class Chances:
    """Shares are of one."""

    in_rings: float = 0.025
    """Of all claims."""
    claims_a_year: float = 0.25
    """Of one car that is insured."""
    several_claims: float = 0.12
    """Of households: they have accidents three times as often as others."""
    family_phone: float = 0.18
    family_account: float = 0.2
    fleet: float = 0.06
    shop_reports: float = 0.008
    """The shop calls for its customer, from its own telephone."""
    shop_collects: float = 0.03
    relative_is_paid: float = 0.02
    driven_by_other: float = 0.2
    reported_by_other: float = 0.1
    at_night: float = 0.24
    reported_late: float = 0.03
    injured: float = 0.05
    other_car: float = 0.3
    vip: float = 0.03
    old_damage: float = 0.006
    no_debris: float = 0.08
    edited_picture: float = 0.004
    picture_without_place: float = 0.3
    asks_for_person: float = 0.012
    withdraws: float = 0.02
    disputes: float = 0.025
    supplement: float = 0.03
    account_wrong: float = 0.004
    bank_silent: float = 0.003
    rates: float = 0.55
    finds_fraud: float = 0.9
    """A person who looks at a blocked claim of a ring refuses it; otherwise it is released."""
    pictures: int = 2


CHANCES: Final = Chances()


class Dice:
    """Draws with a seed: the same seed plays the same year."""

    def __init__(self, seed: int, chances: Chances = CHANCES) -> None:
        self.random = random.Random(seed)  # noqa: S311  # a simulation
        self.chances = chances

    def happens(self, share: float) -> bool:
        return self.random.random() < share

    def minutes(self, median: float, spread: float = 0.5) -> timedelta:
        """Return a span drawn from a lognormal distribution with this median, in minutes."""
        return timedelta(minutes=self.random.lognormvariate(0.0, spread) * median)

    def one_of(self, first: int, last: int) -> int:
        return self.random.randint(first, last)
