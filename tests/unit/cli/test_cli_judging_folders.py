"""`esign verify FOLDER --csv`: a table, a summary, an exit status, and no work twice."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.command import Desk, set_up_desk
from tests.fuzz.judged import SEEDS, seeds

ROOT = ("--trust", SEEDS / "root.der")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = set_up_desk(tmp_path / "desk", b"", lambda folder: folder.parent.mkdir())
    (desk.folder / "contract.pdf").unlink()
    (desk.folder / "files").mkdir()
    for name in ("archived", "unsigned"):
        (desk.folder / "files" / f"{name}.pdf").write_bytes(seeds("reader")[name])
    return desk


def test_a_second_run_takes_over_what_is_done_and_unchanged(desk: Desk) -> None:
    table = desk.folder / "verdicts.csv"
    first = desk.json("verify", desk.folder / "files", "--csv", table, *ROOT, "--jobs", "2", status=3)
    assert (first["files"], first["judged"], first["taken_over"]) == (2, 2, 0)
    (desk.folder / "files" / "bad.pdf").write_bytes(b"%PDF-1.7\nnothing")
    (desk.folder / "files" / "unsigned.pdf").unlink()
    second = desk.json("verify", desk.folder / "files", "--csv", table, *ROOT, status=1)
    assert (second["files"], second["judged"], second["taken_over"]) == (2, 1, 1)
    with table.open(newline="", encoding="utf-8") as stream:
        rows = {row["path"]: row for row in csv.DictReader(stream)}
    assert {path: row["conclusion"] for path, row in rows.items()} == {
        "archived.pdf": "TOTAL-PASSED",
        "bad.pdf": "TOTAL-FAILED",
    }
    other_roots = desk.json("verify", desk.folder / "files", "--csv", table, status=1)
    assert other_roots["taken_over"] == 0


def test_json_lines_hold_whole_reports(desk: Desk) -> None:
    table = desk.folder / "verdicts.jsonl"
    said = desk.run("verify", desk.folder / "files", "--json-lines", table, *ROOT, status=3).stdout
    assert said.startswith("2 files, 2 judged now, 0 taken over from before\n")
    reports = [json.loads(line)["report"] for line in table.read_text("utf-8").splitlines()]
    assert {report["conclusion"] for report in reports} == {"TOTAL-PASSED", "NO-SIGNATURE"}


def test_a_folder_needs_a_table_and_a_table_a_folder(desk: Desk) -> None:
    files = desk.folder / "files"
    assert desk.json("verify", files, status=10)["error"]["code"] == "document-is-a-folder"
    table = ("--csv", desk.folder / "out.csv")
    assert desk.json("verify", files / "archived.pdf", *table, status=10)["error"]["code"] == "not-a-folder"
    (desk.folder / "empty").mkdir()
    assert desk.json("verify", desk.folder / "empty", *table, status=10)["error"]["code"] == "no-documents"
    assert not (desk.folder / "out.csv").exists()
