"""`esign claims erase-over`: claims without an envelope whose time is over are told, and erased by two."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from claims.errors import ErasureRefused
from claims.keeping.erasing import Erasing
from claims.keeping.periods import periods_on
from claims.payment.books import PayingBooks
from claims.service.office import Office
from esign.public.commands import errors_in_one_line, json_option, open_house, print_json, settings_option

ROOM: Final = "claims"


@click.command("erase-over")
@click.option("--by", help="Who erases, by the id of their account.")
@click.option("--approved-by", help="Who approves it: somebody else.")
@json_option
@settings_option
@click.pass_context
def erase_over_command(
    context: click.Context, by: str | None, approved_by: str | None, config: Path | None, *, as_json: bool
) -> None:
    """Tell how many claims are over that nobody signed for; with two people, erase what they keep on people.

    A claim that was signed for is erased with its envelope, by `esign retention`.
    """
    with errors_in_one_line(as_json=as_json), open_house(context, config, ROOM) as house:
        erasing, now = Erasing(Office(house, PayingBooks(house.database))), house.clock()
        periods = periods_on(now)
        if by is None and approved_by is None:
            count = erasing.count(now)
            if as_json:
                print_json({"over": count, "years": periods.claim_years, "rule": periods.version})
            else:
                click.echo(f"{count:,} claims are over: {periods.claim_years} years ({periods.source.en})")
            return
        if by is None or approved_by is None:
            raise ErasureRefused("own-approval", "erasing takes two people", "give both --by and --approved-by")
        gone = erasing.erase(by=by, approved_by=approved_by, now=now)
        if as_json:
            print_json({"claims": gone.claims, "records": gone.records, "rule": periods.version})
        else:
            click.echo(f"{gone.claims:,} claims: {gone.records:,} records are erased")
