"""`esign delivery receipts`: receipts that nobody can sign, since their envelope ended unheard: shown, and set free."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from delivery.receipts.releasing import ReleasedReceipts
from delivery.service.deliveries import Deliveries
from esign.public.commands import Family, errors_in_one_line, json_option, open_house, print_json, settings_option

ROOM: Final = "delivery"


@click.group("receipts", cls=Family)
def receipt_commands() -> None:
    """Receipts whose envelope came to its end, and that wait in it still."""


@receipt_commands.command("show")
@settings_option
@json_option
@click.pass_context
def show(context: click.Context, config: Path | None, as_json: bool) -> None:
    """Show the deliveries that cannot be signed for: their link leads to an envelope that is over.

    An end that is younger than an hour is not shown: it may not be heard yet.

    \b
    Example:
        esign delivery receipts show
    """
    with errors_in_one_line(as_json=as_json), open_house(context, config, ROOM) as house:
        stuck = ReleasedReceipts(Deliveries(house)).show()
    if as_json:
        print_json({"receipts": [{**vars(one), "ended_at": one.ended_at.isoformat()} for one in stuck]})
        return
    for one in stuck:
        click.echo(f"{one.envelope}  policy {one.policy}, {one.delivery}: {one.ended} at {one.ended_at.isoformat()}")
    if not stuck:
        click.echo("no receipt is stuck")


@receipt_commands.command("release")
@click.argument("envelope")
@click.option("--by", required=True, help="Id of whoever orders it.")
@click.option("--reason", required=True, help="Why, as a code such as signed-by-stranger.")
@settings_option
@json_option
@click.pass_context
def release(context: click.Context, envelope: str, by: str, reason: str, config: Path | None, as_json: bool) -> None:
    """Put ENVELOPE aside, which is over, so that the receipt can be signed in another; the trail keeps who and why.

    The next who opens the link, or signs on the tablet, has a new receipt. Nothing that was signed is removed.

    \b
    Example:
        esign delivery receipts release env_01k9x7m2qv8w3c5t6r4n0b1d2e --by usr_lin --reason signed-by-stranger
    """
    with errors_in_one_line(as_json=as_json), open_house(context, config, ROOM) as house:
        is_new = ReleasedReceipts(Deliveries(house)).release(envelope, by=by, reason=reason)
    if as_json:
        print_json({"envelope": envelope, "by": by, "reason": reason, "new": is_new})
    else:
        click.echo(f"{envelope}: {'set free' if is_new else 'was set free already'}")
