"""`esign claims`: what the operator, or whoever writes the tables of risk, asks of the room at a terminal."""

from __future__ import annotations

import click

from claims.figures.command import figures_command
from claims.keeping.commands import erase_over_command
from claims.reconciling.commands import bank_statement_command, payment_file_command, reconcile_command
from claims.risk.what_if_command import what_if_command
from esign.public.commands import Family


@click.group("claims", cls=Family)
def claims_commands() -> None:
    """Figures, money between us and the bank, what is kept on people, and new tables of risk on past claims."""


_COMMANDS = (figures_command, what_if_command, reconcile_command, payment_file_command, bank_statement_command)
for _command in (*_COMMANDS, erase_over_command):
    claims_commands.add_command(_command)
