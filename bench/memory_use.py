"""How much memory judging one file takes: a process of its own judges it, and its memory is looked at all the while."""

from __future__ import annotations

import subprocess
import sys
import time
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Final

from bench.ours import now
from ca.trust import TrustStore
from esign.verify import verify

_LOOK_AGAIN_SECONDS: Final = 0.002


def peak_of(path: Path) -> tuple[float, float]:
    """Return the megabytes that judging the file held at most: resident, and anonymous.

    Resident memory has the pages of the mapped file among it, which the kernel may drop at any time; anonymous memory
    is what a process really needs.
    """
    resident = anonymous = 0.0
    process = subprocess.Popen([sys.executable, "-m", "bench.memory_use", str(path)])
    while process.poll() is None:
        told = _status(process.pid)
        resident = max(resident, told.get("VmRSS", 0.0))
        anonymous = max(anonymous, told.get("RssAnon", 0.0))
        time.sleep(_LOOK_AGAIN_SECONDS)
    if process.returncode:
        raise ValueError("the file could not be judged")
    return resident, anonymous


def _status(pid: int) -> dict[str, float]:
    """Return the figures of /proc/PID/status that are in kB, as megabytes."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    except OSError:
        return {}
    pairs = (line.split(":", 1) for line in lines if line.endswith(" kB"))
    return {name: int(value.split()[0]) / 1000 for name, value in pairs}


def main() -> None:
    with Path(sys.argv[1]).open("rb") as stream, mmap(stream.fileno(), 0, access=ACCESS_READ) as mapped:
        verify(mapped, name="large.pdf", trust=TrustStore(), at=now())


if __name__ == "__main__":
    main()
