"""How many minutes the pages promise: what a quick and an elderly person need, as `make pace` measured it.

Each screen is read, each box ticked, each page of the contract turned at the person's pace (`tests/browser/pace.py`);
the figures are seconds. Both are told of: who is quick should not be put off, who is slow not hurried. `make pace`
fails when people take longer than is promised here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Pace:
    """What a person needs, in seconds: to identify, to begin reading, for a page, to write, for photo and last look."""

    identify: float
    begin: float
    page: float
    write: float
    confirm: float

    def left(self, step: int, pages: int) -> float:
        """Return the seconds that are left at the beginning of a step (1 to 4) with a document of so many pages."""
        steps = (self.identify, self.begin + pages * self.page, self.write, self.confirm)
        return sum(steps[step - 1 :])


QUICK: Final = Pace(identify=31, begin=15, page=3.1, write=14, confirm=43)
ELDERLY: Final = Pace(identify=60, begin=32, page=5.7, write=29, confirm=82)


def minutes_left(step: int, pages: int) -> str:
    """Return how many minutes are left at the beginning of a step (1 to 4), as "3–6", or "1" where both need as much.

    `pages` is how many the document has.
    """
    quick, elderly = (max(1, math.ceil(pace.left(step, pages) / 60)) for pace in (QUICK, ELDERLY))
    return str(quick) if quick == elderly else f"{quick}–{elderly}"
