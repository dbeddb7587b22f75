"""The processes that `esign serve` starts: watched, started anew when they fall, and ended together."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from types import FrameType
from typing import Final

from esign.infra.logs import log_for

STOP_SECONDS: Final = 25
RESTART_PAUSES: Final = (0.5, 1, 2, 5, 10)
SETTLED_SECONDS: Final = 60
_PR_SET_PDEATHSIG: Final = 1  # linux/prctl.h

_log = log_for(__name__)


class Children:
    """Processes that are started, watched, started anew when they fall, and stopped together."""

    def __init__(self, commands: Sequence[Sequence[str]], environment: Mapping[str, str]) -> None:
        self._commands = [list(command) for command in commands]
        self._environment = environment
        self._stop = threading.Event()
        self._guard = threading.Lock()
        self._running: dict[int, subprocess.Popen[bytes]] = {}

    def run(self) -> None:
        """Run until this process is told to end, then stop them all."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        watchers = [threading.Thread(target=self._watch, args=(place,)) for place in range(len(self._commands))]
        for watcher in watchers:
            watcher.start()
        while not self._stop.wait(1.0):
            pass
        self._tell_all(signal.SIGTERM)
        until = time.monotonic() + STOP_SECONDS
        for watcher in watchers:
            watcher.join(max(0.0, until - time.monotonic()))
        self._tell_all(signal.SIGKILL)

    def _tell_all(self, number: signal.Signals) -> None:
        with self._guard:
            for child in self._running.values():
                child.send_signal(number)

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self._stop.set()

    def _watch(self, place: int) -> None:
        fallen = 0
        while not self._stop.is_set():
            begun = time.monotonic()
            with self._guard:
                if self._stop.is_set():  # the others were told to end already; this one would not be
                    return
                child = subprocess.Popen(self._commands[place], env=self._environment, start_new_session=True)
                self._running[place] = child
            child.wait()
            with self._guard:
                del self._running[place]
            if self._stop.is_set():
                return
            fallen = 0 if time.monotonic() - begun > SETTLED_SECONDS else fallen + 1
            pause = RESTART_PAUSES[min(fallen, len(RESTART_PAUSES) - 1)]
            _log.error("a process ended, it is started anew", count=fallen)
            self._stop.wait(pause)


def end_with_parent() -> None:
    """Ask Linux to end this process when whoever started it ends, however that ends (prctl(2)).

    What Linux goes by is the thread that started it: the watcher of `Children`, which lives as long as its process.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0) != 0:
        _log.warning("the end of the parent will not be heard")
