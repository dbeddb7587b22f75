"""The folder in which processes add up what they measure has to be there before anything is measured."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import prometheus_client  # noqa: F401  # it is what has to come later
import pytest

from esign.infra.metrics_folder import make_metrics_folder


def test_it_is_refused_once_the_library_is_loaded(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="loaded already"):
        make_metrics_folder(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_it_is_made_anew_for_its_owner_alone_and_what_is_measured_afterwards_goes_there(tmp_path: Path) -> None:
    old = tmp_path / "metrics" / "counter_1.db"
    old.parent.mkdir()
    old.write_bytes(b"of a process of long ago")
    script = (
        "import sys\nfrom pathlib import Path\nfrom esign.infra.metrics_folder import make_metrics_folder\n"
        "make_metrics_folder(Path(sys.argv[1]))\nfrom prometheus_client import Counter\nCounter('seen', '').inc()\n"
    )
    subprocess.run([sys.executable, "-c", script, tmp_path], check=True)
    assert not old.exists()
    assert [path.suffix for path in old.parent.iterdir()] == [".db"]
    assert old.parent.stat().st_mode & 0o077 == 0
