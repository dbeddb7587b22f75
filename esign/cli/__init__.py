"""The `esign` command: signing and judging files, and running the service that does it for a sales platform.

`build_command` takes what the composition root built; business packages add commands of their own through the
entry point group `esign.commands`, so that this package never imports them. A command's module is imported when
it is called: `esign verify` does not wait for what only signing needs, and `esign --help` waits for none.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Final

import click

from esign.cli.builders import Builders

COMMANDS: Final = {
    "Sign and judge files": {
        "sign": ("esign.cli.signing:sign", "Sign a PDF for its recipients, and seal it."),
        "verify": ("esign.cli.verification:verify", "Judge every signature in a PDF, offline."),
        "renew": ("esign.cli.renewal:renew_command", "Give a signed PDF a fresh timestamp before the last ends."),
        "inspect": ("esign.cli.inspection:inspect", "Show the evidence inside a PDF, and take it out."),
        "bundle": ("esign.cli.bundle:bundle_commands", "Export and check evidence bundles, and open what is sealed."),
        "ca": ("esign.cli.authority:authority_commands", "Create and look at the embedded authority."),
    },
    "Run the service": {
        "serve": ("esign.cli.serving:serve", "Run all of it on this machine: the API and its workers."),
        "web": ("esign.cli.serving:web", "Run the web processes alone."),
        "worker": ("esign.cli.serving:worker", "Run one worker alone."),
        "doctor": ("esign.cli.doctor:doctor", "Say what is missing, here or before going live."),
    },
    "Call the service": {
        "clients": ("esign.cli.operating:client_commands", "Create a client of the API and its first key."),
        "listen": ("esign.cli.listening:listen", "Forward events to a program on this machine."),
        "openapi": ("esign.cli.openapi:openapi", "Print the OpenAPI document."),
    },
    "People of the insurer": {
        "staff": ("esign.cli.staff:staff_commands", "Invite the first administrator, and look after accounts."),
        "institutions": ("esign.cli.institutions:institution_commands", "Show and change the tree of institutions."),
    },
    "Operate the service": {
        "db": ("esign.cli.operating:database_commands", "Upgrade the database, and grant the service its rights."),
        "keys": ("esign.cli.operating:key_commands", "Make the service's keys, and rotate the master key."),
        "evidence": ("esign.cli.evidence:evidence_commands", "Erase an envelope's private evidence, for good."),
        "retention": ("esign.cli.retention:retention_commands", "Rules of keeping, legal holds, what is due."),
        "stand-ins": ("esign.cli.operating:stand_in_commands", "List and accept what replaces a third party."),
        "trail": ("esign.cli.trail:trail_commands", "Export the trail, and check an export anywhere."),
        "witness": ("esign.cli.witness:witness_commands", "Countersign somebody else's trail, and keep what you saw."),
        "backup": ("esign.cli.backup:backup", "Write the whole service into a folder, signed."),
        "restore": ("esign.cli.backup:restore", "Bring a backup back onto an empty place, and verify it."),
    },
}
"""By heading of the help: each command, where it is, and what it does in a few words."""

_PLACES: Final = {name: place for group in COMMANDS.values() for name, (place, _about) in group.items()}


class LateGroup(click.Group):
    """A group that imports a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*_PLACES, *sorted(_added())]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in _PLACES:
            module, _colon, attribute = _PLACES[cmd_name].partition(":")
            found: click.Command = getattr(import_module(module), attribute)
            return found
        added = _added().get(cmd_name)
        return added.load() if added is not None else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands under their headings, each with its few words."""
        for heading, group in COMMANDS.items():
            with formatter.section(heading):
                formatter.write_dl([(name, about) for name, (_place, about) in group.items()], col_max=12)
        if added := _added():
            with formatter.section("Business"):
                formatter.write_dl([(name, added[name].load().get_short_help_str()) for name in sorted(added)])


def build_command(builders: Builders) -> click.Group:
    """Return the `esign` command, with `builders` in its context."""

    settings = {"help_option_names": ["-h", "--help"], "obj": builders, "max_content_width": 100}

    @click.group(cls=LateGroup, context_settings=settings)
    @click.version_option(package_name="esign")
    def esign() -> None:
        """Sign contracts with handwriting, photo and timestamps inside, and judge any signed PDF.

        \b
        A first try with a file, in a folder of your own:
            esign ca init
            esign sign contract.pdf --recipient role=applicant,name=张伟,handwriting=a.json --seal
            esign verify contract.signed.pdf

        \b
        A first try with the service:
            esign serve
            esign clients create "Sales platform"        (in a second terminal)
            then open http://127.0.0.1:8320/v1/docs
        """

    return esign


def _added() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group="esign.commands")}
