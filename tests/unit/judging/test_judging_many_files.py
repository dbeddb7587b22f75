"""A folder of files: every one gets a row, whatever it is, and nothing that was done is done again."""

from __future__ import annotations

import csv
import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from esign.errors import EsignError, OutputError
from esign.infra.quarantine import Answer, Confinement, QuarantineUnavailable
from esign.judging import many_files
from esign.judging.listing import documents_in
from esign.judging.many_files import (
    Order,
    Summary,
    judge_all,
    judge_one,
    reader_of_many,
    require_bounds,
    still_holds,
)
from esign.judging.progress import Progress
from esign.judging.question import JudgingLimits, Question
from esign.judging.result_file import ResultFile
from esign.judging.rows import COLUMNS, Row, question_digest, row_of_refusal
from esign.judging.tables import CsvTable, JsonLinesTable, Table
from tests.fuzz.judged import judged_at, trust

QUESTION = Question("", trust(), judged_at())
TABLES = [CsvTable(), JsonLinesTable()]


@pytest.fixture
def archive(signed_files: Path, tmp_path: Path) -> Path:
    """A folder with folders, good files, bad ones, and what is no document."""
    folder = tmp_path / "archive"
    (folder / "2026" / "may").mkdir(parents=True)
    shutil.copy(signed_files / "archived.pdf", folder / "2026" / "a.pdf")
    shutil.copy(signed_files / "unsigned.pdf", folder / "2026" / "may" / "B.PDF")
    (folder / "bad.pdf").write_bytes(b"hello")
    (folder / "notes.txt").write_bytes(b"no document")
    os.mkfifo(folder / "pipe.pdf")
    (folder / "ring").symlink_to(folder)
    (folder / "nowhere.pdf").symlink_to(folder / "gone")
    return folder


def order_for(folder: Path, *, jobs: int = 2) -> Order:
    limits = JudgingLimits(60, 512)
    return Order(folder, QUESTION, question_digest(QUESTION), limits, jobs, judged_at)


def row(path: str = "a.pdf", **changes: Any) -> Row:
    plain = Row(path, 7, "0" * 64, "TOTAL-PASSED", True, 1, "B-LTA", "", "", 0.5, "2026-01-01T00:00:00Z", "f" * 16)
    return replace(plain, **changes)


def test_documents_are_found_in_every_folder_below_in_order(archive: Path) -> None:
    found = [str(path) for path in documents_in(archive)]
    assert found == ["bad.pdf", "nowhere.pdf", "pipe.pdf", "2026/a.pdf", "2026/may/B.PDF"]


def test_every_file_gets_a_row_and_none_stops_the_run(archive: Path) -> None:
    order = order_for(archive)
    with reader_of_many(order.limits, order.jobs) as reader:
        rows = {found.path: found for found in judge_all(order, reader, documents_in(archive))}
    told = {path: (found.conclusion, found.level, found.error) for path, found in rows.items()}
    assert told == {
        "2026/a.pdf": ("TOTAL-PASSED", "B-LTA", ""),
        "2026/may/B.PDF": ("NO-SIGNATURE", "", ""),
        "bad.pdf": ("TOTAL-FAILED", "", "not-a-pdf"),
        "pipe.pdf": ("", "", "document-unreadable"),
        "nowhere.pdf": ("", "", "document-unreadable"),
    }
    summary = Summary()
    for found in rows.values():
        summary.count(found, taken_over=False)
    assert (summary.files, summary.unreadable, summary.exit_status) == (5, 3, 1)


def test_a_machine_without_zygotes_starts_a_process_for_each_file(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unavailable(*_: object) -> None:
        raise QuarantineUnavailable("quarantine-not-started", "no descriptors of processes", "another kernel")

    monkeypatch.setattr(many_files, "start_quarantine", unavailable)
    order = order_for(archive)
    with reader_of_many(order.limits, 1) as reader:
        assert require_bounds(reader.confinement).is_bounded
        assert judge_one(order, reader, Path("2026/a.pdf")).conclusion == "TOTAL-PASSED"


def test_nothing_is_read_where_not_even_time_and_memory_are_limited() -> None:
    with pytest.raises(EsignError, match="no limits"):
        require_bounds(Confinement(system_calls_filtered=True))


class Lost:
    """A reader whose machine fails it each time."""

    confinement = Confinement()

    def run_on_file(self, *_: object) -> Answer:
        raise QuarantineUnavailable("quarantine-lost", "it was lost", "see why")


def test_a_reader_that_is_lost_costs_a_row_and_is_asked_again_next_time(archive: Path) -> None:
    lost = judge_one(order_for(archive), Lost(), Path("2026/a.pdf"))
    assert (lost.conclusion, lost.error, lost.is_final) == ("", "quarantine-lost", False)


@pytest.mark.parametrize(
    ("conclusions", "status"),
    [
        (["TOTAL-PASSED", "TOTAL-PASSED"], 0),
        (["TOTAL-PASSED", "NO-SIGNATURE"], 3),
        (["NO-SIGNATURE", "INDETERMINATE"], 2),
        (["INDETERMINATE", "TOTAL-FAILED"], 1),
        (["TOTAL-PASSED", ""], 1),
    ],
)
def test_the_exit_status_is_that_of_the_worst_file(conclusions: list[str], status: int) -> None:
    summary = Summary()
    for conclusion in conclusions:
        summary.count(row(conclusion=conclusion), taken_over=True)
    assert summary.exit_status == status


def test_what_no_worker_expects_ends_the_run_instead_of_keeping_it_waiting(archive: Path) -> None:
    unwritable = replace(order_for(archive), question=replace(QUESTION, password="\udcff"))
    with reader_of_many(unwritable.limits, 1) as reader, pytest.raises(UnicodeEncodeError):
        list(judge_all(unwritable, reader, [Path("2026/a.pdf")]))


def test_a_row_holds_while_file_and_question_are_the_same(archive: Path) -> None:
    order = order_for(archive)
    with reader_of_many(order.limits, 1) as reader:
        found = judge_one(order, reader, Path("2026/a.pdf"))
    path = archive / "2026/a.pdf"
    assert still_holds(found, path, order.question_digest)
    assert not still_holds(found, path, question_digest(QUESTION, "another policy"))
    assert not still_holds(replace(found, error="limit-reached"), path, order.question_digest)
    assert not still_holds(None, path, order.question_digest)
    data = path.read_bytes()
    path.write_bytes(data[:-1] + b" ")
    assert not still_holds(found, path, order.question_digest)
    path.write_bytes(data)
    assert still_holds(found, path, order.question_digest)
    path.unlink()
    assert not still_holds(found, path, order.question_digest)


def test_the_moment_is_no_other_question_but_the_roots_are() -> None:
    later = replace(QUESTION, at=QUESTION.at.replace(year=2030), name="b.pdf")
    assert question_digest(later) == question_digest(QUESTION)
    assert question_digest(replace(QUESTION, trust=type(QUESTION.trust)())) != question_digest(QUESTION)
    assert question_digest(replace(QUESTION, pictures=True)) != question_digest(QUESTION)


def test_a_table_tells_nothing_of_the_password_and_what_lacked_one_is_judged_again() -> None:
    assert question_digest(replace(QUESTION, password="secret")) == question_digest(QUESTION)
    assert not row(readable=False, error="password-needed", conclusion="TOTAL-FAILED").is_final


@pytest.mark.parametrize("table", TABLES, ids=["csv", "json-lines"])
@pytest.mark.parametrize("path", ["a.pdf", "=1+1.pdf", '合同,"2".pdf', "two\nlines.pdf", "-x.pdf", "＝a.pdf"])
def test_rows_are_read_again_as_they_were_written(table: Table, path: str, tmp_path: Path) -> None:
    written = [row(path), row("other.pdf", readable=False, error="not-a-pdf", conclusion="TOTAL-FAILED")]
    with ResultFile(tmp_path / "out", table) as file:
        file.begin([])
        for one in written:
            file.append(one)
    with ResultFile(tmp_path / "out", table) as file:
        assert list(file.rows().values()) == [replace(one, path=table.kept_path(one.path)) for one in written]


def test_no_cell_is_a_formula_for_a_spreadsheet(tmp_path: Path) -> None:
    for path in ("=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "＝1"):
        with ResultFile(tmp_path / "out.csv", CsvTable()) as file:
            file.begin([row(path)])
        with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as stream:
            header, cells = csv.reader(stream)
        assert tuple(header) == COLUMNS
        assert cells[0] == f"'{path}"
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)


@pytest.mark.parametrize("table", TABLES, ids=["csv", "json-lines"])
def test_a_row_that_was_being_written_when_the_run_was_ended_is_dropped(table: Table, tmp_path: Path) -> None:
    with ResultFile(tmp_path / "out", table) as file:
        file.begin([row("a.pdf"), row("b.pdf")])
    whole = (tmp_path / "out").read_bytes()
    start = whole.rindex(b"\n", 0, -1) + 1
    for end in range(start, len(whole)):
        (tmp_path / "out").write_bytes(whole[:end])
        with ResultFile(tmp_path / "out", table) as file:
            rows = file.rows()
            assert list(rows) == ["a.pdf"]
    with ResultFile(tmp_path / "out", table) as file:
        file.begin(rows.values())
        file.append(row("b.pdf"))
    assert (tmp_path / "out").read_bytes() == whole


def test_two_runs_do_not_write_to_one_file(tmp_path: Path) -> None:
    with ResultFile(tmp_path / "out", CsvTable()) as file:
        file.begin([])
        with pytest.raises(OutputError, match="another run") as raised, ResultFile(tmp_path / "out", CsvTable()):
            pass
    assert raised.value.code == "results-in-use"


@pytest.mark.parametrize("content", [b"name;amount\nA;1\n", b"%PDF-1.7\n", b"\xff\xfe\n"])
@pytest.mark.parametrize("table", TABLES, ids=["csv", "json-lines"])
def test_a_file_of_something_else_is_left_as_it_is(table: Table, content: bytes, tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(content)
    with pytest.raises(OutputError) as raised, ResultFile(tmp_path / "out", table) as file:
        file.rows()
    assert raised.value.code == "results-foreign"
    assert (tmp_path / "out").read_bytes() == content


def test_results_that_cannot_be_written_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError) as raised, ResultFile(tmp_path / "missing" / "out", CsvTable()):
        pass
    assert raised.value.code == "results-unwritable"


def test_the_whole_report_is_in_a_line_of_json(archive: Path, tmp_path: Path) -> None:
    order = order_for(archive)
    with reader_of_many(order.limits, 1) as reader:
        found = judge_one(order, reader, Path("2026/a.pdf"))
    line = JsonLinesTable().line(found)
    assert line.count("\n") == 1
    assert json.loads(line)["report"]["schema"] == "esign-verification/1"


@pytest.mark.parametrize("change", [{"bytes": "9"}, {"seconds": None}, {"report": []}, {"readable": 1}])
def test_a_line_of_json_with_values_of_other_types_is_no_row(archive: Path, change: dict[str, object]) -> None:
    order, table = order_for(archive), JsonLinesTable()
    with reader_of_many(order.limits, 1) as reader:
        line = table.line(judge_one(order, reader, Path("2026/a.pdf")))
    assert len(list(table.rows(line))) == 1
    assert list(table.rows(json.dumps(json.loads(line) | change))) == []


def told_by(ticks: Iterable[float], total: int, failed: Sequence[bool]) -> list[str]:
    said: list[str] = []
    clock: Callable[[], float] = iter(ticks).__next__
    progress = Progress(total, clock, said.append)
    for one in failed:
        progress.count(failed=one)
    return said


def test_progress_tells_the_rate_and_what_is_left() -> None:
    assert told_by([0.0, 1.0, 1.2, 2.0], 3000, [False, False, True]) == [
        "1 of 3000 files, 1.0 a second, 50 min left",
        "3 of 3000 files, 1.5 a second, 33 min left, 1 failed",
    ]
    assert told_by([0.0, 4.0], 1, [False]) == ["1 of 1 files, 0.2 a second"]


def test_a_refusal_is_a_row_without_a_conclusion() -> None:
    refused = row_of_refusal("a.pdf", "document-unreadable", seconds=0.1, judged_at=judged_at(), question="x")
    kept: Mapping[str, Any] = {name: getattr(refused, name) for name in COLUMNS}
    assert (kept["conclusion"], kept["error"], refused.is_final) == ("", "document-unreadable", False)
