"""What processes use, as the kernel tells it (proc(5)): processor time and resident memory."""

from __future__ import annotations

import os
import statistics
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Memory:
    """Resident memory of one process over the envelopes of a run; the slope is over its second half."""

    process: str
    start_mb: float
    end_mb: float
    kb_per_envelope: float


def cpu_seconds(pid: int) -> float:
    """Return the processor time of a process and of the children it has waited for; 0 if it is gone."""
    fields = _stat(pid)
    return sum(int(field) for field in fields[11:15]) / _TICKS if fields else 0.0


def resident_megabytes(pid: int) -> float:
    """Return the memory that a process has in use; 0 if it is gone."""
    fields = _stat(pid)
    return int(fields[21]) * _PAGE / 1024 / 1024 if fields else 0.0


def own_peak_megabytes() -> float:
    """Return the most that this program ever had in use.

    `getrusage` would tell the peak of whoever started it where that was higher: it outlives exec.
    """
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    (peak,) = (int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
    return peak / 1024


def with_children(pid: int) -> list[int]:
    """Return a process and all processes below it."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found = [pid]
    for one in found:
        found += parents.get(one, [])
    return found


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/[pid]/stat from the third on; empty if the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


class MemoryWatch:
    """Reads the memory of processes every second, from entering to leaving."""

    def __init__(self, pids: Mapping[str, int]) -> None:
        self._pids = pids
        self._seen: dict[str, list[tuple[float, float]]] = {name: [] for name in self._pids}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(1.0):
            for name, pid in self._pids.items():
                self._seen[name].append((time.monotonic(), resident_megabytes(pid)))

    def memory(self, completed: Sequence[float]) -> list[Memory]:
        """Return what was seen, against when each envelope was completed (`time.monotonic`)."""
        return [_memory_of(name, seen, completed) for name, seen in self._seen.items() if seen]


def _memory_of(name: str, seen: Sequence[tuple[float, float]], completed: Sequence[float]) -> Memory:
    by_envelopes = [(sum(at <= time for at in completed), megabytes) for time, megabytes in seen]
    half = [one for one in by_envelopes if one[0] >= len(completed) / 2]
    counts, sizes = [float(count) for count, _ in half], [megabytes for _, megabytes in half]
    slope = statistics.linear_regression(counts, sizes).slope * 1024 if len(set(counts)) > 1 else 0.0
    return Memory(name, round(seen[0][1], 1), round(seen[-1][1], 1), round(slope, 2))
