"""`esign bundle`: evidence bundles, each one envelope in one file that is checked without us."""

from __future__ import annotations

import click

from esign.cli.bundle_check import check
from esign.cli.bundle_export import export
from esign.cli.bundle_open import open_bundle
from esign.cli.families import Family


@click.group("bundle", cls=Family)
def bundle_commands() -> None:
    """Evidence bundles: one envelope in one file, for somebody who has nothing else."""


bundle_commands.add_command(check)
bundle_commands.add_command(export)
bundle_commands.add_command(open_bundle)
