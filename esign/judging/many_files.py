"""Judges every document of a folder: several at once, each in a process of its own; no file stops the run."""

from __future__ import annotations

import hashlib
import os
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from esign.errors import EsignError
from esign.infra.quarantine.confinement import Confinement
from esign.infra.quarantine.errors import QuarantineUnavailable
from esign.infra.quarantine.port import Answer
from esign.infra.quarantine.process import start_quarantine
from esign.infra.quarantine.single import SingleProcess
from esign.judging.opening import opened_file, shown_path
from esign.judging.question import JudgingLimits, Question
from esign.judging.rows import Row, row_of, row_of_refusal
from esign.judging.single_file import judged
from esign.judging.task import PLACE
from esign.verify.acceptance.verdict import Acceptance

if TYPE_CHECKING:
    from esign.infra.columns import JsonValue

_PIECE: Final = 1 << 20
_AHEAD: Final = 4
"""Rows for each worker that wait to be written: a slow disk slows the reading down."""


class Reader(Protocol):
    """Runs a task on an opened file: `ProcessQuarantine`, or what stands for it. Safe for threads."""

    @property
    def confinement(self) -> Confinement: ...

    def run_on_file(
        self, file: int, task: str, arguments: Mapping[str, JsonValue], attachments: Sequence[bytes] = ()
    ) -> Answer: ...


@dataclass(frozen=True)
class Order:
    """What a run is about: the folder, what is asked of each file (its name is put in), the limits, how many at once.

    `question_digest` tells answers to other questions apart; `accept` judges acceptance of a report, if asked.
    """

    folder: Path
    question: Question
    question_digest: str
    limits: JudgingLimits
    jobs: int
    clock: Callable[[], datetime]
    accept: Callable[[Mapping[str, Any]], Acceptance] | None = None


@dataclass
class Summary:
    """What a run found, earlier rows that still hold among them."""

    judged: int = 0
    taken_over: int = 0
    unreadable: int = 0
    conclusions: Counter[str] = field(default_factory=Counter)
    acceptance: Counter[str] = field(default_factory=Counter)

    def count(self, row: Row, *, taken_over: bool) -> None:
        self.taken_over += taken_over
        self.judged += not taken_over
        self.unreadable += not row.readable
        self.conclusions[row.conclusion or "NOT-JUDGED"] += 1
        if row.acceptance:
            self.acceptance[row.acceptance] += 1

    @property
    def files(self) -> int:
        return self.judged + self.taken_over

    @property
    def exit_status(self) -> int:
        """1 if a file failed, could not be judged, or is not accepted; else 2 if one is undecided, 3 if one is without
        signature, 0 if every file passed."""
        if self.conclusions["TOTAL-FAILED"] or self.conclusions["NOT-JUDGED"] or self.acceptance["NOT-ACCEPTED"]:
            return 1
        if self.conclusions["INDETERMINATE"] or self.acceptance["UNDECIDED"]:
            return 2
        return 3 if self.conclusions["NO-SIGNATURE"] else 0


@contextmanager
def reader_of_many(limits: JudgingLimits, jobs: int, place: str = PLACE) -> Iterator[Reader]:
    """Start what reads the files, so many at once: children of one zygote, or a process for each file where the machine
    lets none be had. `place` is where their tasks are, as `start_quarantine` has it. Raises `QuarantineUnavailable`."""
    try:
        quarantine = start_quarantine(place, limits.of_processes(jobs))
    except QuarantineUnavailable:
        yield ProcessEach(limits, place)
        return
    try:
        yield quarantine
    finally:
        quarantine.close()


class ProcessEach:
    """Starts a process of its own for each file: slower, and without the means that a zygote needs of a machine."""

    def __init__(self, limits: JudgingLimits, place: str = PLACE) -> None:
        """Raises `QuarantineUnavailable` where no process can be started."""
        self._place = place
        self._limits = limits.of_processes()
        with opened_file(Path(__file__)) as file, SingleProcess(file, place, self._limits) as process:
            self._confinement = process.confinement

    @property
    def confinement(self) -> Confinement:
        return self._confinement

    def run_on_file(
        self, file: int, task: str, arguments: Mapping[str, JsonValue], attachments: Sequence[bytes] = ()
    ) -> Answer:
        """As `ProcessQuarantine.run_on_file`."""
        with SingleProcess(file, self._place, self._limits) as process:
            return process.run_on_file(task, arguments, attachments)


def require_bounds(confinement: Confinement) -> Confinement:
    """Return the confinement. Raises `EsignError` where not even memory and time are limited."""
    if not confinement.is_bounded:
        raise EsignError(
            "quarantine-without-limits",
            "this machine sets no limits on memory and time of a process",
            "run it where resource limits can be set",
        )
    return confinement


def still_holds(row: Row | None, path: Path, question_digest: str) -> bool:
    """Whether an earlier row is of this very file (size and digest), and answers the same question for good."""
    if row is None or not row.is_final or row.question != question_digest:
        return False
    try:
        with opened_file(path) as file:
            return os.fstat(file).st_size == row.bytes and _digest(file) == row.sha256
    except (EsignError, OSError):
        return False


def judge_all(order: Order, reader: Reader, paths: Iterable[Path]) -> Iterator[Row]:
    """Judge the documents (relative to the folder), and yield a row for each as it is done, in no certain order.

    What a worker did not expect is raised here: a run that went on without it would wait for it for ever.
    """
    waiting = iter(paths)
    lock, stopped = threading.Lock(), threading.Event()
    done: queue.Queue[Row | Exception | None] = queue.Queue(_AHEAD * order.jobs)

    def work() -> None:
        try:
            while not stopped.is_set():
                with lock:
                    path = next(waiting, None)
                if path is None:
                    break
                row = judge_one(order, reader, path)
                if not stopped.is_set():
                    _put(done, row, stopped)
        except Exception as error:  # noqa: BLE001  # raised by whoever takes the rows
            _put(done, error, stopped)
        else:
            _put(done, None, stopped)

    workers = [threading.Thread(target=work, daemon=True) for _ in range(order.jobs)]
    for worker in workers:
        worker.start()
    working = len(workers)
    try:
        while working:
            row = done.get()
            if isinstance(row, Exception):
                raise row
            if row is None:
                working -= 1
            else:
                yield row
    finally:
        stopped.set()


def judge_one(order: Order, reader: Reader, path: Path) -> Row:
    """Judge one document, whatever it is. Never raises for a file's sake."""
    name, begun = shown_path(path), time.monotonic()
    moment = order.clock()
    told = partial(_told, order, name, begun, moment)
    try:
        with opened_file(order.folder / path) as file:
            question = replace(order.question, name=shown_path(Path(path.name)))
            report = judged(partial(reader.run_on_file, file), file, question, order.limits)
        if order.accept is not None:
            report = replace(report, acceptance=order.accept(report.as_json()))
    except EsignError as error:
        return told(row_of_refusal, error.code)
    except OSError:
        return told(row_of_refusal, "document-unreadable")
    return told(row_of, report)


def _told(order: Order, name: str, begun: float, moment: datetime, form: Callable[..., Row], found: object) -> Row:
    seconds = time.monotonic() - begun
    return form(name, found, seconds=seconds, judged_at=moment, question=order.question_digest)


def _put(done: queue.Queue[Row | Exception | None], row: Row | Exception | None, stopped: threading.Event) -> None:
    while not stopped.is_set():
        try:
            done.put(row, timeout=0.2)
        except queue.Full:
            continue
        return


def _digest(file: int) -> str:
    state = hashlib.sha256()
    position = 0
    while piece := os.pread(file, _PIECE, position):
        state.update(piece)
        position += len(piece)
    return state.hexdigest()
