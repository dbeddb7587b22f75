"""`esign policy`: what the operator, or an auditor far from the service, asks of the room at a terminal."""

from __future__ import annotations

from collections.abc import Iterator

import click

from esign.public.commands import Family
from esign.public.figures import HOUR, percent
from esign.public.figures_command import AskedFigures, RoomFigures, figures_options
from policy.figures.figures import Figures, Report, report_of, sent_in
from policy.figures.journeys import Told
from policy.figures.reading import Choice, figures_of_service
from policy.figures.rows import rows_of
from policy.figures.steps import STEPS, Mode
from policy.room import ROOM


@click.group("policy", cls=Family)
def policy_commands() -> None:
    """Count the figures of proposals and policies."""


@policy_commands.command("figures")
@figures_options("Only what was first sent in this month, as 2026-11.")
@click.option("--product", help="Only this product, by its code.")
def figures(asked: AskedFigures, product: str | None) -> None:
    """Count the ways of proposals: how long they take, how they are signed, where people stop.

    With --trail they are counted from an exported trail, by the same code, on a machine that has neither the service
    nor its database. The export is checked as `esign trail verify` does before anything is printed. What each figure
    is, to the second, is said in docs/figures-policy.md.

    \b
    Exit status: 0 if counted, 10 if the export does not add up, 11, 14 and 15 as for `esign trail verify`.

    \b
    Example:
        esign policy figures --month 2026-11
        esign policy figures --trail trail.jsonl --log-key trail.key --csv figures.csv
    """
    choice, told, chosen = Choice(month=asked.month, product=product), Told(), sent_in(asked.month, product)
    asked.answer(
        RoomFigures(
            ROOM.name,
            hear=told.hear,
            heard=lambda: report_of(one for one in told.journeys() if chosen(one)),
            kept=lambda session: figures_of_service(session, choice),
            rows=rows_of,
            until=lambda report: {"until": report.until},
            lines=_lines,
        )
    )


def _lines(report: Report, source: str) -> Iterator[str]:
    whole = report.whole
    yield f"{whole.sent} proposals sent, {whole.signed} signed, {whole.issued} issued, {whole.open} on their way"
    yield f"  from {source}"
    for name, spread in (
        ("sent to signed", whole.to_signed),
        ("signed to issued", whole.to_issued),
        ("sent to issued", whole.whole),
    ):
        yield f"  {name:17} half within {_hours(spread.median)}, nine tenths within {_hours(spread.ninth)}"
    yield f"  signed remotely   {percent(whole.remote_share)} of {whole.signatures} signatures"
    yield f"  paperless         {percent(whole.paperless_share)} of {whole.issued - whole.untold} policies"
    yield "  came at least so far: " + ", ".join(f"{step.value} {whole.funnel[step]}" for step in STEPS)
    for end, steps in whole.ends.items():
        if any(steps.values()):
            at = ", ".join(f"{step.value} {count}" for step, count in steps.items() if count)
            yield f"  {end.value}, having come to: {at}"
    for by, lots in (
        ("month", {str(key): one for key, one in report.months.items()}),
        ("product", report.products),
        ("institution", report.institutions),
        ("channel", {key.value: one for key, one in report.channels.items()}),
    ):
        yield f"by {by}"
        yield from (f"  {key:28} {_line(one)}" for key, one in lots.items())


def _line(one: Figures) -> str:
    remote = one.modes[Mode.REMOTE]
    provisional = "  (provisional)" if one.is_provisional else ""
    return (
        f"sent {one.sent}, signed {one.signed}, issued {one.issued}; half signed within "
        f"{_hours(one.to_signed.median)}; {remote} of {one.signatures} signatures remote{provisional}"
    )


def _hours(seconds: int | None) -> str:
    return "–" if seconds is None else f"{seconds / HOUR:.1f} h"
