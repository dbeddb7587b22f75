"""What a simulation prints: a line for each month as it goes, then the rate and the legs of each scenario."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from delivery.figures.figures import Figures, Report
from delivery.figures.legs import HourSpread, Leg
from esign.public.figures import percent
from simulate.playing import Counts


@dataclass(frozen=True)
class Played:
    """A scenario that was played to its end. `seconds` are of the clock on the wall; memory is in MB, at the end."""

    name: str
    counts: Counts
    seconds: float
    processor: float
    memory: float
    report: Report


def month_line(label: str, counts: Counts, open_now: int, seconds: float, commands: int, memory: float) -> str:
    """Return the line of a month: `seconds` and `commands` are those of the month, the rest stands at its end."""
    each = seconds / commands * 1e6 if commands else 0.0
    return (
        f"  {label}  {counts.policies:>8,} policies  {counts.commands:>10,} commands  {open_now:>7,} open  "
        f"{seconds:7.1f} s  {each:5.0f} µs each  {memory:5.0f} MB"
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
        f"  {counts.commands:,} commands in {played.seconds:.0f} s, {_pace(played):.1f} s for 10,000 policies; swept "
        f"{counts.swept:,}; refused {dict(counts.refused) or 'none'}",
    ]  # fmt: skip
    lines += [
        f"  {month}: {percent(one.rate_share)} of {one.rate.counted:,}" for month, one in played.report.months.items()
    ]
    return lines


def table(played: Sequence[Played]) -> list[str]:
    """Return the scenarios side by side, as a table in Markdown."""
    legs = (Leg.PRINTING, Leg.CARRYING, Leg.VISITING, Leg.ONLINE, Leg.WHOLE)
    lines = [
        "| scenario | policies | 15-day rate | " + " | ".join(one.value for one in legs) + " | s for 10,000 | MB |",
        "| --- | --- | --- | " + " | ".join("---" for _ in legs) + " | --- | --- |",
    ]
    for one in played:
        whole: Figures = one.report.whole
        spreads = " | ".join(_both(whole.legs[leg]) for leg in legs)
        lines.append(
            f"| {one.name} | {one.counts.policies:,} | {percent(whole.rate_share)} | {spreads} | {_pace(one):.1f} | "
            f"{one.memory:.0f} |"
        )
    lines.append("")
    lines.append("Legs are days: the median, then the 90th percentile.")
    return lines


def _pace(played: Played) -> float:
    return played.seconds / max(1, played.counts.policies) * 10_000


def _both(spread: HourSpread) -> str:
    return f"{_days(spread.median)} / {_days(spread.ninth)}"


def _days(hours: int | None) -> str:
    return "–" if hours is None else f"{hours / 24:.1f}"
