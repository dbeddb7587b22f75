"""`esign claims what-if`: what a new decision table would have done to past claims, before its day comes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from claims.risk.keeping import past_claims
from claims.risk.points import PointFile
from claims.risk.rules import rules_on
from claims.risk.tables import read_risk_table
from claims.risk.what_if import Outcome, WhatIf, what_if
from esign.public.commands import errors_in_one_line, json_option, open_house, print_json, settings_option
from esign.public.decisions import BYTES_AT_MOST

ROOM: Final = "claims"
FROM_THE_FIRST: Final = datetime(2000, 1, 1)  # noqa: DTZ001  # a day, as click reads it
NAMED_AT_MOST: Final = 20


@click.command("what-if")
@click.option(
    "--table",
    "table_file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The file of the new table, as make_tables.py writes it.",
)
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), default=FROM_THE_FIRST, help="Claims scored since this day (UTC)."
)
@json_option
@settings_option
@click.pass_context
def what_if_command(
    context: click.Context, table_file: Path, since: datetime, config: Path | None, *, as_json: bool
) -> None:
    """Run a new table over past claims, on the inputs that were kept: hits, claims for people, amounts.

    Nothing is changed. Other steps keep the scores they had; a claim counts as in order if it was paid in the end.

    \b
    Example:
        esign claims what-if --table history-network-2026-2.json --since 2026-09-01
        esign claims what-if --table report-2026-2.json --json > report.json
    """
    with errors_in_one_line(as_json=as_json):
        with table_file.open("rb") as file:
            step, table = read_risk_table(file.read(BYTES_AT_MOST + 1))
        with open_house(context, config, ROOM) as house, house.database.reading() as session:
            rules = rules_on(house.clock().date())
            claims = past_claims(session, since.replace(tzinfo=UTC))
            found = what_if(table, rules.points.by_step[step], step, rules.sheet, claims)
        if as_json:
            print_json(_document(found))
        else:
            click.echo("\n".join(_lines(found, rules.points)))


def _document(found: WhatIf) -> dict[str, object]:
    """What is found as JSON; amounts in fen."""
    return {
        "step": found.step.value,
        "table_version": found.table_version,
        "claims": found.claims,
        "was": _outcome(found.was),
        "would": _outcome(found.would),
        "newly": list(found.newly),
        "no_longer": list(found.no_longer),
    }


def _outcome(one: Outcome) -> dict[str, object]:
    return {
        "blocked": one.blocked,
        "blocked_amount": one.blocked_amount,
        "overturned": one.overturned,
        "overturned_amount": one.overturned_amount,
        "hits": dict(sorted(one.hits.items())),
    }


def _lines(found: WhatIf, points: PointFile) -> Iterator[str]:
    yield f"Table {found.step} {found.table_version} over {found.claims:,} past claims"
    yield f"{'':44}{'now':>16}{'with it':>16}"
    yield _line("go to people", found.was.blocked, found.would.blocked)
    yield _line("  they claim, yuan", found.was.blocked_amount // 100, found.would.blocked_amount // 100)
    yield _line("  were in order", found.was.overturned, found.would.overturned)
    yield _line("  these claim, yuan", found.was.overturned_amount // 100, found.would.overturned_amount // 100)
    for point in sorted(found.was.hits.keys() | found.would.hits.keys()):
        name = points.points[point].name.en if point in points.points else "a new point"
        yield _line(f"{point} {name}", found.was.hits[point], found.would.hits[point])
    yield _named("newly for people", found.newly)
    yield _named("no longer for people", found.no_longer)


def _line(what: str, was: int, would: int) -> str:
    return f"{what:44}{was:>16,}{would:>16,}"


def _named(what: str, claims: tuple[str, ...]) -> str:
    rest = len(claims) - NAMED_AT_MOST
    named = ", ".join(claims[:NAMED_AT_MOST]) or "none"
    return f"{what}: {named}{f' and {rest:,} more' if rest > 0 else ''}"
