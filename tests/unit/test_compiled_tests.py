"""Files of tests that are compiled before a run are those that pytest takes."""

from __future__ import annotations

from pathlib import Path

import pytest
from _pytest.assertion.rewrite import PYC_TAIL, _read_pyc, get_cache_dir

from tests import compiled


def test_what_was_compiled_before_a_run_is_what_the_run_takes(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    file = tmp_path / "test_it.py"
    file.write_text("def test_it():\n    assert 1 + 1 == 2\n", "utf-8")
    compiled.compile_once(file, pytestconfig)
    code = _read_pyc(file, get_cache_dir(file) / f"test_it{PYC_TAIL}")
    assert code is not None
    assert "@pytest_ar" in code.co_names
    file.write_text("def test_it():\n    assert 1 + 1 == 3\n", "utf-8")
    assert _read_pyc(file, get_cache_dir(file) / f"test_it{PYC_TAIL}") is None
