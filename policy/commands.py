"""`esign policy`: what the operator, or an auditor far from the service, asks of the room at a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from esign.public.commands import (
    Family,
    checked_export,
    errors_in_one_line,
    export_options,
    json_option,
    month_option,
    open_house,
    print_json,
    settings_option,
)
from esign.public.figures import HOUR, Month, form_of_rows, percent
from policy.figures.figures import Figures, Report, report_of, sent_in
from policy.figures.journeys import Told
from policy.figures.reading import Choice, figures_of_service
from policy.figures.rows import csv_of, rows_of
from policy.figures.steps import STEPS, Mode
from policy.room import ROOM

_NAMES: Final = {"month": "by month", "product": "by product", "institution": "by institution", "channel": "by channel"}


@click.group("policy", cls=Family)
def policy_commands() -> None:
    """Count the figures of proposals and policies."""


@policy_commands.command("figures")
@export_options
@month_option("Only what was first sent in this month, as 2026-11.")
@click.option("--product", help="Only this product, by its code.")
@click.option("--csv", "as_csv", is_flag=True, help="Print every figure as CSV.")
@settings_option
@json_option
@click.pass_context
def figures(
    context: click.Context,
    trail: Path | None,
    keys: tuple[str, ...],
    roots: tuple[Path, ...],
    witness_files: tuple[Path, ...],
    month: Month | None,
    product: str | None,
    as_csv: bool,
    config: Path | None,
    as_json: bool,
) -> None:
    """Count the ways of proposals: how long they take, how they are signed, where people stop.

    With --trail they are counted from an exported trail, by the same code, on a machine that has neither the service
    nor its database. The export is checked as `esign trail verify` does before anything is printed. What each figure
    is, to the second, is said in docs/figures-policy.md.

    \b
    Exit status: 0 if counted, 10 if the export does not add up, 11, 14 and 15 as for `esign trail verify`.

    \b
    Example:
        esign policy figures --month 2026-11
        esign policy figures --trail trail.jsonl --log-key trail.key --csv > figures.csv
    """
    with errors_in_one_line(as_json=as_json):
        if trail is not None:
            told = Told()
            verdict = checked_export(
                context,
                trail,
                lambda logged: told.hear(logged.event),
                keys=keys,
                roots=roots,
                witness_files=witness_files,
            )
            chosen = sent_in(month, product)
            report = report_of(one for one in told.journeys() if chosen(one))
            source = f"{verdict.events} events of {verdict.log}, root {verdict.root.hex()}"
        else:
            with open_house(context, config, ROOM.name) as house, house.database.reading() as session:
                report = figures_of_service(session, Choice(month=month, product=product))
            source = "the service's database"
    if as_csv:
        click.echo(csv_of(report), nl=False)
    elif as_json:
        print_json({"source": source, **_form(report)})
    else:
        _print(report, source)


def _form(report: Report) -> dict[str, object]:
    return {
        "until": report.until,
        "rows": form_of_rows(rows_of(report)),
    }


def _print(report: Report, source: str) -> None:
    whole = report.whole
    click.echo(f"{whole.sent} proposals sent, {whole.signed} signed, {whole.issued} issued, {whole.open} on their way")
    click.echo(f"  from {source}")
    for name, spread in (
        ("sent to signed", whole.to_signed),
        ("signed to issued", whole.to_issued),
        ("sent to issued", whole.whole),
    ):
        click.echo(f"  {name:17} half within {_hours(spread.median)}, nine tenths within {_hours(spread.ninth)}")
    click.echo(f"  signed remotely   {percent(whole.remote_share)} of {whole.signatures} signatures")
    click.echo(f"  paperless         {percent(whole.paperless_share)} of {whole.issued - whole.untold} policies")
    click.echo("  came at least so far: " + ", ".join(f"{step.value} {whole.funnel[step]}" for step in STEPS))
    for end, steps in whole.ends.items():
        if any(steps.values()):
            at = ", ".join(f"{step.value} {count}" for step, count in steps.items() if count)
            click.echo(f"  {end.value}, having come to: {at}")
    for by, lots in (
        ("month", {str(key): one for key, one in report.months.items()}),
        ("product", report.products),
        ("institution", report.institutions),
        ("channel", {key.value: one for key, one in report.channels.items()}),
    ):
        click.echo(_NAMES[by])
        for key, one in lots.items():
            click.echo(f"  {key:28} {_line(one)}")


def _line(one: Figures) -> str:
    remote = one.modes[Mode.REMOTE]
    provisional = "  (provisional)" if one.is_provisional else ""
    return (
        f"sent {one.sent}, signed {one.signed}, issued {one.issued}; half signed within "
        f"{_hours(one.to_signed.median)}; {remote} of {one.signatures} signatures remote{provisional}"
    )


def _hours(seconds: int | None) -> str:
    return "–" if seconds is None else f"{seconds / HOUR:.1f} h"
