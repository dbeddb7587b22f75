"""Where the processor time of web and worker processes goes: a sampler that the bench puts into them, for itself alone.

`cProfile` makes every call dearer and sees one thread; this looks every few milliseconds which threads used the
processor since, and counts that time to what they do now (so a wait gets some of what came before it). It gets in by
Python's own `sitecustomize`, from a folder that only the bench puts on the path: the product knows nothing of it.
"""

from __future__ import annotations

import collections
import json
import os
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from typing import Final

PROFILE_FOLDER: Final = "profiles"
_VARIABLE: Final = "BENCH_PROFILE_FOLDER"
_EVERY_SECONDS: Final = 0.004
_WRITE_SECONDS: Final = 5.0
_DEEPEST: Final = 60
_SITECUSTOMIZE: Final = "from bench.stacks import start_where_asked\nstart_where_asked()\n"

Stack = tuple[str, ...]


def profiled(folder: Path) -> dict[str, str]:
    """Return the variables with which a service's processes are profiled into `folder`."""
    path = folder / "profiled"
    path.mkdir(parents=True)
    (path / "sitecustomize.py").write_text(_SITECUSTOMIZE, "ascii")
    profiles = folder / PROFILE_FOLDER
    profiles.mkdir()
    return {"PYTHONPATH": f"{path}{os.pathsep}{Path.cwd()}", _VARIABLE: str(profiles)}


def start_where_asked() -> None:
    """Start in every process that `esign serve` forks, and in those that they fork; nowhere else."""
    if _VARIABLE in os.environ and b"serve" in _arguments():
        folder = Path(os.environ[_VARIABLE])
        os.register_at_fork(after_in_child=lambda: _Sampler(folder).start())


def _arguments() -> list[bytes]:
    return Path("/proc/self/cmdline").read_bytes().split(b"\0")


class _Sampler:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._counted: collections.Counter[Stack] = collections.Counter()
        self._used: dict[int, float] = {}

    def start(self) -> None:
        threading.Thread(target=self._run, daemon=True, name="sampler").start()

    def _run(self) -> None:
        own, written = threading.get_ident(), time.monotonic()
        while True:
            time.sleep(_EVERY_SECONDS)
            for thread, frame in sys._current_frames().items():
                if thread == own:
                    continue
                used = _thread_seconds(thread)
                before = self._used.get(thread, used)
                self._used[thread] = used
                if used > before:
                    self._counted[_stack(frame)] += round((used - before) * 1_000_000)
            if time.monotonic() - written > _WRITE_SECONDS:
                written = time.monotonic()
                self._write()

    def _write(self) -> None:
        kind = next((word for word in ("web", "worker") if word.encode() in _arguments()), None)
        if kind is not None:
            rows = [[list(stack), microseconds] for stack, microseconds in self._counted.items()]
            (self._folder / f"{kind}-{os.getpid()}.json").write_text(json.dumps(rows), "utf-8")


def _thread_seconds(thread: int) -> float:
    try:
        return time.clock_gettime(time.pthread_getcpuclockid(thread))
    except OSError:  # it ended meanwhile
        return 0.0


def _stack(frame: FrameType | None) -> Stack:
    """Return the stack, outermost first."""
    found: list[str] = []
    while frame is not None and len(found) < _DEEPEST:
        code = frame.f_code
        found.append(f"{_short(code.co_filename)}:{code.co_qualname}")
        frame = frame.f_back
    return tuple(reversed(found))


def _short(path: str) -> str:
    parts = Path(path).parts
    start = parts.index("site-packages") + 1 if "site-packages" in parts else max(0, len(parts) - 3)
    return "/".join(parts[start:])


def tell_profiles(folder: Path, rows: int = 45) -> None:
    """Print for each kind of process which functions the time is spent in, with and without what they call."""
    by_kind: dict[str, collections.Counter[Stack]] = collections.defaultdict(collections.Counter)
    for path in folder.glob("*.json"):
        for stack, microseconds in json.loads(path.read_text("utf-8")):
            by_kind[path.name.partition("-")[0]][tuple(stack)] += microseconds
    for kind, stacks in sorted(by_kind.items()):
        total = sum(stacks.values())
        inside: collections.Counter[str] = collections.Counter()
        alone: collections.Counter[str] = collections.Counter()
        for stack, microseconds in stacks.items():
            alone[stack[-1]] += microseconds
            for function in set(stack):
                inside[function] += microseconds
        print(f"\n{kind}: {total / 1_000_000:.1f} s of processor time; with what they call:")
        for function, microseconds in inside.most_common(2 * rows):
            print(f"  {microseconds * 100 / total:5.1f} %  {function}")
        print(f"{kind}: by themselves:")
        for function, microseconds in alone.most_common(rows):
            print(f"  {microseconds * 100 / total:5.1f} %  {function}")
