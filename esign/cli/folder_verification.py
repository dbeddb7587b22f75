"""`esign verify FOLDER --csv OUT`: thousands of files, resumably, with progress, and a summary at the end."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from esign.cli.output import print_json
from esign.cli.terminal_progress import TerminalProgress
from esign.cli.verification_limits import tell_confinement
from esign.errors import EsignError
from esign.judging.listing import documents_in
from esign.judging.many_files import (
    Order,
    Summary,
    judge_all,
    reader_of_many,
    require_bounds,
    still_holds,
)
from esign.judging.opening import shown_path
from esign.judging.question import JudgingLimits, Question
from esign.judging.result_file import ResultFile
from esign.judging.rows import Row, question_digest
from esign.judging.tables import CsvTable, JsonLinesTable, Table
from esign.verify.acceptance.verdict import Acceptance

_T = TypeVar("_T")
_JOBS_AT_MOST: Final = 64
_ORDER: Final = ("TOTAL-PASSED", "INDETERMINATE", "NO-SIGNATURE", "TOTAL-FAILED", "NOT-JUDGED")


@dataclass(frozen=True)
class Results:
    """Where the results of a folder go, and how many files are read at once."""

    path: Path
    table: Table
    jobs: int


def folder_options(command: Callable[..., _T]) -> Callable[..., _T]:
    """Add --csv, --json-lines and --jobs, and hand them over as `results` (None where no table was asked for)."""

    @click.option(
        "--csv",
        "csv_path",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Of a folder: write one line a file to this table, and take up again what an earlier run wrote.",
    )
    @click.option(
        "--json-lines",
        "lines_path",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Of a folder: likewise, one JSON document a file, with its whole report.",
    )
    @click.option(
        "--jobs",
        type=click.IntRange(1, _JOBS_AT_MOST),
        help="Of a folder: how many files are read at once.  [default: one for each processor]",
    )
    @wraps(command)
    def with_results(
        *arguments: Any, csv_path: Path | None, lines_path: Path | None, jobs: int | None, **options: Any
    ) -> _T:
        if csv_path is not None and lines_path is not None:
            raise click.UsageError("--csv and --json-lines exclude each other")
        results = None
        if path := csv_path or lines_path:
            table: Table = CsvTable() if csv_path else JsonLinesTable()
            results = Results(path, table, jobs or min(_JOBS_AT_MOST, len(os.sched_getaffinity(0))))
        elif jobs is not None:
            raise click.UsageError("--jobs is for a folder: give --csv or --json-lines too")
        return command(*arguments, results=results, **options)

    return with_results


def require_fitting(document: Path, results: Results | None) -> None:
    """Refuse a folder without a table, and a table of what is no folder. Raises `EsignError`."""
    if document.is_dir() and results is None:
        raise EsignError(
            "document-is-a-folder",
            f"{document} is a folder",
            "give --csv OUT.csv to judge every document in it, or name one file",
        )
    if results is not None and not document.is_dir():
        raise EsignError("not-a-folder", f"{document} is not a folder", "name a folder, or leave out the table")


@dataclass(frozen=True)
class FolderRun:
    """What was asked about a folder. `asked` are words of what else decides an answer: policy, seals, trail."""

    folder: Path
    results: Results
    question: Question
    limits: JudgingLimits
    chosen_time: datetime | None
    clock: Callable[[], datetime]
    asked: str


def verify_folder(run: FolderRun, *, accept: Callable[[Mapping[str, Any]], Acceptance] | None, as_json: bool) -> int:
    """Judge every document below the folder into the table, and return the exit status. Raises `EsignError`."""
    folder, results = run.folder, run.results
    paths = [path for path in documents_in(folder) if (folder / path).absolute() != results.path.absolute()]
    if not paths:
        raise EsignError("no-documents", f"there is no *.pdf in {folder}", "name a folder with documents")
    digest = question_digest(run.question, "" if run.chosen_time is None else run.chosen_time.isoformat(), run.asked)
    order = Order(folder, run.question, digest, run.limits, results.jobs, run.clock, accept)
    summary = Summary()
    with ResultFile(results.path, results.table) as file, reader_of_many(run.limits, results.jobs) as reader:
        tell_confinement(require_bounds(reader.confinement))
        kept, left = _taken_over(order, file.rows(), paths, results.table)
        for row in kept:
            summary.count(row, taken_over=True)
        file.begin(kept)
        with TerminalProgress(len(left)) as progress:
            for row in judge_all(order, reader, left):
                file.append(row)
                summary.count(row, taken_over=False)
                progress.count(failed=row.conclusion in {"TOTAL-FAILED", ""})
    _print_summary(summary, results.path, as_json=as_json)
    return summary.exit_status


def in_turn(accept: Callable[[Mapping[str, Any]], Acceptance]) -> Callable[[Mapping[str, Any]], Acceptance]:
    """Return the same for several threads: one at a time, since a trail is read from one file."""
    lock = threading.Lock()

    def one_at_a_time(report: Mapping[str, Any]) -> Acceptance:
        with lock:
            return accept(report)

    return one_at_a_time


def _taken_over(order: Order, earlier: dict[str, Row], paths: list[Path], table: Table) -> tuple[list[Row], list[Path]]:
    """Return the rows of earlier runs that still hold, and the documents that are left."""
    kept: list[Row] = []
    left: list[Path] = []
    for path in paths:
        row = earlier.get(table.kept_path(shown_path(path)))
        if row is not None and still_holds(row, order.folder / path, order.question_digest):
            kept.append(replace(row, path=shown_path(path)))
        else:
            left.append(path)
    return kept, left


def _print_summary(summary: Summary, path: Path, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "schema": "esign-verification-summary/1",
                "files": summary.files,
                "judged": summary.judged,
                "taken_over": summary.taken_over,
                "unreadable": summary.unreadable,
                "conclusions": {name: summary.conclusions[name] for name in _ORDER},
                "acceptance": dict(summary.acceptance),
                "results": str(path),
            }
        )
        return
    click.echo(f"{summary.files} files, {summary.judged} judged now, {summary.taken_over} taken over from before")
    for name in _ORDER:
        if count := summary.conclusions[name]:
            click.echo(f"  {name:14}{count:8}")
    for verdict, count in sorted(summary.acceptance.items()):
        click.echo(f"  {verdict:14}{count:8}")
    click.echo(f"  in {path}")
