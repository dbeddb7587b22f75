"""What a simulation prints: how far it is as it goes, then the rate and the legs of each scenario."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from delivery.figures.figures import Figures, Report
from delivery.figures.legs import Leg
from esign.public.figures import CountedSpread, percent
from simulate.playing import Counts


@dataclass(frozen=True)
class Mark:
    """What was taken until so many policies and commands: seconds of the clock on the wall, the most memory that the
    processes that play have had so far, and how large the database is, both in MB."""

    policies: int
    commands: int
    seconds: float
    memory: float
    database: float


@dataclass(frozen=True)
class Played:
    """A scenario that was played to its end. `marks` are in order, the last one is that of the end.

    `processor` is the processor's time, in seconds, of every process that had a part in it: those that play, and the
    database's own.
    """

    name: str
    counts: Counts
    marks: tuple[Mark, ...]
    processor: float
    report: Report

    @property
    def end(self) -> Mark:
        return self.marks[-1]


def progress_line(day: date, counts: Counts, open_now: int, wanted: int, seconds: float, memory: float) -> str:
    """Return how far it is: what was done until the end of the day, and about how long the rest takes.

    A policy under way is half done, as far as time is concerned. `memory` is in MB.
    """
    done = counts.policies - open_now / 2
    left = f"about {_clock(seconds * (wanted - done) / done)} left" if done > 0 else ""
    each = seconds / max(1, counts.commands) * 1e6
    return (
        f"  {day}  {counts.policies:>8,} policies  {counts.commands:>10,} commands  {open_now:>7,} open  "
        f"{_clock(seconds):>8}  {each:4.0f} µs each  {memory:5.0f} MB  {left}"
    )


def scenario_lines(played: Played) -> list[str]:
    """Return what came of a scenario."""
    whole, counts = played.report.whole, played.counts
    rate, ways = whole.rate, whole.ways
    lines = [
        f"{played.name}: {percent(whole.rate_share)} within 15 days; {rate.in_time:,} in time, {rate.late:,} late, "
        f"{rate.open:,} open, {rate.left_out:,} left out",
        "  receipts: " + ", ".join(f"{way.value} {count:,}" for way, count in ways.items()),
        "  late by reason: " + (", ".join(f"{name} {count:,}" for name, count in whole.reasons.items()) or "none"),
        *(f"  {leg.value:13} median {_days(one.median)}, 90th percentile {_days(one.ninth)}, {one.count:,} policies"
          for leg, one in whole.legs.items()),
        f"  {counts.commands:,} commands in {played.end.seconds:.0f} s, {_each(played.end.seconds, counts)} µs each, "
        f"{_each(played.processor, counts)} µs of the processor each; swept {counts.swept:,}; refused "
        f"{dict(counts.refused) or 'none'}",
    ]  # fmt: skip
    lines += [
        f"  {month}: {percent(one.rate_share)} of {one.rate.counted:,}" for month, one in played.report.months.items()
    ]
    return lines


def table(played: Sequence[Played]) -> list[str]:
    """Return the scenarios side by side, as a table in Markdown."""
    legs = (Leg.PRINTING, Leg.CARRYING, Leg.OUTLET, Leg.VISITING, Leg.ONLINE, Leg.WHOLE)
    lines = [
        "| scenario | policies | 15-day rate | " + " | ".join(one.value for one in legs) + " | time | memory |",
        "| --- | --- | --- | " + " | ".join("---" for _ in legs) + " | --- | --- |",
    ]
    for one in played:
        whole: Figures = one.report.whole
        spreads = " | ".join(_both(whole.legs[leg]) for leg in legs)
        lines.append(
            f"| {one.name} | {one.counts.policies:,} | {percent(whole.rate_share)} | {spreads} | "
            f"{_clock(one.end.seconds)} | {one.end.memory:.0f} MB |"
        )
    return [*lines, "", "Legs are days: the median / the 90th percentile."]


def growth_table(played: Sequence[Played]) -> list[str]:
    """Return how time, memory and the database grow with the policies of each scenario, as a table in Markdown."""
    lines = [
        "| scenario | policies | commands | seconds | µs for a command since the line before | memory | database |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for one in played:
        before = Mark(0, 0, 0.0, 0.0, 0.0)
        for mark in one.marks:
            each = (mark.seconds - before.seconds) / max(1, mark.commands - before.commands) * 1e6
            lines.append(
                f"| {one.name} | {mark.policies:,} | {mark.commands:,} | {mark.seconds:.0f} | {each:.0f} | "
                f"{mark.memory:.0f} MB | {mark.database:.0f} MB |"
            )
            before = mark
    return lines


def _each(seconds: float, counts: Counts) -> str:
    return f"{seconds / max(1, counts.commands) * 1e6:.0f}"


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02} min"


def _both(spread: CountedSpread) -> str:
    return f"{_days(spread.median)} / {_days(spread.ninth)}"


def _days(hours: int | None) -> str:
    return "–" if hours is None else f"{hours / 24:.1f}"
