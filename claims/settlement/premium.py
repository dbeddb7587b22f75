"""The likely change of next year's premium, by the table of no-claims grades: shown beside the payment. Pure.

It is likely and not certain: the premium of next year depends on what happens until then, and on the rates of that day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class PremiumTable:
    """`factors` are percent of the base premium by grade, from `least`: a year without a claim lowers the grade by
    one, each claim of a year raises it by `steps_each`. Claims that pay less than `counts_from` fen do not count."""

    version: str
    effective_from: date
    least: int
    factors: tuple[int, ...]
    steps_each: int
    counts_from: int

    @property
    def most(self) -> int:
        return self.least + len(self.factors) - 1

    def factor(self, grade: int) -> int:
        """Return the percent of the base premium for a grade; one beyond the ends has that of the end."""
        return self.factors[min(max(grade, self.least), self.most) - self.least]


@dataclass(frozen=True)
class Change:
    """Next year's premium in fen, without this claim and with it."""

    without: int
    with_claim: int

    @property
    def more(self) -> int:
        """What this claim is likely to cost next year, in fen."""
        return self.with_claim - self.without


def next_premium(table: PremiumTable, base: int, grade: int, claims: int, fen: int) -> Change:
    """Return next year's premium from the base premium in fen, the grade of this year, the claims of this year before
    this one, and what this one pays in fen."""

    def after(count: int) -> int:
        moved = grade + count * table.steps_each if count else grade - 1
        return (base * table.factor(moved) + 50) // 100

    counted = claims + (fen >= table.counts_from)
    return Change(after(claims), after(counted))
