"""A process of one thread that sleeps until it is told to end, or a child of it ended."""

from __future__ import annotations

import select
import signal
import socket
from collections.abc import Callable
from contextlib import ExitStack, suppress
from types import FrameType, TracebackType
from typing import Any, Final

_ENDING: Final = (signal.SIGTERM, signal.SIGINT)


class Woken:
    """While it is entered, signals wake `wait`; afterwards they do what they did before.

    A forked process leaves it as its parent would have, and has nothing of it open then.
    """

    def __init__(self) -> None:
        self.told_to_end = False
        """Whether somebody told this process to end (SIGTERM, SIGINT)."""
        self._left = ExitStack()

    def __enter__(self) -> Woken:
        self._woken, waking = socket.socketpair()
        for end in (self._woken, waking):
            end.setblocking(False)
            self._left.callback(end.close)
        before = signal.set_wakeup_fd(waking.fileno(), warn_on_full_buffer=False)
        self._left.callback(signal.set_wakeup_fd, before)
        for number in _ENDING:
            self._handle(number, self._end)
        self._handle(signal.SIGCHLD, lambda *_: None)  # one that is ignored wakes nobody
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._left.close()

    def wait(self, seconds: float | None) -> None:
        """Sleep until a signal comes, for so many seconds at most; None: for ever."""
        if not self.told_to_end:
            select.select([self._woken], [], [], seconds)
        with suppress(BlockingIOError):
            while self._woken.recv(4096):
                pass

    def _handle(self, number: signal.Signals, act: Callable[[int, FrameType | None], Any]) -> None:
        self._left.callback(signal.signal, number, signal.signal(number, act))

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self.told_to_end = True
