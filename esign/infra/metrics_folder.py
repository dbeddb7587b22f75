"""The folder in which the processes of a service add up what they measure."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Final

FOLDER_VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"


def make_metrics_folder(data: Path) -> None:
    """Make the folder below this one anew, and have this process and those it starts add up there.

    prometheus_client looks for the variable once, while it is loaded; after that it is too late (`RuntimeError`).
    """
    if "prometheus_client" in sys.modules:
        raise RuntimeError("prometheus_client is loaded already; what it measures would stay in each process")
    folder = data / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    os.environ[FOLDER_VARIABLE] = str(folder.absolute())
