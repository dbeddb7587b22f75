"""What is counted of a lot of policies: counts that can be added, taken away again, kept and read.

A policy is counted in a tally once it is settled: received, or ended without a receipt. Those whose receipt is awaited
change from day to day by themselves, and are counted when somebody asks.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, cast

from delivery.domain.figure import Standing, standing_by
from delivery.figures.legs import HOUR
from delivery.figures.ways import Way
from esign.public.figures import Month
from esign.public.rows import JsonValue

UNTOLD: Final = "untold"
"""The reason of lateness that nobody explained."""


class Key(NamedTuple):
    """The smallest lots that are told apart."""

    month: Month
    institution: str
    channel: str
    product: str


@dataclass
class Tally:
    """Counts of settled policies, by how they stand and how they were signed; late ones by reason; hours by leg."""

    standings: Counter[str] = field(default_factory=Counter)
    ways: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    hours: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))

    def count(self, way: Way, times: int = 1) -> None:
        """Count a settled policy; `times` is -1 to take it away as it was counted."""
        on = way.ended_on if way.received_on is None else way.received_on
        if on is None:
            raise ValueError("a policy is counted here once it is settled")
        standing = standing_by(way.applied_on, way.received_on, way.ended_on, on)
        self.standings[standing.value] += times
        if way.way is not None:
            self.ways[way.way] += times
        if standing is Standing.LATE:
            self.reasons[way.reason or UNTOLD] += times
        for leg, seconds in way.legs().items():
            self.hours[leg.value][seconds // HOUR] += times

    def add(self, other: Tally) -> None:
        """Add what another tally counted."""
        self.standings.update(other.standings)
        self.ways.update(other.ways)
        self.reasons.update(other.reasons)
        for leg, hours in other.hours.items():
            self.hours[leg].update(hours)

    def kept(self) -> JsonValue:
        """Return the counts as JSON, without what is zero."""
        hours = {leg: _kept({str(hour): n for hour, n in one.items()}) for leg, one in self.hours.items()}
        return {
            "standings": _kept(self.standings),
            "ways": _kept(self.ways),
            "reasons": _kept(self.reasons),
            "hours": {leg: one for leg, one in hours.items() if one},
        }


def key_of(way: Way) -> Key | None:
    """Return the lot that a policy belongs to; None before its issue."""
    month = way.month
    return None if month is None else Key(month, way.institution, way.channel, way.product)


def settled(way: Way | None) -> bool:
    """Tell whether a policy is counted in a tally."""
    return way is not None and way.underwritten_on is not None and not way.is_open


def read_tally(kept: JsonValue, *, with_hours: bool = True) -> Tally:
    """Return the tally that was kept so. Hours are most of it: who asks for rates alone leaves them out."""
    told = cast("Mapping[str, Any]", kept)
    hours = told["hours"].items() if with_hours else ()
    return Tally(
        Counter(told["standings"]),
        Counter(told["ways"]),
        Counter(told["reasons"]),
        defaultdict(Counter, {leg: Counter({int(hour): n for hour, n in one.items()}) for leg, one in hours}),
    )


def _kept(counts: Mapping[str, int]) -> dict[str, JsonValue]:
    return {name: n for name, n in counts.items() if n}
