"""`esign delivery`: what the operator, or an auditor far from the service, asks of the room at a terminal."""

from __future__ import annotations

from collections.abc import Iterator

import click

from delivery.figures.figures import Figures, Report
from delivery.figures.reading import Choice, figures_of_service
from delivery.figures.rows import lots_of, rows_of
from delivery.figures.told import Told
from delivery.room import ROOM
from delivery.terminal.chat_commands import chat_commands
from delivery.terminal.receipt_commands import receipt_commands
from delivery.terminal.route_commands import route_commands
from esign.public.commands import Family
from esign.public.figures import percent
from esign.public.figures_command import AskedFigures, RoomFigures, figures_options


@click.group("delivery", cls=Family)
def delivery_commands() -> None:
    """Say who prints for whom and which groups hear of daily lists, and count the figures of deliveries."""


delivery_commands.add_command(route_commands)
delivery_commands.add_command(chat_commands)
delivery_commands.add_command(receipt_commands)


@delivery_commands.command("figures")
@figures_options("Only what was underwritten in this month, as 2026-11.")
@click.option("--product", help="Only this product, by its code.")
@click.option("--channel", help="Only this channel, by its code.")
def figures(asked: AskedFigures, product: str | None, channel: str | None) -> None:
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
    choice, told = Choice(month=asked.month, product=product, channel=channel), Told()
    asked.answer(
        RoomFigures(
            ROOM.name,
            hear=told.hear,
            heard=lambda: told.report(choice.lets),
            kept=lambda session: figures_of_service(session, choice),
            rows=rows_of,
            until=lambda report: {"on": None if report.on is None else report.on.isoformat()},
            lines=_lines,
        )
    )


def _lines(report: Report, source: str) -> Iterator[str]:
    whole = report.whole
    yield f"15-day rate {_line(whole)}"
    yield f"  from {source}, as of {report.on or 'no day'}"
    for leg, spread in whole.legs.items():
        if spread.count:
            yield (
                f"  {leg.value:13} half within {_days(spread.median)}, nine tenths within {_days(spread.ninth)}, "
                f"{spread.count} policies"
            )
    signed = ", ".join(f"{way.value} {count}" for way, count in whole.ways.items())
    yield f"  signed by oneself {percent(whole.self_share)} of {whole.received}: {signed}"
    if whole.reasons:
        yield "  late by reason: " + ", ".join(f"{code} {count}" for code, count in whole.reasons.items())
    for by, lots in lots_of(report):
        yield f"by {by}"
        yield from (f"  {key:28} {_line(one)}" for key, one in lots.items())


def _line(one: Figures) -> str:
    rate = one.rate
    provisional = "  (provisional)" if one.is_provisional else ""
    return (
        f"{percent(one.rate_share)}: in time {rate.in_time}, late {rate.late}, open {rate.open}, left out "
        f"{rate.left_out}{provisional}"
    )


def _days(hours: int | None) -> str:
    return "–" if hours is None else f"{hours / 24:.1f} days"
