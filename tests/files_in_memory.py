"""Where tests keep their files: in the machine's memory, where it has plenty.

Every commit of a service waits until it is on the disk, as it should. Tests pull no plug, and commit some hundred
thousand times: on a disk a third of their time goes by with waiting.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

_FOLDER: Final = Path("/dev/shm")  # noqa: S108  # pytest makes a folder of its own in it, for this user alone
_ROOM: Final = 8 << 30
"""Bytes that have to be free, there and in memory altogether: several times what a whole run keeps at once."""


def keep_files_in_memory() -> None:
    """Have this process and those it starts make temporary files there; who sets TMPDIR has chosen another place."""
    if "TMPDIR" not in os.environ and _has_room():
        os.environ["TMPDIR"] = tempfile.tempdir = str(_FOLDER)


def _has_room() -> bool:
    if not (_FOLDER.is_dir() and os.access(_FOLDER, os.W_OK)):
        return False
    if os.statvfs(_FOLDER).f_flag & os.ST_NOEXEC:  # tests write programs, and run them
        return False
    return min(shutil.disk_usage(_FOLDER).free, _memory_available()) >= _ROOM


def _memory_available() -> int:
    """Return the bytes of memory that programs may still take (proc(5), `MemAvailable`)."""
    for line in Path("/proc/meminfo").read_text("ascii").splitlines():
        name, _colon, amount = line.partition(":")
        if name == "MemAvailable":
            return int(amount.split()[0]) << 10
    return 0
