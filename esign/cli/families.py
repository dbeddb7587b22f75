"""A command that has commands of its own, such as `esign bundle`: its help tells each of them in a whole sentence."""

from __future__ import annotations

import click


class Family(click.Group):
    """A group whose help cuts no sentence off: click ends each at the width of the terminal, in three dots.

    Groups inside of it are of the same kind.
    """

    group_class = type

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands by name, each with the first sentence of its own help, on as many lines as that takes."""
        commands = [(name, self.commands[name]) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.get_short_help_str(limit=1000)) for name, command in commands])
