"""What a simulation prints: what came of claims by tier and lane, and of rings."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from claims.domain.values import ClaimState
from esign.public.figures import per_mille, percent
from simulate.claims.cases import Case
from simulate.claims.playing import Counts

REAL_TIME: Final = timedelta(minutes=60)
"""Reported and paid within so long is paid in real time."""
A_DAY: Final = timedelta(hours=24)
CAUGHT: Final = 2
"""A ring is found when people have looked at so many of its claims: one alone may be chance."""
RECALL_PER_MILLE, FALSE_PER_MILLE = 800, 10
"""At least so many rings are found, while at most so many honest claims are blocked."""


@dataclass(frozen=True)
class Played:
    """A year that was played to its end. Seconds are of the clock on the wall and of the processor; memory in MB."""

    cases: Sequence[Case]
    counts: Counts
    seconds: float
    processor: float
    memory: float
    claims: int
    seed: int
    database: str


@dataclass(frozen=True)
class Found:
    """What became of rings: how many there were, how many were found, and their claims that people looked at."""

    rings: int
    found: int
    claims: int
    blocked: int
    honest: int
    honest_blocked: int

    @property
    def is_enough(self) -> bool:
        """Whether enough rings were found at few enough false blocks."""
        recall, false = per_mille(self.found, self.rings), per_mille(self.honest_blocked, self.honest)
        return (recall or 0) >= RECALL_PER_MILLE and (false or 0) <= FALSE_PER_MILLE


def found_of(cases: Sequence[Case]) -> Found:
    """Return what was found of the rings, and how many honest claims were blocked."""
    rings: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        if case.ring:
            rings[case.ring].append(case)
    made_up = [case for ring in rings.values() for case in ring]
    honest = [case for case in cases if not case.ring]
    return Found(
        rings=len(rings),
        found=sum(sum(case.was_blocked for case in ring) >= CAUGHT for ring in rings.values()),
        claims=len(made_up),
        blocked=sum(case.was_blocked for case in made_up),
        honest=len(honest),
        honest_blocked=sum(case.was_blocked for case in honest),
    )


def lines_of(played: Played) -> list[str]:
    """Return the tables, in Markdown."""
    cases, found = played.cases, found_of(played.cases)
    real_time = [took for case in cases if (took := _took(case)) is not None and took <= REAL_TIME]
    mean = sum(real_time, timedelta()) / max(1, len(real_time))
    ends = Counter("open" if case.state is None else case.state.state.value for case in cases)
    minutes, recall = REAL_TIME // timedelta(minutes=1), _share(found.found, found.rings)
    looked, false = _share(found.blocked, found.claims), _share(found.honest_blocked, found.honest)
    return [
        f"{len(cases):,} claims of one year on {played.database}, seed {played.seed}: "
        f"{played.counts.commands:,} commands of people, {played.seconds:.0f} s on the clock, "
        f"{played.processor:.0f} s of the processor, {played.memory:.0f} MB",
        "",
        f"Paid in real time (within {minutes} minutes of the report): {_share(len(real_time), len(cases))} of all "
        f"claims, {mean / timedelta(minutes=1):.1f} minutes in the mean.",
        f"Ended: {', '.join(f'{name} {count:,}' for name, count in ends.most_common())}. "
        f"Clocks told of {played.counts.swept:,} times. Refused: {dict(played.counts.refused) or 'nothing'}.",
        "",
        f"Rings found: {found.found} of {found.rings} ({recall}); a ring is found when people looked at {CAUGHT} of "
        f"its claims. Of their {found.claims:,} claims people looked at {found.blocked:,} ({looked}).",
        f"False blocks: {found.honest_blocked:,} of {found.honest:,} honest claims ({false}).",
        "",
        *_table("lane at the triage", cases, lambda case: case.first_lane or "none"),
        "",
        *_table("tier", cases, _tier),
        "",
        *_ways(cases),
    ]


def _table(name: str, cases: Sequence[Case], key: Callable[[Case], str]) -> list[str]:
    """Return a table with the time from report to payment, by some key."""
    groups: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        groups[key(case)].append(case)
    lines = [
        f"| {name} | claims | paid | median min | mean min | within a day | blocked |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for group, members in sorted(groups.items(), key=lambda one: -len(one[1])):
        took = sorted(one / timedelta(minutes=1) for case in members if (one := _took(case)) is not None)
        in_day = sum(one <= A_DAY / timedelta(minutes=1) for one in took)
        median, mean = (took[len(took) // 2], sum(took) / len(took)) if took else (0.0, 0.0)
        blocked = _share(sum(case.was_blocked for case in members), len(members))
        paid = f"{len(took):,} | {median:.0f} | {mean:.0f} | {_share(in_day, len(took))}"
        lines.append(f"| {group} | {len(members):,} | {paid} | {blocked} |")
    return lines


def _ways(cases: Sequence[Case]) -> list[str]:
    """Return which ways of rings were found."""
    rings: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        if case.ring:
            rings[case.ring].append(case)
    ways: dict[str, list[list[Case]]] = defaultdict(list)
    for name, members in rings.items():
        ways[name.partition("(")[2].rstrip(")")].append(members)
    lines = [
        "| way of the ring | rings | found | claims | looked at | refused |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for way, found in sorted(ways.items()):
        members = [case for ring in found for case in ring]
        caught = sum(sum(case.was_blocked for case in ring) >= CAUGHT for ring in found)
        refused = sum(case.state is not None and case.state.state is ClaimState.REFUSED for case in members)
        looked = sum(case.was_blocked for case in members)
        lines.append(f"| {way} | {len(found)} | {caught} | {len(members):,} | {looked:,} | {refused:,} |")
    return lines


def _took(case: Case) -> timedelta | None:
    return None if case.paid_at is None else case.paid_at - case.at


def _tier(case: Case) -> str:
    settlement = None if case.state is None else case.state.settlement
    return "none" if settlement is None else settlement.tier


def _share(part: int, whole: int) -> str:
    return percent(per_mille(part, whole))
