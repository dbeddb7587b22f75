"""The quarantine in processes of its own: the port as production has it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from esign.errors import EsignError
from esign.infra.errors import DatabaseError
from esign.infra.quarantine.child import CONFINEMENT_TASK
from esign.infra.quarantine.confinement import Confinement
from esign.infra.quarantine.errors import (
    QuarantineFailed,
    QuarantineUnavailable,
    breaks_reader,
    too_heavy,
)
from esign.infra.quarantine.frames import FrameMalformed, FrameTooLarge, read_frame
from esign.infra.quarantine.kept import KeptProcess, KeptProcesses
from esign.infra.quarantine.launcher import ChildHandle, Deadline, ZygoteHandle, ZygoteLost
from esign.infra.quarantine.limits import QuarantineLimits, TaskBounds
from esign.infra.quarantine.port import Answer, TaskRunner
from esign.infra.quarantine.told import Question, Told, death_of, question_of, told_by
from esign.infra.turns import Turns

if TYPE_CHECKING:
    from esign.infra.columns import JsonValue

_Ask: TypeAlias = "Callable[[ZygoteHandle, Question], Told]"

_ATTEMPTS: Final = 2


def start_quarantine(
    tasks: str, limits: QuarantineLimits | None = None, *, setup: Mapping[str, JsonValue] | None = None
) -> ProcessQuarantine:
    """Start the zygote and return when it is ready. Close what is returned.

    `tasks` is where the `TaskTable` is, `module:NAME`: a fresh interpreter imports it. `setup` is handed to the
    table's `warm`; it may hold nothing secret. Raises `QuarantineUnavailable`.
    """
    return ProcessQuarantine(tasks, limits or QuarantineLimits(), setup or {})


class ProcessQuarantine:
    """A zygote and the children of it that read files. For the process that made it; its threads may share it."""

    def __init__(self, tasks: str, limits: QuarantineLimits, setup: Mapping[str, JsonValue]) -> None:
        self._limits = limits
        self._owner = os.getpid()
        self._start: Callable[[], ZygoteHandle] = lambda: ZygoteHandle(tasks, limits, setup)
        self._lock = threading.Lock()
        self._turns = Turns(limits.waiting_seconds)
        self._places = threading.Semaphore(limits.at_once)
        self._kept = KeptProcesses(limits)
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
        return self._run(task, arguments, attachments, self._ask_once)

    def run_on_file(
        self, file: int, task: str, arguments: Mapping[str, JsonValue], attachments: Sequence[bytes] = ()
    ) -> Answer:
        """As `run`, with a `FileTask` on the regular file behind the descriptor `file`, which is not copied."""
        return self._run(task, arguments, attachments, partial(self._ask_once, file=file))

    def files_of(self, origin: str) -> TaskRunner:
        """As `Quarantine.files_of` says."""
        return _FilesOf(self, origin)

    def within(self, bounds: TaskBounds) -> TaskRunner:
        """As `Quarantine.within` says."""
        return _Within(self, self._limits.within(bounds))

    def _run(self, task: str, arguments: Mapping[str, JsonValue], attachments: Sequence[bytes], ask: _Ask) -> Answer:
        if os.getpid() != self._owner:
            raise QuarantineUnavailable(
                "quarantine-elsewhere",
                "the quarantine belongs to the process that this one was forked from",
                "start one in each process, after the fork",
            )
        question = question_of(task, arguments, attachments, self._limits)
        with self._place():
            for _attempt in range(_ATTEMPTS):
                zygote = self._running()
                try:
                    told = ask(zygote, question)
                except ZygoteLost:
                    self._replace(zygote)
                    continue
                if isinstance(told, EsignError):
                    raise told
                return told
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
        self._kept.close()

    def _ask_once(self, zygote: ZygoteHandle, question: Question, *, file: int | None = None) -> Told:
        return self._ask_within(self._limits.usual, zygote, question, file=file)

    def _ask_within(
        self, bounds: TaskBounds, zygote: ZygoteHandle, question: Question, *, file: int | None = None
    ) -> Told:
        child = zygote.begin_child(bounds, file)
        try:
            return self._exchange(child, question, bounds.wall_seconds)
        finally:
            child.end()

    def _ask_for(self, origin: str, zygote: ZygoteHandle, question: Question) -> Told:
        """Ask a process that waits for this origin's files, and where there is none or it fails, a new one."""
        kept = self._kept.take(zygote, origin)
        if kept is not None:
            if kept.moved_bytes + _size(question.pieces) > self._limits.kept_bytes:
                kept.child.end()
            else:
                with suppress(QuarantineFailed):  # what it read before may be the cause
                    return self._ask_kept(kept, question)
        return self._ask_kept(KeptProcess(zygote, origin, zygote.begin_child(self._limits.usual)), question)

    def _ask_kept(self, kept: KeptProcess, question: Question) -> Told:
        """Ask this process, and let it wait for the next file if it answered."""
        begun = time.monotonic()
        try:
            told = self._exchange(kept.child, question, self._limits.wall_seconds)
        except BaseException:
            kept.child.end()
            raise
        kept.files += 1
        kept.moved_bytes += _size(question.pieces)
        if isinstance(told, Answer):
            kept.moved_bytes += _size(told.attachments)
        kept.busy_seconds += time.monotonic() - begun
        self._kept.put(kept)
        return told

    def _exchange(self, child: ChildHandle, question: Question, seconds: float) -> Told:
        deadline = Deadline(seconds)
        try:
            child.send(question.pieces, deadline)
            return told_by(read_frame(lambda count: child.exactly(count, deadline), self._limits), question.mark)
        except TimeoutError as error:
            raise too_heavy("time") from error
        except FrameTooLarge as error:
            raise too_heavy("bytes") from error
        except FrameMalformed as error:
            raise breaks_reader("its answer has no form") from error
        except EOFError as error:
            raise death_of(child.exit_code()) from error

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


class _FilesOf:
    """Runs tasks in processes that read the files of one origin."""

    def __init__(self, quarantine: ProcessQuarantine, origin: str) -> None:
        self._quarantine = quarantine
        self._ask: _Ask = partial(quarantine._ask_for, origin)

    def run(self, task: str, arguments: Mapping[str, JsonValue], attachments: Sequence[bytes] = ()) -> Answer:
        return self._quarantine._run(task, arguments, attachments, self._ask)


class _Within:
    """Runs each task in a process of its own, within bounds."""

    def __init__(self, quarantine: ProcessQuarantine, bounds: TaskBounds) -> None:
        self._quarantine = quarantine
        self._ask: _Ask = partial(quarantine._ask_within, bounds)

    def run(self, task: str, arguments: Mapping[str, JsonValue], attachments: Sequence[bytes] = ()) -> Answer:
        return self._quarantine._run(task, arguments, attachments, self._ask)


def _size(pieces: Iterable[bytes]) -> int:
    return sum(map(len, pieces))


def _busy() -> QuarantineUnavailable:
    return QuarantineUnavailable(
        "quarantine-busy", "other files are being read and none was done in time", "try again in a moment"
    )
