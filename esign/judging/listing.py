"""Finds the documents in a folder and in all folders below it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_SUFFIX: Final = ".pdf"


def documents_in(folder: Path) -> Iterator[Path]:
    """Yield the files named `*.pdf`, in whatever case, in the order of their names; paths are relative to `folder`.

    Links to folders are not followed, so that no ring of links keeps the search; a folder that cannot be read is
    passed over like an empty one. Links to files are documents like any other.
    """
    waiting = [Path()]
    while waiting:
        here = waiting.pop()
        folders, files = _entries(folder / here)
        yield from (here / name for name in files)
        waiting += (here / name for name in reversed(folders))


def _entries(folder: Path) -> tuple[list[str], list[str]]:
    """Return the names of folders and of documents, in order."""
    folders, files = [], []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.name)
                elif entry.name.lower().endswith(_SUFFIX):
                    files.append(entry.name)
    except OSError:
        return [], []
    return sorted(folders), sorted(files)
