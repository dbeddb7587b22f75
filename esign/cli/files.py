"""Files as commands read them: one line of an error where they cannot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from esign.errors import EsignError


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file for reading. Raises `EsignError` (`file-unreadable`)."""
    try:
        stream = path.open("rb")
    except OSError as error:
        raise EsignError(
            "file-unreadable", f"{path} cannot be read ({error.strerror})", "check the path and its rights"
        ) from error
    with stream:
        yield stream
