"""`esign ROOM figures`: from what the figures of every room are counted, and how a terminal tells them.

    @click.command("figures")
    @figures_options("Only letters sent in this month, as 2026-11.")
    @click.option("--office", help="Only this office, by its code.")
    def figures_command(asked: AskedFigures, office: str | None) -> None:
        choice, told = Choice(month=asked.month, office=office), Told()
        asked.answer(
            RoomFigures(
                "letters",
                hear=told.hear,
                heard=lambda: told.report(choice.lets),
                kept=lambda session: figures_of_service(session, choice),
                rows=rows_of,
                until=lambda report: {"on": report.on},
                lines=lines_of,
            )
        )

The same pure functions count what the service took down and what an exported trail holds, so that an auditor who has
neither the service nor its database comes to the same figures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

import click
from sqlalchemy.orm import Session

from esign.cli.checked_export import checked_export, export_options
from esign.cli.month_option import month_option
from esign.public.commands import (
    errors_in_one_line,
    json_option,
    open_house,
    print_json,
    settings_option,
    written_whole,
)
from esign.public.events import Event
from esign.public.figures import FigureRow, Month, csv_of_rows, form_of_rows

Report = TypeVar("Report")
FROM_SERVICE: Final = "the service's database"


@dataclass(frozen=True)
class RoomFigures(Generic[Report]):
    """How a room counts: `kept` from its own rows, `heard` from the events that `hear` was told of, one by one.

    `until` is up to when it was counted, as JSON has it; `lines` are printed for people, with where it was counted.
    """

    room: str
    hear: Callable[[Event], None]
    heard: Callable[[], Report]
    kept: Callable[[Session], Report]
    rows: Callable[[Report], Iterable[FigureRow]]
    until: Callable[[Report], Mapping[str, object]]
    lines: Callable[[Report, str], Iterable[str]]


@dataclass(frozen=True)
class AskedFigures:
    """What was asked at the terminal, whichever the room."""

    context: click.Context
    month: Month | None
    trail: Path | None
    keys: tuple[str, ...]
    roots: tuple[Path, ...]
    witness_files: tuple[Path, ...]
    csv_file: Path | None
    config: Path | None
    as_json: bool

    def answer(self, room: RoomFigures[Report]) -> None:
        """Count, and tell it. Nothing is printed, and no file is written, of an export that does not add up.

        Raises no error of the product's: they end the command with one line and their exit status.
        """
        with errors_in_one_line(as_json=self.as_json):
            report, source = self._counted(room)
            if self.csv_file is not None:
                with written_whole(self.csv_file) as stream:
                    stream.write(csv_of_rows(room.rows(report)).encode())
        if self.as_json:
            print_json({"source": source, **room.until(report), "rows": form_of_rows(room.rows(report))})
        else:
            click.echo("\n".join(room.lines(report, source)))

    def _counted(self, room: RoomFigures[Report]) -> tuple[Report, str]:
        if self.trail is None:
            with open_house(self.context, self.config, room.room) as house, house.database.reading() as session:
                return room.kept(session), FROM_SERVICE
        verdict = checked_export(
            self.context,
            self.trail,
            lambda logged: room.hear(logged.event),
            keys=self.keys,
            roots=self.roots,
            witness_files=self.witness_files,
        )
        return room.heard(), f"{verdict.events} events of {verdict.log}, root {verdict.root.hex()}"


def figures_options(month: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return what adds the options that the figures of every room take, and hands them over as one `AskedFigures`.

    `month` says what is chosen by one. A room's own options stand below it, and come by their names.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def asked(
            context: click.Context,
            month: Month | None,
            trail: Path | None,
            keys: tuple[str, ...],
            roots: tuple[Path, ...],
            witness_files: tuple[Path, ...],
            csv_file: Path | None,
            config: Path | None,
            as_json: bool,
            **of_room: Any,
        ) -> None:
            return command(
                AskedFigures(context, month, trail, keys, roots, witness_files, csv_file, config, as_json), **of_room
            )

        added: Callable[..., None] = click.pass_context(asked)
        for option in (json_option, settings_option, _csv_option, month_option(month), export_options):
            added = option(added)
        return added

    return decorate


_csv_option: Final = click.option(
    "--csv", "csv_file", type=click.Path(path_type=Path, dir_okay=False), help="Write every figure to this file as CSV."
)
