"""One at a time, in the order they came."""

from __future__ import annotations

import threading
from collections import deque
from types import TracebackType
from typing import Self

from esign.infra.errors import DatabaseError


class Turns:
    """A lock whose waiters are served first come, first served; none waits longer than `seconds`.

    Not for a thread that has the turn already: it would wait for itself.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._taken = False

    def __enter__(self) -> Self:
        ticket = threading.Lock()
        with self._guard:
            if not self._taken:
                self._taken = True
                return self
            ticket.acquire()
            self._waiting.append(ticket)
        called = False
        try:
            called = ticket.acquire(timeout=self._seconds)
        finally:
            if not called:
                self._give_up(ticket)
        if not called:
            raise DatabaseError(
                "database-busy", "the database was busy with other writers for too long", "try again in a moment"
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._guard:
            self._pass_on()

    def _give_up(self, ticket: threading.Lock) -> None:
        with self._guard:
            if ticket in self._waiting:
                self._waiting.remove(ticket)
            else:
                self._pass_on()  # called in the very moment of leaving

    def _pass_on(self) -> None:
        if self._waiting:
            self._waiting.popleft().release()
        else:
            self._taken = False
