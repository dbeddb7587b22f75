"""`esign claims figures`: figures of claims from the service, or from an exported trail far from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import click

from claims.figures.courses import Standing
from claims.figures.figures import Figures, Report
from claims.figures.reading import Choice, figures_of_service
from claims.figures.rows import lots_of, minutes_value, rows_of, yuan_value
from claims.figures.stretches import DAY, HOUR
from claims.figures.told import Told
from esign.public.figures import percent
from esign.public.figures_command import AskedFigures, RoomFigures, figures_options

ROOM: Final = "claims"
POINTS_SHOWN: Final = 10


@click.command("figures")
@figures_options("Only what was reported in this month, as 2026-11.")
@click.option("--tier", help="Only this tier, by its code.")
@click.option("--lane", help="Only this lane, by its code.")
def figures_command(asked: AskedFigures, tier: str | None, lane: str | None) -> None:
    """Count how soon claims are paid, with which tools, what the score stopped, and what people let go.

    With --trail they are counted from an exported trail, by the same code, on a machine that has neither the service
    nor its database. The export is checked as `esign trail verify` does before anything is printed. What each figure
    is, is said in docs/claims-figures.md.

    \b
    Exit status: 0 if counted, 10 if the export does not add up, 11, 14 and 15 as for `esign trail verify`.

    \b
    Example:
        esign claims figures --month 2026-11
        esign claims figures --trail trail.jsonl --log-key trail.key --csv figures.csv
    """
    choice, told = Choice(month=asked.month, tier=tier, lane=lane), Told()
    asked.answer(
        RoomFigures(
            ROOM,
            hear=told.hear,
            heard=lambda: told.report(choice.lets),
            kept=lambda session: figures_of_service(session, choice),
            rows=rows_of,
            until=lambda report: {"on": None if report.on is None else report.on.isoformat()},
            lines=lines_of,
        )
    )


def lines_of(report: Report, source: str) -> list[str]:
    """Return the report as it is printed: the whole, then a line for each lot."""
    lines = [
        *_whole(report.whole),
        f"  from {source}, as of {report.on or 'no day'}",
        *_risk(report.whole),
    ]
    for by, lots in lots_of(report):
        lines += [f"by {by}", *(f"  {key or 'none':28} {_line(one)}" for key, one in lots.items())]
    return lines


def _whole(one: Figures) -> list[str]:
    steps = ", ".join(f"{step.value} {_time(spread.median)}" for step, spread in one.steps.items() if spread.count)
    return [
        f"{one.reported} claims: {_counts({standing.value: n for standing, n in one.standings.items()})}"
        f"{_also(one.joined, 'joined to another')}",
        f"  paid in real time {one.real_time} ({percent(one.real_time_share)}), "
        f"{minutes_value(one.real_time_mean_seconds) or '–'} minutes in the mean; on the day of the report "
        f"{one.same_day}",
        f"  up to 5,000 yuan within a day {percent(one.small_share)}: {one.small_in_time} in time, {one.small_late} "
        f"later, {one.small_waiting} waiting",
        f"  report to payment: half within {_time(one.payment.median)}, nine tenths within {_time(one.payment.ninth)}",
        f"  steps, half within: {steps or '–'}",
        f"  tools on {percent(one.coverage)} of claims: "
        f"{_counts({name: use.claims for name, use in one.tools.items()})}; by phone {_counts(one.phone)}",
    ]


def _risk(one: Figures) -> list[str]:
    hits = dict(list(one.hits.items())[:POINTS_SHOWN])
    return [
        f"  blocked {one.blocked} ({yuan_value(one.blocked_fen)} yuan), let go again {one.overturned} "
        f"({yuan_value(one.overturned_fen)} yuan), paid after a block {one.blocked_paid} "
        f"({yuan_value(one.blocked_paid_fen)} yuan); hard stops {one.hard_stops}",
        f"  points that fired most: {_counts({point: hit.claims for point, hit in hits.items()})}",
    ]


def _line(one: Figures) -> str:
    provisional = "  (provisional)" if one.is_provisional else ""
    return (
        f"{one.reported} reported, {one.standings[Standing.PAID]} paid, half within {_time(one.payment.median)}; "
        f"real time {percent(one.real_time_share)}, small within a day {percent(one.small_share)}; blocked "
        f"{one.blocked}, let go {one.overturned}{provisional}"
    )


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items() if count) or "none"


def _also(count: int, said: str) -> str:
    return f"; {count} {said}" if count else ""


def _time(minutes: int | None) -> str:
    if minutes is None:
        return "–"
    if minutes <= HOUR:
        return f"{minutes} min"
    return f"{minutes / HOUR:.1f} h" if minutes <= 3 * DAY else f"{minutes / DAY:.1f} days"
