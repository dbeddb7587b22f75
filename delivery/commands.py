"""`esign delivery`: what the operator, or an auditor far from the service, asks of the room at a terminal."""

from __future__ import annotations

from pathlib import Path

import click

from delivery.figures.figures import Figures, Report
from delivery.figures.reading import Choice, figures_of_service
from delivery.figures.rows import csv_of, lots_of, rows_of
from delivery.figures.told import Told
from delivery.room import ROOM
from delivery.terminal.chat_commands import chat_commands
from delivery.terminal.route_commands import route_commands
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
from esign.public.figures import Month, form_of_rows, percent


@click.group("delivery", cls=Family)
def delivery_commands() -> None:
    """Say who prints for whom and which groups hear of daily lists, and count the figures of deliveries."""


delivery_commands.add_command(route_commands)
delivery_commands.add_command(chat_commands)


@delivery_commands.command("figures")
@export_options
@month_option("Only what was underwritten in this month, as 2026-11.")
@click.option("--product", help="Only this product, by its code.")
@click.option("--channel", help="Only this channel, by its code.")
@click.option(
    "--csv", "csv_file", type=click.Path(path_type=Path, dir_okay=False), help="Write every figure to this file as CSV."
)
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
    channel: str | None,
    csv_file: Path | None,
    config: Path | None,
    as_json: bool,
) -> None:
    """Count the 15-day rate, the time of each leg, and how receipts are signed.

    With --trail they are counted from an exported trail, by the same code, on a machine that has neither the service
    nor its database. The export is checked as `esign trail verify` does before anything is printed. What each figure
    is, is said in docs/delivery-figures.md.

    \b
    Exit status: 0 if counted, 10 if the export does not add up, 11, 14 and 15 as for `esign trail verify`.

    \b
    Example:
        esign delivery figures --month 2026-11
        esign delivery figures --trail trail.jsonl --log-key trail.key --csv figures.csv
    """
    choice = Choice(month=month, product=product, channel=channel)
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
            report = told.report(choice.lets)
            source = f"{verdict.events} events of {verdict.log}, root {verdict.root.hex()}"
        else:
            with open_house(context, config, ROOM.name) as house, house.database.reading() as session:
                report = figures_of_service(session, choice)
            source = "the service's database"
    if csv_file is not None:
        csv_file.write_text(csv_of(report), "utf-8", newline="")
    if as_json:
        print_json({"source": source, **_form(report)})
    else:
        _print(report, source)


def _form(report: Report) -> dict[str, object]:
    return {
        "on": None if report.on is None else report.on.isoformat(),
        "rows": form_of_rows(rows_of(report)),
    }


def _print(report: Report, source: str) -> None:
    whole = report.whole
    click.echo(f"15-day rate {_line(whole)}")
    click.echo(f"  from {source}, as of {report.on or 'no day'}")
    for leg, spread in whole.legs.items():
        if spread.count:
            click.echo(
                f"  {leg.value:13} half within {_days(spread.median)}, nine tenths within {_days(spread.ninth)}, "
                f"{spread.count} policies"
            )
    signed = ", ".join(f"{way.value} {count}" for way, count in whole.ways.items())
    click.echo(f"  signed by oneself {percent(whole.self_share)} of {whole.received}: {signed}")
    if whole.reasons:
        click.echo("  late by reason: " + ", ".join(f"{code} {count}" for code, count in whole.reasons.items()))
    for by, lots in lots_of(report):
        click.echo(f"by {by}")
        for key, one in lots.items():
            click.echo(f"  {key:28} {_line(one)}")


def _line(one: Figures) -> str:
    rate = one.rate
    provisional = "  (provisional)" if one.is_provisional else ""
    return (
        f"{percent(one.rate_share)}: in time {rate.in_time}, late {rate.late}, open {rate.open}, left out "
        f"{rate.left_out}{provisional}"
    )


def _days(hours: int | None) -> str:
    return "–" if hours is None else f"{hours / 24:.1f} days"
