"""Some tasks in a quarantine of their own: a process for each of their files costs what its zygote has loaded."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from esign.infra.quarantine.errors import QuarantineUnavailable
from esign.infra.quarantine.port import Answer, Quarantine, TaskRunner

if TYPE_CHECKING:
    from esign.infra.columns import JsonValue
    from esign.infra.quarantine.confinement import Confinement
    from esign.infra.quarantine.limits import TaskBounds


class QuarantineWithApart:
    """A quarantine beside which another one runs the tasks named `apart`, each in a process of its own.

    The other one is started when the first of these tasks comes: few processes ever have one. Safe for threads.
    """

    def __init__(self, usual: Quarantine, apart: frozenset[str], start_apart: Callable[[], Quarantine]) -> None:
        self._usual = usual
        self._apart = apart
        self._start_apart = start_apart
        self._owner = os.getpid()
        self._lock = threading.Lock()
        self._started: Quarantine | None = None
        self._closed = False

    @property
    def confinement(self) -> Confinement:
        """What the machine enforces on every task: both quarantines confine alike."""
        return self._usual.confinement

    def run(self, task: str, arguments: Mapping[str, JsonValue], attachments: Sequence[bytes] = ()) -> Answer:
        """As `Quarantine.run` says."""
        runner = self._other() if task in self._apart else self._usual
        return runner.run(task, arguments, attachments)

    def files_of(self, origin: str) -> TaskRunner:
        """As `Quarantine.files_of` says; the tasks apart are not known there: no file of theirs shares a process."""
        return self._usual.files_of(origin)

    def within(self, bounds: TaskBounds) -> TaskRunner:
        """As `Quarantine.within` says; the tasks apart are not known there."""
        return self._usual.within(bounds)

    def close(self) -> None:
        """End both; in a process that was forked from the owner, only let go of them."""
        self._usual.close()
        if os.getpid() != self._owner:  # after a fork without the lock: a thread that is not here may have held it
            self._close_started()
            return
        with self._lock:
            self._closed = True
            self._close_started()

    def _close_started(self) -> None:
        if self._started is not None:
            self._started.close()

    def _other(self) -> Quarantine:
        with self._lock:
            if self._closed:
                raise QuarantineUnavailable("quarantine-closed", "the quarantine was closed", "start another one")
            if self._started is None:
                self._started = self._start_apart()
            return self._started
