"""Compile every file of tests as pytest does, once and on every core: each process of a run would do it for itself.

    python -m tests.compiled

pytest compiles files of tests with assertions that tell what they compared, and keeps them under names of its own. In a
fresh clone three processes that begin at once find none, and each compiles all of them.
"""

from __future__ import annotations

import os
import sys
from compileall import compile_file
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import Final

from _pytest.assertion.rewrite import PYC_TAIL, _read_pyc, _rewrite_test, _write_pyc_fp, get_cache_dir
from _pytest.config import Config, get_config

FOLDER: Final = Path(__file__).parent


def main() -> int:
    """Compile what is not compiled yet; return the exit status."""
    files = sorted(path for path in FOLDER.rglob("*.py") if "__pycache__" not in path.parts)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        return 0 if all(pool.map(_compile, files, chunksize=8)) else 1


def _compile(path: Path) -> bool:
    return compile_once(path, _config())


@cache
def _config() -> Config:
    return get_config()


def compile_once(path: Path, config: Config) -> bool:
    """Compile the file unless it is compiled as it stands; return whether it could be. Raises `SyntaxError`."""
    if not is_rewritten(path):
        return bool(compile_file(path, quiet=1))
    kept = get_cache_dir(path) / f"{path.stem}{PYC_TAIL}"
    if _read_pyc(path, kept) is None:
        source_hash, code = _rewrite_test(path, config)
        kept.parent.mkdir(exist_ok=True)
        being_written = kept.with_suffix(f".{os.getpid()}")
        with being_written.open("wb") as file:
            _write_pyc_fp(file, source_hash, code)
        being_written.replace(kept)
    return True


def is_rewritten(path: Path) -> bool:
    """Whether pytest compiles this file in its own way: it does with tests and with what they share."""
    return path.name.startswith("test_") or path.name == "conftest.py"


if __name__ == "__main__":
    sys.exit(main())
