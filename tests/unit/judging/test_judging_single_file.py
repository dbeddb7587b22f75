"""One file in a process of its own: the same verdict as without, and a report also where the file breaks a limit."""

from __future__ import annotations

import hashlib
import os
import struct
import subprocess
import sys
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from esign.errors import EsignError
from esign.infra.quarantine.errors import QuarantineUnavailable
from esign.infra.quarantine.port import Answer
from esign.judging.opening import opened_file
from esign.judging.question import JudgingLimits, Question
from esign.judging.single_file import judged, single_judge
from esign.judging.task import _LOADED_BY_NAME
from esign.verify import Report, verify
from tests.fuzz.judged import judged_at, seeds, trust

LIMITS = JudgingLimits()
ROOT = Path(__file__).parents[3]


def question(name: str = "made.pdf") -> Question:
    return Question(name, trust(), judged_at())


def judge_alone(path: Path, limits: JudgingLimits = LIMITS) -> Report:
    with opened_file(path) as file, single_judge(file, limits) as judge:
        return judge.judge(question(path.name))


@pytest.mark.parametrize("name", ["archived", "encrypted", "packed", "unsigned"])
def test_the_verdict_is_the_one_that_it_is_without_a_process(signed_files: Path, name: str) -> None:
    path = signed_files / f"{name}.pdf"
    with path.open("rb") as stream:
        plain = verify(stream, name=path.name, trust=trust(), at=judged_at())
    assert judge_alone(path) == plain


def test_what_is_no_pdf_gets_its_report(tmp_path: Path) -> None:
    for content in (b"", b"hello", b"%PDF-1.7\n"):
        (tmp_path / "wrong.pdf").write_bytes(content)
        report = judge_alone(tmp_path / "wrong.pdf")
        assert (report.exit_status, report.document.sha256) == (4, hashlib.sha256(content).hexdigest())


def test_a_file_that_takes_too_long_has_reached_a_limit(signed_files: Path) -> None:
    path = signed_files / "archived.pdf"
    report = judge_alone(path, replace(LIMITS, seconds=0.0005))
    assert [finding.code for finding in report.findings] == ["limit-reached"]
    assert (report.exit_status, report.conclusion) == (4, "TOTAL-FAILED")
    assert report.document.bytes == path.stat().st_size


def inflating(size: int) -> bytes:
    """A document whose catalog and page tree lie in an object stream with so many bytes of white space behind them."""
    held = b"2 0 3 33 << /Type /Catalog /Pages 3 0 R >> << /Type /Pages /Kids [] /Count 0 >>"
    packed = zlib.compress(held + b" " * size)
    body = b"%%PDF-1.7\n1 0 obj\n<< /Type /ObjStm /N 2 /First 9 /Filter /FlateDecode /Length %d >>\nstream\n" % len(
        packed
    )
    body += packed + b"\nendstream\nendobj\n"
    rows = [(0, 0, 65535), (1, 9, 0), (2, 1, 0), (2, 1, 1), (1, len(body), 0)]
    table = b"".join(struct.pack(">BIH", *row) for row in rows)
    section = b"4 0 obj\n<< /Type /XRef /Size 5 /W [1 4 2] /Root 2 0 R /Length %d >>\nstream\n" % len(table)
    return body + section + table + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(body)


def test_a_file_that_takes_too_much_memory_has_reached_a_limit(tmp_path: Path) -> None:
    path = tmp_path / "inflating.pdf"
    path.write_bytes(inflating(48 << 20))
    assert judge_alone(path).conclusion == "NO-SIGNATURE"
    report = judge_alone(path, replace(LIMITS, memory_mib=0))
    assert report.exit_status == 4
    assert {finding.code for finding in report.findings} <= {"limit-reached", "not-readable"}


@pytest.mark.parametrize("value", [{}, {"document": 1}, "TOTAL-PASSED", None])
def test_an_answer_without_the_form_of_a_report_is_no_verdict(signed_files: Path, value: object) -> None:
    with opened_file(signed_files / "once.pdf") as file:
        report = judged(lambda *_: Answer(value), file, question(), LIMITS)  # type: ignore[arg-type]
    assert [finding.code for finding in report.findings] == ["reader-ended"]
    assert report.exit_status == 4


def test_a_process_that_does_not_start_is_an_error_and_no_verdict(signed_files: Path) -> None:
    def unavailable(*_: object) -> Answer:
        raise QuarantineUnavailable("quarantine-not-started", "it does not start", "see why")

    with opened_file(signed_files / "once.pdf") as file, pytest.raises(QuarantineUnavailable):
        judged(unavailable, file, question(), LIMITS)


def test_only_a_regular_file_is_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", tmp_path / "missing", Path("/dev/zero"), Path("a\0b")):
        with pytest.raises(EsignError) as raised, opened_file(path):
            pass
        assert raised.value.code == "document-unreadable"


IMPORTS = """
import io, sys
from importlib import import_module
from esign.judging.task import TABLE
from tests.fuzz import judged, targets
TABLE.warm({})
files = [*judged.seeds("reader").values()]
judged.judged_at(), judged.trust(), targets._answers()
known = set(sys.modules)
for data in files:
    for password in (None, "wrong"):
        judged_report = targets.verify(
            io.BytesIO(data), name="x", trust=judged.trust(), at=judged.judged_at(), password=password
        )
print(sorted(set(sys.modules) - known))
"""


def test_nothing_is_imported_by_judging_a_file_once_it_is_confined() -> None:
    """A confined process cannot open a module: importing one there would be a wrong verdict."""
    done = subprocess.run([sys.executable, "-c", IMPORTS], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert len(set(_LOADED_BY_NAME)) == len(_LOADED_BY_NAME)


def test_the_seeds_are_what_is_judged_here(signed_files: Path) -> None:
    assert {path.stem for path in signed_files.iterdir()} == set(seeds("reader"))
