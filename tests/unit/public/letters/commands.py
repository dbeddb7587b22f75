"""`esign letters`: how many letters wait for an answer."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import func, select

from esign.public.commands import errors_in_one_line, open_house, settings_option
from tests.unit.public.letters.models import LetterRow


@click.command("letters")
@settings_option
@click.pass_context
def letter_command(context: click.Context, config: Path | None) -> None:
    """Tell how many letters wait for an answer."""
    with errors_in_one_line(as_json=False), open_house(context, config, "letters") as house:
        with house.database.reading() as session:
            count = session.scalar(select(func.count()).select_from(LetterRow).where(LetterRow.state == "written"))
        click.echo(f"{count} of {house.organisation} wait")
