"""The processes that `esign serve` forks from itself: watched, forked anew when they fall, and ended together.

What they need is loaded once, before, and its pages are shared. A fork takes over whatever its parent has open, so the
parent has nothing: no connection, no key, no thread. It forks and waits, and that is all it does.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from esign.cli.process_name import name_process
from esign.cli.woken import Woken
from esign.infra.logs import log_for

STOP_SECONDS: Final = 25
RESTART_PAUSES: Final = (0.5, 1, 2, 5, 10)
SETTLED_SECONDS: Final = 60
_PR_SET_PDEATHSIG: Final = 1  # linux/prctl.h

_log = log_for(__name__)


@dataclass(frozen=True)
class Part:
    """What a forked process is to be: the words by which the machine lists it, and what it does until it ends."""

    words: tuple[str, ...]
    run: Callable[[], None]


class Children:
    """Parts of a service, each a process that is forked, watched, forked anew when it falls, and ended with the rest.

    For a process that has one thread.
    """

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = tuple(parts)
        self._running: dict[int, int] = {}  # its place among the parts, by process id
        self._due = dict.fromkeys(range(len(parts)), 0.0)  # when it is to be forked, by place
        self._begun = [0.0] * len(parts)
        self._fallen = [0] * len(parts)

    def run(self) -> Part | None:
        """Fork them and watch them until this process is told to end; then end them all, and return None.

        It returns in every forked process too, at once, with the part that this process is to be.
        """
        with Woken() as woken:
            place = self._watch(woken)
            if place is None:
                self._end(woken)
                return None
        return self._become(place, told_to_end=woken.told_to_end)

    def _watch(self, woken: Woken) -> int | None:
        """Return when this process was told to end: None; in a forked process at once: its place."""
        while not woken.told_to_end:
            for place in self._due_now():
                if self._fork(place):
                    return place
            woken.wait(self._seconds_until_due())
            self._bury()
        return None

    def _due_now(self) -> list[int]:
        now = time.monotonic()
        return [place for place, due in self._due.items() if due <= now]

    def _seconds_until_due(self) -> float | None:
        return max(0.0, min(self._due.values()) - time.monotonic()) if self._due else None

    def _fork(self, place: int) -> bool:
        """Fork this part; tell whether this is the forked process."""
        self._begun[place] = time.monotonic()
        parent = os.getpid()
        try:
            pid = os.fork()
        except OSError as error:  # no process is to be had now; later there may be
            _log.failed("no process could be forked", error)
            self._try_later(place)
            return False
        if pid == 0:
            os.setsid()  # what a terminal sends to its parent is not meant for it
            end_with_parent(parent)
            return True
        del self._due[place]
        self._running[pid] = place
        return False

    def _become(self, place: int, *, told_to_end: bool) -> Part:
        if told_to_end:
            sys.exit(0)
        part = self._parts[place]
        name_process(*part.words)
        return part

    def _bury(self) -> None:
        """See who ended, and have each forked anew after a pause."""
        while pid := _ended():
            place = self._running.pop(pid, None)
            if place is not None:
                self._try_later(place)
                _log.error("a process ended, it is started anew", count=self._fallen[place])

    def _try_later(self, place: int) -> None:
        settled = time.monotonic() - self._begun[place] > SETTLED_SECONDS
        self._fallen[place] = 0 if settled else self._fallen[place] + 1
        pause = RESTART_PAUSES[min(self._fallen[place], len(RESTART_PAUSES) - 1)]
        self._due[place] = time.monotonic() + pause

    def _end(self, woken: Woken) -> None:
        """Tell all to end, and kill what has not after `STOP_SECONDS`."""
        self._tell_all(signal.SIGTERM)
        until = time.monotonic() + STOP_SECONDS
        while self._running and (left := until - time.monotonic()) > 0:
            woken.wait(left)
            while pid := _ended():
                self._running.pop(pid, None)
        self._tell_all(signal.SIGKILL)

    def _tell_all(self, number: signal.Signals) -> None:
        for pid in self._running:
            os.kill(pid, number)  # nobody else has its id: it is buried by us alone


def _ended() -> int:
    """Bury a process that ended, and return its id; 0 where none did."""
    try:
        return os.waitpid(-1, os.WNOHANG)[0]
    except ChildProcessError:
        return 0


def apart(act: Callable[[], None]) -> None:
    """Do it in a forked process, so that nothing it opens is open here, and end as that one ended if it failed."""
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        end_with_parent(parent)
        act()
        sys.exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code != 0:
        sys.exit(code if code > 0 else 128 - code)


def end_with_parent(parent: int) -> None:
    """Ask Linux to end this process when the one that forked it ends, however that ends (prctl(2)).

    What Linux goes by is the thread that forked it; `serve` has one. A parent that ended before ends this one as well.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0) != 0:
        _log.warning("the end of the parent will not be heard")
    if os.getppid() != parent:
        sys.exit(0)
