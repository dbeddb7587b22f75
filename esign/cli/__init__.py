"""The `esign` command: signing, verifying, looking inside, and the embedded authority.

`build_command` takes what the composition root built; business packages add commands of their own through the
entry point group `esign.commands`, so that this package never imports them. A command's module is imported when
it is called: `esign verify` does not wait for what only signing needs.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import EntryPoint, entry_points

import click

from esign.cli.builders import Builders

COMMANDS = {
    "sign": "esign.cli.signing:sign",
    "verify": "esign.cli.verification:verify",
    "inspect": "esign.cli.inspection:inspect",
    "ca": "esign.cli.authority:authority_commands",
    "doctor": "esign.cli.doctor:doctor",
}


class LateGroup(click.Group):
    """A group that imports a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*COMMANDS, *sorted(_added())]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in COMMANDS:
            module, _colon, attribute = COMMANDS[cmd_name].partition(":")
            found: click.Command = getattr(import_module(module), attribute)
            return found
        added = _added().get(cmd_name)
        return added.load() if added is not None else None


def build_command(builders: Builders) -> click.Group:
    """Return the `esign` command, with `builders` in its context."""

    settings = {"help_option_names": ["-h", "--help"], "obj": builders, "max_content_width": 100}

    @click.group(cls=LateGroup, context_settings=settings)
    @click.version_option(package_name="esign")
    def esign() -> None:
        """Sign contracts with handwriting, photo and timestamps inside, and judge any signed PDF.

        \b
        A first try, in a folder of your own:
            esign ca init
            esign sign contract.pdf --recipient role=applicant,name=张伟,handwriting=a.json --seal
            esign verify contract.signed.pdf
        """

    return esign


def _added() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group="esign.commands")}
