"""A run is handed out so that what shares a service stays together, and what takes longest begins."""

from __future__ import annotations

import re
from pathlib import Path

from tests.distribution import ONE_SERVICE, begins, piece_of

ROOT = Path(__file__).parents[2]


def test_files_of_browsers_that_take_the_folders_service_are_one_piece() -> None:
    taking = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "tests/browser").glob("test_*.py")
        if re.search(r"\b(service: RunningService|platform: Platform)\b", text := path.read_text("utf-8"))
        and "\ndef service(" not in text
    }
    assert taking == ONE_SERVICE
    assert len({piece_of(f"{file}::test_it[a::b]") for file in taking}) == 1


def test_a_file_that_shares_nothing_is_a_piece_by_itself() -> None:
    assert piece_of("tests/unit/web/test_web_words.py::test_it[a::b]") == "tests/unit/web/test_web_words.py"
    assert piece_of("tests/browser/test_browser_report.py::test_it") == "tests/browser/test_browser_report.py"
    assert piece_of("tests/unit/policy/domain/test_money.py::test_it") == piece_of(
        "tests/unit/policy/test_a.py::test_b"
    )


def test_what_takes_longest_begins_and_small_pieces_end() -> None:
    paths = (
        "faults/test_faults_kills",
        "browser/test_browser_live",
        "unit/web/test_web_words",
        "unit/ca/test_ca_folder",
    )
    places = [begins(f"tests/{path}.py::test_it") for path in paths]
    assert places == sorted(set(places))
    assert all((ROOT / f"tests/{path}.py").is_file() for path in paths)
