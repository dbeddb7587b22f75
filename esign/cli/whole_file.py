"""A file that is written piece by piece and appears whole, or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from esign.ceremony.workfile import output_error, sync_folder


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """Yield a file beside `path` that takes its place at the end, on the disk; if anything is raised, it goes."""
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise output_error(path, error) from error
    beside = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise output_error(path, error) from error
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
