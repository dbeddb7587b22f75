"""Commands of a room: `esign NAME ...`, added by the entry point group `esign.commands` in pyproject.toml.

[project.entry-points."esign.commands"]
letters = "letters.commands:letter_commands"

@click.command()
@settings_option
@click.pass_context
def letter_commands(context: click.Context, config: Path | None) -> None:
    with errors_in_one_line(as_json=False), open_house(context, config, "letters") as house:
        ...

A command that counts over the trail is made by `esign.public.figures_command`. A file is written whole, or not at all,
by `written_whole`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from esign.cli.builders import builders_of
from esign.cli.families import Family
from esign.cli.output import errors_in_one_line, json_option, print_json
from esign.cli.settings_option import read_settings, settings_option
from esign.cli.whole_file import written_whole
from esign.public.house import House
from esign.public.rooms import house_of


@contextmanager
def open_house(context: click.Context, config: Path | None, room: str) -> Iterator[House]:
    """Yield what the room of this name is given, over the service that the settings name; it is closed afterwards.

    Raises `KeyError` for a room that the product has not, and what opening a process raises.
    """
    builders, settings = builders_of(context), read_settings(config)
    found = {one.name: one for one in builders.rooms().rooms}[room]
    process = builders.open_process(settings)
    try:
        yield house_of(found, process.service, settings.public_url)
    finally:
        process.service.ports.quarantine.close()
        process.service.ports.database.close()


__all__ = [
    "Family",
    "errors_in_one_line",
    "json_option",
    "open_house",
    "print_json",
    "settings_option",
    "written_whole",
]
