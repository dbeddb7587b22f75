"""`esign claims`: what the operator, or whoever writes the tables of risk, asks of the room at a terminal."""

from __future__ import annotations

import click

from claims.risk.what_if_command import what_if_command
from esign.public.commands import Family


@click.group("claims", cls=Family)
def claims_commands() -> None:
    """Try new tables of risk on past claims."""


claims_commands.add_command(what_if_command)
