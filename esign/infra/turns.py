"""One at a time, in the order they came: among the threads of a process, and among processes of a machine."""

from __future__ import annotations

import fcntl
import os
import threading
import time
import weakref
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from esign.infra.errors import DatabaseError

_LOOK_AGAIN_SECONDS: Final = 0.001


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
            raise _busy()
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


class NamedTurns:
    """One at a time by name among the threads of a process, for work that is in vain where somebody else does it now.

    A courtesy, never a guarantee: who has waited for `seconds` goes ahead beside the other.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._guard = threading.Lock()
        self._known: dict[str, tuple[threading.Lock, int]] = {}

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Wait until nobody else has the name, and have it."""
        with self._guard:
            lock, users = self._known.get(name, (threading.Lock(), 0))
            self._known[name] = (lock, users + 1)
        mine = lock.acquire(timeout=self._seconds)
        try:
            yield
        finally:
            if mine:
                lock.release()
            with self._guard:
                users = self._known[name][1] - 1
                if users:
                    self._known[name] = (lock, users)
                else:
                    del self._known[name]


class SharedTurns:
    """`Turns` whose waiters may be in several processes of this machine, which have nothing but a file in common.

    Two locks (flock(2)) beside the file: who holds `-turn` has the turn, and who wants it has to hold `-gate`. So a
    process that gives the turn back cannot take it again past another that waits at the gate. The kernel frees both
    when their holder falls.
    """

    def __init__(self, path: Path, seconds: float) -> None:
        """Raises `OSError` if the files cannot be made."""
        self._seconds = seconds
        self._own = Turns(seconds)
        self._gate, self._turn = (_open(self, path.with_name(f"{path.name}-{name}")) for name in ("gate", "turn"))

    def __enter__(self) -> Self:
        until = time.monotonic() + self._seconds
        self._own.__enter__()
        try:
            _lock(self._gate, until)
            try:
                _lock(self._turn, until)
            finally:
                fcntl.flock(self._gate, fcntl.LOCK_UN)
        except BaseException:
            self._own.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            fcntl.flock(self._turn, fcntl.LOCK_UN)
        finally:
            self._own.__exit__(kind, error, trace)


def _open(owner: SharedTurns, path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    weakref.finalize(owner, os.close, descriptor)
    return descriptor


def _lock(descriptor: int, until: float) -> None:
    """Take the lock. A lock that is waited for in the kernel could not be given up, so it is asked for again."""
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise _busy() from None
            time.sleep(_LOOK_AGAIN_SECONDS)


def _busy() -> DatabaseError:
    return DatabaseError(
        "database-busy", "the database was busy with other writers for too long", "try again in a moment"
    )
