"""The figures: what is counted over claims, and exactly how. docs/claims-figures.md is their legend.

The unit is a claim that was reported, and it belongs to the month of its report, whenever the rest happened; what was
joined to another claim is counted there. A claim stands in the lane in which it is, and in the tier and with the amount
with which it was first paid. Nothing is estimated, and every number is a whole one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, TypeVar

from claims.figures.courses import Block, Standing
from claims.figures.stretches import ENDS_OF_CLASSES, REAL_TIME, SCORE_CLASSES, Stretch
from claims.figures.tallies import (
    CALLS_IN_TIME,
    CALLS_LATE,
    CALLS_WAITING,
    CLOSING,
    PAYMENT,
    SMALL_CLOSING,
    SMALL_IN_TIME,
    SMALL_LATE,
    SMALL_WAITING,
    STANDINGS,
    Key,
    Tally,
)
from claims.figures.telling import PHONE_ACTS
from esign.public.figures import ZONE, CountedSpread, Month, bounds_of, counted_spread, per_mille

_Of = TypeVar("_Of", bound=str)


@dataclass(frozen=True)
class Hits:
    """On how many claims a point fired, how many of them were blocked, and how many of these were let go."""

    claims: int
    blocked: int
    overturned: int


@dataclass(frozen=True)
class ToolUse:
    """On how many claims a tool was used, how many forms of it were filed, and the seconds spent in them."""

    claims: int
    forms: int
    seconds: int

    @property
    def mean_seconds(self) -> int | None:
        """The seconds in a form, rounded half up; None where none says how long it took."""
        return _mean(self.seconds, self.forms) if self.seconds else None


@dataclass(frozen=True)
class Figures:
    """The figures of one lot of claims. Times are minutes (`minutes_of`), amounts fen.

    `classes` counts paid claims by `ENDS_OF_CLASSES`, `scores` claims by `score_class`. `running` are those that have
    not ended.
    """

    standings: Mapping[Standing, int]
    joined: int
    running: int
    paid_fen: int
    payment: CountedSpread
    fastest: int | None
    seconds: int
    classes: tuple[int, ...]
    real_time: int
    real_time_seconds: int
    same_day: int
    small_in_time: int
    small_late: int
    small_waiting: int
    steps: Mapping[Stretch, CountedSpread]
    closing: CountedSpread
    small_closing: CountedSpread
    tools: Mapping[str, ToolUse]
    phone: Mapping[str, int]
    by_staff: int
    by_phone: int
    by_tools: int
    scores: tuple[int, ...]
    unscored: int
    hits: Mapping[str, Hits]
    hard_stops: int
    blocks: Mapping[Block, int]
    blocked_fen: int
    overturned_fen: int
    blocked_paid: int
    blocked_paid_fen: int
    stars: tuple[int, ...]
    calls_in_time: int
    calls_late: int
    calls_waiting: int
    is_provisional: bool

    @property
    def reported(self) -> int:
        """Claims that were reported, without those joined to another one."""
        return sum(self.standings.values())

    @property
    def paid(self) -> int:
        return self.standings[Standing.PAID]

    @property
    def mean_seconds(self) -> int | None:
        """The mean time from report to payment, in seconds, rounded half up."""
        return _mean(self.seconds, self.paid)

    @property
    def real_time_mean_seconds(self) -> int | None:
        """The same of those paid in real time."""
        return _mean(self.real_time_seconds, self.real_time)

    @property
    def real_time_share(self) -> int | None:
        """The share of claims that were paid in real time among all that were reported, in tenths of a percent."""
        return per_mille(self.real_time, self.reported)

    @property
    def small(self) -> int:
        return self.small_in_time + self.small_late + self.small_waiting

    @property
    def small_share(self) -> int | None:
        """The share of small claims that were paid within a day, in tenths of a percent."""
        return per_mille(self.small_in_time, self.small)

    @property
    def calls(self) -> int:
        """Calls that customers asked for and somebody made."""
        return self.calls_in_time + self.calls_late

    @property
    def calls_share(self) -> int | None:
        """The share of calls that were made within two minutes, in tenths of a percent."""
        return per_mille(self.calls_in_time, self.calls)

    @property
    def coverage(self) -> int | None:
        """The share of claims on which a tool of staff or of the phone was used, in tenths of a percent."""
        return per_mille(self.by_tools, self.reported)

    @property
    def blocked(self) -> int:
        return sum(self.blocks.values())

    @property
    def overturned(self) -> int:
        return self.blocks[Block.RELEASED]

    @property
    def overturned_share(self) -> int | None:
        """The share of blocked claims that a person let go, in tenths of a percent."""
        return per_mille(self.overturned, self.blocked)

    @property
    def rated(self) -> int:
        return sum(self.stars)

    @property
    def mean_tenths_of_stars(self) -> int | None:
        """The mean of the stars that customers gave, in tenths, rounded half up."""
        return _mean(10 * sum(number * count for number, count in enumerate(self.stars, 1)), self.rated)


@dataclass(frozen=True)
class Report:
    """The figures of all, and by month, institution, tier and lane; keys rise. `on` is the day of the latest event.

    It is None where nothing happened yet.
    """

    whole: Figures
    months: Mapping[Month, Figures]
    institutions: Mapping[str, Figures]
    tiers: Mapping[str, Figures]
    lanes: Mapping[str, Figures]
    on: date | None


def report_of(tallies: Iterable[tuple[Key, Tally]], until: int | None) -> Report:
    """Return the figures over claims counted by lot.

    `until` is the moment of the latest event of the room, in whole seconds; None where there is none.
    """
    finest: dict[Key, Tally] = defaultdict(Tally)
    for key, tally in tallies:
        finest[key].add(tally)
    finest = {key: tally for key, tally in finest.items() if any(tally.counts.values())}
    seen = until or 0
    return Report(
        _figures(_joined(finest.values()), {key.month for key in finest}, seen),
        _by(finest, lambda key: key.month, seen),
        _by(finest, lambda key: key.institution, seen),
        _by(finest, lambda key: key.tier, seen),
        _by(finest, lambda key: key.lane, seen),
        None if until is None else datetime.fromtimestamp(until, ZONE).date(),
    )


def _by(finest: Mapping[Key, Tally], of: Callable[[Key], _Of], until: int) -> Mapping[_Of, Figures]:
    lots: dict[_Of, list[Key]] = defaultdict(list)
    for key in finest:
        lots[of(key)].append(key)
    return {
        name: _figures(_joined(finest[key] for key in lots[name]), {key.month for key in lots[name]}, until)
        for name in sorted(lots)
    }


def _joined(tallies: Iterable[Tally]) -> Tally:
    whole = Tally()
    for tally in tallies:
        whole.add(tally)
    return whole


def _figures(tally: Tally, months: Iterable[Month], until: int) -> Figures:
    counts = tally.counts
    payment: Mapping[int, int] = tally.times.get(PAYMENT, {})
    return Figures(
        standings={one: counts[one.value] for one in STANDINGS},
        joined=counts[Standing.JOINED.value],
        running=counts["running"],
        paid_fen=counts["fen-paid"],
        payment=counted_spread(payment),
        fastest=min((minutes for minutes, n in payment.items() if n), default=None),
        seconds=counts["seconds"],
        classes=_classes(payment),
        real_time=sum(n for minutes, n in payment.items() if minutes <= REAL_TIME),
        real_time_seconds=counts["real-time-seconds"],
        same_day=counts["same-day"],
        small_in_time=counts[SMALL_IN_TIME],
        small_late=counts[SMALL_LATE],
        small_waiting=counts[SMALL_WAITING],
        steps={step: counted_spread(tally.times.get(step.value, {})) for step in Stretch},
        closing=counted_spread(tally.times.get(CLOSING, {})),
        small_closing=counted_spread(tally.times.get(SMALL_CLOSING, {})),
        tools={
            tool: ToolUse(counts[f"tool-{tool}"], counts[f"forms-{tool}"], counts[f"seconds-{tool}"])
            for tool in _named(counts, "tool-")
        },
        phone={act: counts[f"phone-{act}"] for act in PHONE_ACTS},
        by_staff=counts["by-staff"],
        by_phone=counts["by-phone"],
        by_tools=counts["by-tools"],
        scores=tuple(counts[f"score-{number}"] for number in range(SCORE_CLASSES)),
        unscored=counts["unscored"],
        hits={
            point: Hits(counts[_HIT + point], counts[f"hit-blocked-{point}"], counts[f"hit-overturned-{point}"])
            for point in _named(counts, _HIT)
            if "-" not in point
        },
        hard_stops=counts["hard-stops"],
        blocks={one: counts[f"block-{one.value}"] for one in Block},
        blocked_fen=counts["fen-blocked"],
        overturned_fen=counts["fen-overturned"],
        blocked_paid=counts["blocked-paid"],
        blocked_paid_fen=counts["fen-blocked-paid"],
        calls_in_time=counts[CALLS_IN_TIME],
        calls_late=counts[CALLS_LATE],
        calls_waiting=counts[CALLS_WAITING],
        stars=tuple(counts[f"stars-{number}"] for number in range(1, 6)),
        is_provisional=counts["running"] > 0 or any(until < bounds_of(month)[1] for month in months),
    )


def _classes(times: Mapping[int, int]) -> tuple[int, ...]:
    found = [0] * (len(ENDS_OF_CLASSES) + 1)
    for minutes, count in times.items():
        found[next((at for at, end in enumerate(ENDS_OF_CLASSES) if minutes <= end), len(ENDS_OF_CLASSES))] += count
    return tuple(found)


def _named(counts: Mapping[str, int], prefix: str) -> list[str]:
    """Return what is counted under this prefix, the most frequent first."""
    found = [name for name in counts if name.startswith(prefix) and counts[name]]
    return [name.removeprefix(prefix) for name in sorted(found, key=lambda name: (-counts[name], name))]


def _mean(total: int, count: int) -> int | None:
    """Return the mean, rounded half up; None of nothing."""
    return None if count == 0 else (2 * total + count) // (2 * count)


_HIT: Final = "hit-"
