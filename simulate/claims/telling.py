"""What a simulation prints: what came of claims by tier and lane, and of rings."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from claims.domain.values import ClaimState
from claims.figures.figures import Report
from claims.figures.rows import minutes_value
from claims.figures.stretches import REAL_TIME
from esign.public.figures import per_mille, percent, seconds_of
from simulate.claims.cases import Case
from simulate.claims.playing import Counts

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
    report: Report
    """What the room's own core counts from the events of these claims."""


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
    whole = played.report.whole
    share, mean = percent(whole.real_time_share), minutes_value(whole.real_time_mean_seconds) or "–"
    ends = Counter("open" if case.state is None else case.state.state.value for case in cases)
    recall = _share(found.found, found.rings)
    looked, false = _share(found.blocked, found.claims), _share(found.honest_blocked, found.honest)
    return [
        f"{len(cases):,} claims of one year on {played.database}, seed {played.seed}: "
        f"{played.counts.commands:,} commands of people, {played.seconds:.0f} s on the clock, "
        f"{played.processor:.0f} s of the processor, {played.memory:.0f} MB",
        "",
        f"Paid in real time (within {REAL_TIME} minutes of the report): {share} of all claims, {mean} minutes in the "
        f"mean. Up to 5,000 yuan within a day: {percent(whole.small_share)}.",
        _equality(played),
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


def _equality(played: Played) -> str:
    """Return whether those who played noted what the room counts from its events, number by number."""
    whole = played.report.whole
    kept = [case for case in played.cases if not _is_joined(case)]
    took = [seconds_of(case.paid_at) - seconds_of(case.at) for case in kept if case.paid_at is not None]
    quick = [one for one in took if one <= REAL_TIME * 60]
    noted = (
        ("reported", len(kept), whole.reported),
        ("paid", len(took), whole.paid),
        ("in real time", len(quick), whole.real_time),
        ("seconds of these", sum(quick), whole.real_time_seconds),
        ("blocked", sum(case.was_blocked for case in kept), whole.blocked),
    )
    differing = [f"{name} {mine:,} by those who played" for name, mine, counted in noted if mine != counted]
    told = ", ".join(f"{name} {counted:,}" for name, _, counted in noted)
    return f"Counted from the trail's events: {told}; {'; '.join(differing) or 'those who played noted the same'}."


def _is_joined(case: Case) -> bool:
    return case.state is not None and case.state.state is ClaimState.JOINED


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
