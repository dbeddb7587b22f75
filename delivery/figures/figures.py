"""The figures: what is counted over deliveries, and exactly how. docs/delivery-figures.md is their legend.

The unit is a policy that was issued, and it belongs to the month in which it was underwritten, whenever the rest
happened. How it stands is `delivery.domain.figure`. All is seen at the end of the day of the latest event of the room.

rate         in time, of in time, late and open
ways         receipts by how they were signed: by oneself, assisted, on paper
legs         hours of each leg, over policies whose receipt is there; median and 90th percentile by nearest rank
ages         policies whose receipt is awaited, by the days since the application; the last class is 16 and more
reasons      late ones by the reason that was given last
provisional  a month that is not over, or in which a policy is open
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, TypeVar

from delivery.domain.clocks import RATE_DAYS
from delivery.domain.figure import Rate, Standing, standing_by
from delivery.domain.values import ReceiptWay
from delivery.figures.legs import Leg
from delivery.figures.tallies import UNTOLD, Key, Tally, key_of
from delivery.figures.ways import Way
from esign.public.figures import ZONE, CountedSpread, Month, bounds_of, counted_spread, per_mille

AGES: Final = RATE_DAYS + 2
"""Classes of age: 0 to 15 days, and more."""
_Of = TypeVar("_Of", bound=str)
_Name = TypeVar("_Name", bound=Hashable)


@dataclass(frozen=True)
class Figures:
    """The figures of one lot of policies. Legs are in whole hours; `ages` are counts, by days."""

    rate: Rate
    ways: Mapping[ReceiptWay, int]
    legs: Mapping[Leg, CountedSpread]
    ages: tuple[int, ...]
    reasons: Mapping[str, int]
    is_provisional: bool

    @property
    def rate_share(self) -> int | None:
        """The 15-day rate in tenths of a percent; None where no policy is counted."""
        return per_mille(self.rate.in_time, self.rate.counted)

    @property
    def received(self) -> int:
        return sum(self.ways.values())

    @property
    def self_share(self) -> int | None:
        """The share of receipts that customers signed by themselves, in tenths of a percent."""
        return per_mille(self.ways[ReceiptWay.SELF], self.received)


@dataclass(frozen=True)
class Report:
    """The figures of all, and by month, institution, channel and product; keys rise. `on` is the day they are seen at.

    It is None where nothing happened yet.
    """

    whole: Figures
    months: Mapping[Month, Figures]
    institutions: Mapping[str, Figures]
    channels: Mapping[str, Figures]
    products: Mapping[str, Figures]
    on: date | None


@dataclass
class Lot:
    """The tally of settled policies of a lot, and how its open ones stand."""

    tally: Tally = field(default_factory=Tally)
    open: int = 0
    overdue: int = 0
    overdue_reasons: Counter[str] = field(default_factory=Counter)
    ages: list[int] = field(default_factory=lambda: [0] * AGES)

    def count_open(self, way: Way, on: date) -> None:
        """Count a policy whose receipt is awaited, as it stands on that day."""
        if standing_by(way.applied_on, None, None, on) is Standing.LATE:
            self.overdue += 1
            self.overdue_reasons[way.reason or UNTOLD] += 1
        else:
            self.open += 1
        self.ages[min(max(0, (on - way.applied_on).days), AGES - 1)] += 1

    def add(self, other: Lot) -> None:
        self.tally.add(other.tally)
        self.open += other.open
        self.overdue += other.overdue
        self.overdue_reasons.update(other.overdue_reasons)
        self.ages = [mine + more for mine, more in zip(self.ages, other.ages, strict=True)]

    def figures(self, months: Iterable[Month], until: int) -> Figures:
        counted, reasons = self.tally.standings, self.tally.reasons + self.overdue_reasons
        return Figures(
            Rate(
                counted[Standing.IN_TIME.value],
                counted[Standing.LATE.value] + self.overdue,
                self.open,
                counted[Standing.LEFT_OUT.value],
            ),
            {one: self.tally.ways[one.value] for one in ReceiptWay},
            {leg: counted_spread(self.tally.hours.get(leg.value, {})) for leg in Leg},
            tuple(self.ages),
            {name: reasons[name] for name in sorted(reasons, key=lambda one: (-reasons[one], one)) if reasons[name]},
            self.open > 0 or any(until < bounds_of(month)[1] for month in months),
        )


def report_of(tallies: Iterable[tuple[Key, Tally]], awaited: Iterable[Way], until: int | None) -> Report:
    """Return the figures over settled policies by lot, and those whose receipt is awaited.

    `until` is the moment of the latest event of the room, in whole seconds; None where there is none.
    """
    on = None if until is None else datetime.fromtimestamp(until, ZONE).date()
    finest: dict[Key, Lot] = defaultdict(Lot)
    for key, tally in tallies:
        if key in finest:
            finest[key].tally.add(tally)
        else:
            finest[key] = Lot(tally)
    for way in awaited:
        found = key_of(way)
        if found is not None and on is not None:
            finest[found].count_open(way, on)
    seen = until or 0
    # There are many institutions, and few months, channels and products: each lot is added twice, and not five times.
    sales = _joined_by(finest, lambda key: key._replace(institution=""))
    return Report(
        _joined(sales.values()).figures({key.month for key in sales}, seen),
        _by(sales, lambda key: key.month, seen),
        _by(finest, lambda key: key.institution, seen),
        _by(sales, lambda key: key.channel, seen),
        _by(sales, lambda key: key.product, seen),
        on,
    )


def _by(lots: Mapping[Key, Lot], of: Callable[[Key], _Of], until: int) -> Mapping[_Of, Figures]:
    months: dict[_Of, set[Month]] = defaultdict(set)
    for key in lots:
        months[of(key)].add(key.month)
    joined = _joined_by(lots, of)
    return {name: joined[name].figures(months[name], until) for name in sorted(joined)}


def _joined_by(lots: Mapping[Key, Lot], of: Callable[[Key], _Name]) -> Mapping[_Name, Lot]:
    named: dict[_Name, Lot] = defaultdict(Lot)
    for key, lot in lots.items():
        named[of(key)].add(lot)
    return named


def _joined(lots: Iterable[Lot]) -> Lot:
    whole = Lot()
    for lot in lots:
        whole.add(lot)
    return whole
