"""Opens the files that are to be judged: regular files only, so that no pipe or device keeps whoever reads it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from esign.errors import EsignError


def shown_path(path: Path) -> str:
    """Return a path as text; bytes that are no UTF-8 are written as escapes."""
    return os.fspath(path).encode("utf-8", "backslashreplace").decode("utf-8")


@contextmanager
def opened_file(path: Path) -> Iterator[int]:
    """Open a regular file for reading and give its descriptor. Raises `EsignError` with code `document-unreadable`."""
    try:
        # Without waiting: a pipe that nobody writes to would never open.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "its name cannot be one"
        raise EsignError(
            "document-unreadable", f"{path} cannot be read ({reason})", "check the path and its rights"
        ) from error
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise EsignError("document-unreadable", f"{path} is not a regular file", "give a file")
        yield descriptor
    finally:
        os.close(descriptor)
