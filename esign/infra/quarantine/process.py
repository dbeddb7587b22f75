"""The quarantine in processes of its own: the port as production has it."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from esign.infra.errors import DatabaseError
from esign.infra.quarantine.child import ANSWER_TOO_LARGE, CONFINEMENT_TASK, OUT_OF_MEMORY
from esign.infra.quarantine.confinement import Confinement
from esign.infra.quarantine.errors import (
    QuarantineFailed,
    QuarantineUnavailable,
    breaks_reader,
    error_of,
    too_heavy,
)
from esign.infra.quarantine.frames import Frame, FrameMalformed, FrameTooLarge, frame_head, read_frame
from esign.infra.quarantine.launcher import ChildHandle, Deadline, ZygoteHandle, ZygoteLost
from esign.infra.quarantine.limits import QuarantineLimits
from esign.infra.quarantine.port import Answer, TaskRunner
from esign.infra.turns import Turns

if TYPE_CHECKING:
    from esign.infra.columns import JsonValue

_Exchange: TypeAlias = Callable[[ZygoteHandle, Sequence[bytes]], Frame]

_ATTEMPTS: Final = 2
_NAME_AT_MOST: Final = 60


def start_quarantine(
    tasks: str, limits: QuarantineLimits | None = None, *, setup: Mapping[str, JsonValue] | None = None
) -> ProcessQuarantine:
    """Start the zygote and return when it is ready. Close what is returned.

    `tasks` is where the `TaskTable` is, `module:NAME`: a fresh interpreter imports it. `setup` is handed to the
    table's `warm`; it may hold nothing secret. Raises `QuarantineUnavailable`.
    """
    return ProcessQuarantine(tasks, limits or QuarantineLimits(), setup or {})


class ProcessQuarantine:
    """A zygote and, for each task or file, a child of it. For the process that made it; its threads may share it."""

    def __init__(self, tasks: str, limits: QuarantineLimits, setup: Mapping[str, JsonValue]) -> None:
        self._limits = limits
        self._owner = os.getpid()
        self._start: Callable[[], ZygoteHandle] = lambda: ZygoteHandle(tasks, limits, setup)
        self._lock = threading.Lock()
        self._turns = Turns(limits.waiting_seconds)
        self._places = threading.Semaphore(limits.at_once)
        self._closed = False
        self._zygote: ZygoteHandle | None = self._start()
        try:
            enforced = self.run(CONFINEMENT_TASK, {}).value
            self._confinement = Confinement(**cast("Mapping[str, bool]", enforced))
        except BaseException:
            self.close()
            raise

    @property
    def confinement(self) -> Confinement:
        return self._confinement

    @property
    def zygote_pid(self) -> int | None:
        """The process id of the zygote, for whoever watches the machine; None where it is to be started anew."""
        with self._lock:
            return None if self._zygote is None else self._zygote.pid

    def run(self, task: str, arguments: Mapping[str, JsonValue], attachments: Sequence[bytes] = ()) -> Answer:
        """As `Quarantine.run` says. A zygote that was lost is started anew once: tasks change nothing."""
        return self._run(task, arguments, attachments, self._exchange_alone)

    @contextmanager
    def one_file(self) -> Iterator[TaskRunner]:
        """As `Quarantine.one_file` says. A process that ended is begun anew for the next task."""
        with closing(_SharedChild(self)) as shared:
            yield shared

    def _run(
        self, task: str, arguments: Mapping[str, JsonValue], attachments: Sequence[bytes], exchange: _Exchange
    ) -> Answer:
        if os.getpid() != self._owner:
            raise QuarantineUnavailable(
                "quarantine-elsewhere",
                "the quarantine belongs to the process that this one was forked from",
                "start one in each process, after the fork",
            )
        try:
            head = frame_head({"task": task, "arguments": dict(arguments)}, attachments, self._limits)
        except FrameTooLarge as error:
            raise too_heavy("bytes") from error
        with self._place():
            for _attempt in range(_ATTEMPTS):
                zygote = self._running()
                try:
                    return _answer(exchange(zygote, [head, *attachments]))
                except ZygoteLost:
                    self._replace(zygote)
        raise QuarantineUnavailable(
            "quarantine-lost",
            "the process that reads hostile files was lost twice while it worked",
            "see whether the machine runs out of memory, then try again",
        )

    def close(self) -> None:
        """End it; in a process that was forked from the owner, only let go of it."""
        if os.getpid() != self._owner:  # without the lock: a thread that is not here may have held it at the fork
            if self._zygote is not None:
                self._zygote.let_go()
            return
        with self._lock:
            self._closed = True
            zygote, self._zygote = self._zygote, None
            if zygote is not None:
                zygote.close()

    def _exchange_alone(self, zygote: ZygoteHandle, pieces: Sequence[bytes]) -> Frame:
        with zygote.child() as child:
            return self._exchange(child, pieces)

    def _exchange(self, child: ChildHandle, pieces: Sequence[bytes]) -> Frame:
        deadline = Deadline(self._limits.wall_seconds)
        try:
            child.send(pieces, deadline)
            return read_frame(lambda count: child.exactly(count, deadline), self._limits)
        except TimeoutError as error:
            raise too_heavy("time") from error
        except FrameTooLarge as error:
            raise too_heavy("bytes") from error
        except FrameMalformed as error:
            raise breaks_reader("its answer has no form") from error
        except EOFError as error:
            raise _death(child.exit_code()) from error

    @contextmanager
    def _place(self) -> Iterator[None]:
        """Wait for a place in the order of coming, and hold it."""
        try:
            with self._turns:
                free = self._places.acquire(timeout=self._limits.waiting_seconds)
        except DatabaseError as error:
            raise _busy() from error
        if not free:
            raise _busy()
        try:
            yield
        finally:
            self._places.release()

    def _running(self) -> ZygoteHandle:
        with self._lock:
            if self._closed:
                raise QuarantineUnavailable("quarantine-closed", "the quarantine was closed", "start another one")
            if self._zygote is None:
                self._zygote = self._start()
            return self._zygote

    def _replace(self, lost: ZygoteHandle) -> None:
        with self._lock:
            if self._zygote is lost:
                self._zygote = None
                lost.close()


class _SharedChild:
    """Runs tasks in one child, which is begun with the first of them."""

    def __init__(self, quarantine: ProcessQuarantine) -> None:
        self._quarantine = quarantine
        self._held = ExitStack()
        self._child: ChildHandle | None = None

    def run(self, task: str, arguments: Mapping[str, JsonValue], attachments: Sequence[bytes] = ()) -> Answer:
        return self._quarantine._run(task, arguments, attachments, self._exchange)

    def close(self) -> None:
        self._child = None
        self._held.close()

    def _exchange(self, zygote: ZygoteHandle, pieces: Sequence[bytes]) -> Frame:
        try:
            if self._child is None:
                self._child = self._held.enter_context(zygote.child())
            return self._quarantine._exchange(self._child, pieces)
        except BaseException:
            self.close()
            raise


def _answer(frame: Frame) -> Answer:
    """Return the answer, or raise the error, that a frame out of a child holds. Nothing in it is believed unseen."""
    match frame.form:
        case {"value": value, **others} if not others:
            return Answer(cast("JsonValue", value), frame.attachments)
        case {"error": dict() as form, **others} if not others and not frame.attachments:
            try:
                error = error_of(form)
            except ValueError as nonsense:
                raise breaks_reader("its answer has no form") from nonsense
            raise error
        case {"ended": str() as name, **others} if not others and name.isidentifier() and len(name) <= _NAME_AT_MOST:
            raise breaks_reader(name)
        case _:
            raise breaks_reader("its answer has no form")


def _death(code: int | None) -> QuarantineFailed:
    """Return the error for a child that ended so, or had to be ended (None), without an answer."""
    if code == OUT_OF_MEMORY:
        return too_heavy("memory")
    if code == ANSWER_TOO_LARGE:
        return too_heavy("bytes")
    if code == -signal.SIGXCPU:
        return too_heavy("computing time")
    if code == -signal.SIGKILL:
        return too_heavy("memory or computing time")
    if code is not None and code < 0:
        return breaks_reader(signal.strsignal(-code) or "a signal")
    return breaks_reader("its reader ended without an answer")


def _busy() -> QuarantineUnavailable:
    return QuarantineUnavailable(
        "quarantine-busy", "other files are being read and none was done in time", "try again in a moment"
    )
