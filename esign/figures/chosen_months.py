"""Which months a page of figures counts: one of those that there are, or the last twelve of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from esign.figures.months import Month

YEAR: Final = "year"
"""What a form says for the last twelve months; a month by itself, the newest at first, is quicker to count."""
_TWELVE: Final = 12


@dataclass(frozen=True)
class ChosenMonths:
    """`months` are those that there are, the newest first. `month` is the one that is counted; None where all are from
    `since` on, or there are none."""

    months: tuple[Month, ...]
    month: Month | None
    since: Month | None

    @staticmethod
    def of(asked: str, there: Sequence[Month]) -> ChosenMonths:
        """Return what somebody asked for, out of what there is; what is not there is the newest month."""
        if asked == YEAR and there:
            return ChosenMonths(tuple(there), None, _first_of_year(there))
        return ChosenMonths(tuple(there), next((one for one in there if one == asked), next(iter(there), None)), None)

    @property
    def first_of_year(self) -> Month | None:
        """The first of the twelve newest months; None where there are none."""
        return _first_of_year(self.months) if self.months else None

    @property
    def year_ago(self) -> Month | None:
        """The same month of the year before, where one month is counted and that one is there."""
        if self.month is None:
            return None
        before = Month(f"{int(self.month[:4]) - 1}{self.month[4:]}")
        return before if before in self.months else None

    @property
    def named(self) -> str:
        """What an address says for it."""
        return self.month or YEAR


def _first_of_year(there: Sequence[Month]) -> Month:
    return there[min(_TWELVE, len(there)) - 1]
