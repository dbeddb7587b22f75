"""`esign delivery chat`: the group chats that daily lists go to; none does before one is opened here."""

from __future__ import annotations

from pathlib import Path
from typing import Final, TextIO

import click

from delivery.chat.opening import Chats
from delivery.chat.posting import last_posts
from esign.public.chats import Secret
from esign.public.commands import Family, errors_in_one_line, json_option, open_house, print_json, settings_option
from esign.public.people import name_of_institution

ROOM: Final = "delivery"
OPERATOR: Final = "operator"


@click.group("chat", cls=Family)
def chat_commands() -> None:
    """The group chats that daily lists go to."""


@chat_commands.command("open")
@click.argument("institution")
@click.option(
    "--address-file",
    type=click.File("r"),
    help="A file with the address, or - for standard input; asked for without showing it if it is not given.",
)
@settings_option
@json_option
@click.pass_context
def open_(
    context: click.Context, institution: str, address_file: TextIO | None, config: Path | None, as_json: bool
) -> None:
    """Have the daily list of INSTITUTION go to a group chat. A greeting is posted there first.

    The address is that of the group's robot: wecombot://KEY for WeCom (企业微信群机器人), or what Apprise documents for
    another service over HTTP. Whoever has it writes into the group, so it is kept sealed and never shown again. The
    group reads numbers and ids, and nobody's name. Opened again, the new address takes the place of the one before.

    \b
    Example:
        esign delivery chat open ins_01k9x7m2qv8w3c5t6r4n0b1d2e --address-file - < robot.txt
    """
    typed = click.prompt("Address of the robot", hide_input=True) if address_file is None else address_file.read()
    with errors_in_one_line(as_json=as_json), open_house(context, config, ROOM) as house:
        service = Chats(house).open(institution, Secret(str(typed).strip()), actor=OPERATOR)
    if as_json:
        print_json({"institution": institution, "service": service})
    else:
        click.echo(f"the daily list of {institution} goes to a group chat ({service}); a greeting was posted there")


@chat_commands.command("close")
@click.argument("institution")
@settings_option
@json_option
@click.pass_context
def close(context: click.Context, institution: str, config: Path | None, as_json: bool) -> None:
    """Send the daily list of INSTITUTION to its group chat no more, and erase the address.

    \b
    Example:
        esign delivery chat close ins_01k9x7m2qv8w3c5t6r4n0b1d2e
    """
    with errors_in_one_line(as_json=as_json), open_house(context, config, ROOM) as house:
        was_open = Chats(house).close(institution, actor=OPERATOR)
    if as_json:
        print_json({"institution": institution, "was_open": was_open})
    else:
        click.echo(f"{institution}: {'closed, its address is erased' if was_open else 'no group chat was open'}")


@chat_commands.command("show")
@settings_option
@json_option
@click.pass_context
def show(context: click.Context, config: Path | None, as_json: bool) -> None:
    """Show which institutions have a group chat, and what became of the last list of each. No address is shown.

    \b
    Example:
        esign delivery chat show
    """
    with (
        errors_in_one_line(as_json=as_json),
        open_house(context, config, ROOM) as house,
        house.database.reading() as session,
    ):
        opened = Chats(house).open_ones(session)
        last = {one.institution: one for one in last_posts(session, [one.institution for one in opened])}
        chats = []
        for one in opened:
            post = last.get(one.institution)
            chats.append(
                {
                    "institution": one.institution,
                    "name": name_of_institution(session, house.records, one.institution),
                    "service": one.service,
                    "opened_at": one.opened_at.isoformat(),
                    "post": None if post is None else post.id,
                    "state": None if post is None else post.state,
                    "tries": None if post is None else post.tries,
                    "failure": None if post is None else post.failure,
                }
            )
    if as_json:
        print_json({"chats": chats})
        return
    for chat in chats:
        stood = "nothing posted yet" if chat["post"] is None else f"{chat['post']} {chat['state']}"
        failed = f", {chat['failure']} after {chat['tries']} tries" if chat["failure"] else ""
        click.echo(f"{chat['institution']}  {chat['name']} ({chat['service']}): {stood}{failed}")
    if not chats:
        click.echo("no group chat is open: esign delivery chat open INSTITUTION")
