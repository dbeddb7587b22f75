"""The `esign` command: signing, verifying, looking inside, and the embedded authority.

`build_command` takes what the composition root built; business packages add commands of their own through the
entry point group `esign.commands`, so that this package never imports them.
"""

from __future__ import annotations

from importlib.metadata import entry_points

import click

from esign.cli.authority import authority_commands
from esign.cli.builders import Builders
from esign.cli.doctor import doctor
from esign.cli.inspection import inspect
from esign.cli.signing import sign
from esign.cli.verification import verify


def build_command(builders: Builders) -> click.Group:
    """Return the `esign` command, with `builders` in its context."""

    @click.group(context_settings={"help_option_names": ["-h", "--help"], "obj": builders, "max_content_width": 100})
    @click.version_option(package_name="esign")
    def esign() -> None:
        """Sign contracts with handwriting, photo and timestamps inside, and judge any signed PDF.

        \b
        A first try, in a folder of your own:
            esign ca init
            esign sign contract.pdf --recipient role=applicant,name=张伟,handwriting=a.json --seal
            esign verify contract.signed.pdf
        """

    for command in (sign, verify, inspect, authority_commands, doctor):
        esign.add_command(command)
    for entry in entry_points(group="esign.commands"):
        esign.add_command(entry.load())
    return esign
