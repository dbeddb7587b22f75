"""The help of commands that have commands of their own."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from esign.cli import build_command
from esign.cli.families import Family
from wsgi import build


def _families(group: click.Group, path: str) -> Iterator[tuple[str, click.Group]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        if isinstance(found, click.Group):
            yield f"{path} {name}", found
            yield from _families(found, f"{path} {name}")


FAMILIES = dict(_families(build_command(build()), "esign"))


def test_the_families_that_an_auditor_needs_are_among_those_looked_at() -> None:
    assert {"esign bundle", "esign retention", "esign retention hold", "esign trail", "esign witness"} <= set(FAMILIES)


@pytest.mark.parametrize("path", FAMILIES)
def test_the_help_of_a_family_cuts_no_sentence_off(path: str) -> None:
    family = FAMILIES[path]
    told = family.get_help(click.Context(family, info_name=path, terminal_width=80))
    words = " ".join(told.partition("Commands:")[2].split())
    assert "..." not in words
    for name, one in family.commands.items():
        assert f"{name} {' '.join(one.get_short_help_str(limit=1000).split())}" in words


def test_a_sentence_longer_than_the_terminal_is_wide_is_told_to_its_end() -> None:
    family = Family("kept")
    family.add_command(click.Command("all", help=f"Keep {'everything ' * 40}to the end. Nothing else."))
    assert family.get_help(click.Context(family, info_name="kept", terminal_width=40)).rstrip().endswith("end.")
