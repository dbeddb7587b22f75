"""How far a run is, in one line: how many of how many, how fast, how long it will take still."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

_EACH: Final = 0.5
"""Seconds between two lines: more often would only flicker."""


class Progress:
    """Tells how far a run is, at most twice a second. `tell` shows a line in the place of the one before."""

    def __init__(self, total: int, clock: Callable[[], float], tell: Callable[[str], None]) -> None:
        self._total = total
        self._clock = clock
        self._tell = tell
        self._begun = clock()
        self._next = self._begun
        self._done = 0
        self._failed = 0

    def count(self, *, failed: bool) -> None:
        """Count one file, and tell if it is time."""
        self._done += 1
        self._failed += failed
        now = self._clock()
        if now >= self._next:
            self._next = now + _EACH
            self._tell(self.line(now))

    def line(self, now: float) -> str:
        rate = self._done / max(now - self._begun, 1e-6)
        left = f", {_duration((self._total - self._done) / rate)} left" if self._done < self._total else ""
        failed = f", {self._failed} failed" if self._failed else ""
        return f"{self._done} of {self._total} files, {rate:.1f} a second{left}{failed}"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
