"""Processes that have read a file and wait for the next one of the same origin."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from esign.infra.quarantine.launcher import ChildHandle, ZygoteHandle
from esign.infra.quarantine.limits import QuarantineLimits


@dataclass
class KeptProcess:
    """A child, the zygote that it came from, whose files it reads, and how much it has read."""

    zygote: ZygoteHandle
    origin: str
    child: ChildHandle
    files: int = 0
    moved_bytes: int = 0
    busy_seconds: float = 0.0
    idle_since: float = 0.0


class KeptProcesses:
    """The processes that wait; each has an end set by time and number. Safe for threads."""

    def __init__(self, limits: QuarantineLimits) -> None:
        self._limits = limits
        self._waiting: list[KeptProcess] = []  # the one that has waited longest first
        self._changed = threading.Condition()
        self._watched = False
        self._closed = False

    def take(self, zygote: ZygoteHandle, origin: str) -> KeptProcess | None:
        """Take out the one that waits for this origin's files and has waited least, None where there is none."""
        with self._changed:
            self._end_idle()
            for kept in reversed(self._waiting):
                if kept.zygote is zygote and kept.origin == origin:
                    self._waiting.remove(kept)
                    kept.child.resume()
                    return kept
        return None

    def put(self, kept: KeptProcess) -> None:
        """Let it wait for its next file, or end it where it has read enough."""
        with self._changed:
            if self._closed or self._has_read_enough(kept) or not self._is_watched():
                kept.child.end()
                return
            kept.child.pause()
            kept.idle_since = time.monotonic()
            self._waiting.append(kept)
            while len(self._waiting) > self._limits.kept_at_most:
                self._waiting.pop(0).child.end()
            self._changed.notify()

    def close(self) -> None:
        """End every process that waits; none waits here any more."""
        with self._changed:
            self._closed = True
            while self._waiting:
                self._waiting.pop().child.end()
            self._changed.notify()

    def _has_read_enough(self, kept: KeptProcess) -> bool:
        return (
            kept.files >= self._limits.files_each
            or kept.moved_bytes >= self._limits.kept_bytes
            or kept.busy_seconds >= self._limits.cpu_seconds / 3
        )

    def _is_watched(self) -> bool:
        """Begin to watch those that wait, if nobody does; return whether the machine lets us."""
        if not self._watched:
            try:
                threading.Thread(target=self._watch, name="quarantine-idle", daemon=True).start()
            except RuntimeError:  # no thread can be had: nobody would end what waits
                return False
            self._watched = True
        return True

    def _watch(self) -> None:
        """End each process when its time is over, until the quarantine is closed."""
        with self._changed:
            while not self._closed:
                left = None
                if self._waiting:
                    left = self._waiting[0].idle_since + self._limits.kept_seconds - time.monotonic()
                self._changed.wait(left)
                self._end_idle()

    def _end_idle(self) -> None:
        oldest = time.monotonic() - self._limits.kept_seconds
        while self._waiting and self._waiting[0].idle_since <= oldest:
            self._waiting.pop(0).child.end()
