"""The pulse of a worker process: what has to be looked after again and again, each in a thread of its own.

A beat asks what is due and does that; it never trusts that an earlier one was heard. So a beat that fails, is late
or beats in several processes at once does no harm.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from esign.infra.logs import log_for

LONGEST_PAUSE: Final = 30.0

_log = log_for(__name__)


@dataclass(frozen=True)
class Beat:
    """Something to do every so many seconds, under a name for the log."""

    name: str
    seconds: float
    run: Callable[[], object]


class Pulse:
    """Beats until it is stopped."""

    def __init__(self, beats: Sequence[Beat]) -> None:
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._beat, args=(beat,), name=f"pulse-{beat.name}", daemon=True) for beat in beats
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, *, seconds: float = 20.0) -> None:
        """Let every beat come to its end, for so many seconds at most in all, and beat no more."""
        self._stop.set()
        until = time.monotonic() + seconds
        for thread in self._threads:
            if thread.is_alive():
                thread.join(max(0.0, until - time.monotonic()))

    def _beat(self, beat: Beat) -> None:
        pause = beat.seconds
        while not self._stop.wait(pause):
            try:
                beat.run()
                pause = beat.seconds
            except Exception as error:  # noqa: BLE001  # told in the log; the next beat tries again
                _log.failed("a beat failed", error, step=beat.name)
                pause = min(max(pause, 0.5) * 2, LONGEST_PAUSE)
