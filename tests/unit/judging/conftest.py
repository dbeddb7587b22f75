"""Small signed files for those who judge files: the seeds of fuzzing, in a folder of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.judged import seeds


@pytest.fixture(scope="session")
def signed_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("signed")
    for name, data in seeds("reader").items():
        (folder / f"{name}.pdf").write_bytes(data)
    return folder
