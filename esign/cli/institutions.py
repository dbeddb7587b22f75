"""The operator's view of the tree of institutions."""

from __future__ import annotations

from pathlib import Path

import click

from esign.cli.builders import builders_of
from esign.cli.families import Family
from esign.cli.output import errors_in_one_line, json_option, print_json, printable
from esign.cli.settings_option import read_settings, settings_option
from esign.cli.staff import OPERATOR, opened_room


@click.group("institutions", cls=Family)
def institution_commands() -> None:
    """The insurer's institutions: who is below whom, which decides what staff see."""


@institution_commands.command("add")
@click.argument("name")
@click.option("--below", required=True, help="Id of the institution above it.")
@settings_option
@json_option
@click.pass_context
def add(context: click.Context, name: str, below: str, config: Path | None, as_json: bool) -> None:
    """Open the institution called NAME below another. The first one comes with `esign staff init`.

    \b
    Example:
        esign institutions add 浦东支公司 --below ins_01k9x7m2qv8w3c5t6r4n0b1d2e
    """
    with errors_in_one_line(as_json=as_json):
        now = builders_of(context).clock()
        with opened_room(read_settings(config)) as room:
            institution = room.institutions.open(OPERATOR, name, below, now=now)
        if as_json:
            print_json({"institution": institution, "parent": below})
        else:
            click.echo(f"institution {institution}")


@institution_commands.command("list")
@settings_option
@json_option
def list_institutions(config: Path | None, as_json: bool) -> None:
    """Show the tree: ids, names, and what is closed.

    \b
    Example:
        esign institutions list
    """
    with errors_in_one_line(as_json=as_json):
        with opened_room(read_settings(config)) as room:
            found = room.institutions.visible(OPERATOR)
        if as_json:
            forms = [{"id": one.id, "name": one.name, "parent": one.parent, "closed": one.closed} for one in found]
            print_json({"institutions": forms})
            return
        for one in found:
            closed = "  (closed)" if one.closed else ""
            click.echo(f"{one.id}  {'  ' * one.level}{printable(one.name)}{closed}")


@institution_commands.command("move")
@click.argument("institution")
@click.option("--below", required=True, help="Id of the institution that it is put under.")
@settings_option
@json_option
@click.pass_context
def move(context: click.Context, institution: str, below: str, config: Path | None, as_json: bool) -> None:
    """Put INSTITUTION, with all below it, under another: from then on others see what is in it.

    \b
    Example:
        esign institutions move ins_01k9x7m2qv8w3c5t6r4n0b1d2e --below ins_01k9x8a1d2e7m2qv8w3c5t6r4n
    """
    with errors_in_one_line(as_json=as_json):
        now = builders_of(context).clock()
        with opened_room(read_settings(config)) as room:
            room.institutions.move(OPERATOR, institution, below, now=now)
        if as_json:
            print_json({"institution": institution, "parent": below})
        else:
            click.echo(f"{institution} is below {below}")
