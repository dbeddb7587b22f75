"""Outside judges for tests: openssl, pdfsig, qpdf. A missing judge fails the test and says what to install."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

PACKAGES = {"openssl": "openssl", "qpdf": "qpdf", "unzip": "unzip"} | dict.fromkeys(
    ("pdfsig", "pdfinfo", "pdftotext", "pdffonts", "pdfimages", "pdftoppm"), "poppler-utils"
)


def require_tool(name: str) -> str:
    """Return the path of the tool, or fail the test with the package to install."""
    path = shutil.which(name)
    if path is None:
        pytest.fail(f"{name} is not installed; run: apt-get install {PACKAGES.get(name, name)}")
    return path


def run_tool(
    name: str, *arguments: str | Path, stdin: bytes = b"", accept: Sequence[int] = (0,)
) -> subprocess.CompletedProcess[bytes]:
    """Run the tool and return what it printed; fail with its output if it exits with another status."""
    done = subprocess.run(
        [require_tool(name), *map(str, arguments)], input=stdin, capture_output=True, check=False, timeout=60
    )
    if done.returncode not in accept:
        said = (done.stdout + done.stderr).decode("utf-8", "replace")
        pytest.fail(f"{name} {' '.join(map(str, arguments))} exited {done.returncode}:\n{said}")
    return done
