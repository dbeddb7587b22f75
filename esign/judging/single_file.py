"""Judges one file in a process of its own that can be ended, and says of a file that broke it what it broke."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Final, Protocol

from ca.encoding import encoding_of
from ca.trust import TrustStore
from esign.infra.quarantine.confinement import Confinement
from esign.infra.quarantine.errors import QuarantineFailed, breaks_reader
from esign.infra.quarantine.port import Answer
from esign.infra.quarantine.single import SingleProcess
from esign.infra.quarantine.typed_forms import FormMismatch, form_of, value_of
from esign.judging.question import JudgingLimits, Question
from esign.judging.task import JUDGE, PLACE
from esign.verify import SecurityStore
from esign.verify.report import Conclusion, DocumentFacts, Finding, Report, Severity
from esign.verify.trust.algorithm_constraints import AlgorithmConstraints

if TYPE_CHECKING:
    from collections.abc import Mapping

    from esign.infra.columns import JsonValue

_PIECE: Final = 1 << 20
_NOTHING_MORE: Final = SecurityStore()
_LIMIT_REACHED: Final = "file-too-heavy"


class FileRunner(Protocol):
    """Runs a task on one opened file, as `ProcessQuarantine.run_on_file` and `SingleProcess.run_on_file` do."""

    def __call__(
        self, task: str, arguments: Mapping[str, JsonValue], attachments: Sequence[bytes] = (), /
    ) -> Answer: ...


class SingleJudge:
    """The process that judges one opened file; it loads what it needs while its caller goes on."""

    def __init__(self, process: SingleProcess, file: int, limits: JudgingLimits) -> None:
        self._process = process
        self._file = file
        self._limits = limits

    @property
    def confinement(self) -> Confinement:
        """What the machine enforces on it. Raises `QuarantineUnavailable`."""
        return self._process.confinement

    def judge(self, question: Question) -> Report:
        """Judge the file. Raises `QuarantineUnavailable` where the machine does not let a process be started."""
        return judged(self._process.run_on_file, self._file, question, self._limits)

    def verify(
        self,
        *,
        name: str,
        trust: TrustStore,
        at: datetime,
        password: str | None = None,
        supplement: SecurityStore = _NOTHING_MORE,
        pictures: bool = False,
        constraints: AlgorithmConstraints | None = None,
        tell_missing: bool = False,
    ) -> Report:
        """As `esign.verify.verify`, of the file that this was started for; raises what `judge` does."""
        question = Question(
            name,
            trust,
            at,
            password,
            pictures,
            constraints,
            tell_missing,
            tuple(map(encoding_of, supplement.certificates)),
            supplement.ocsp_responses,
            supplement.crls,
        )
        return self.judge(question)


@contextmanager
def single_judge(file: int, limits: JudgingLimits) -> Iterator[SingleJudge]:
    """Start the process for the file behind the descriptor, and end it with the context."""
    with SingleProcess(file, PLACE, limits.of_processes()) as process:
        yield SingleJudge(process, file, limits)


def judged(run: FileRunner, file: int, question: Question, limits: JudgingLimits) -> Report:
    """Ask for the report, and make one where the file broke a limit or its reader (`limit-reached`, `reader-ended`)."""
    attachments: list[bytes] = []
    arguments = {"question": form_of(question, attachments)}
    try:
        answer = run(JUDGE, arguments, attachments)
        try:
            report = value_of(Report, answer.value, answer.attachments)
        except FormMismatch as error:
            raise breaks_reader("its answer has no form") from error
    except QuarantineFailed as failure:
        return _without_verdict(failure, file, question, limits)
    return report


def _without_verdict(failure: QuarantineFailed, file: int, question: Question, limits: JudgingLimits) -> Report:
    code = "limit-reached" if failure.code == _LIMIT_REACHED else "reader-ended"
    finding = Finding(code, Severity.ERROR, f"The file cannot be judged: {failure.cause}.")
    facts = DocumentFacts(question.name, digest_within(file, limits.seconds), os.fstat(file).st_size, 0, 0)
    return Report(facts, Conclusion.FAILED, findings=(finding,), readable=False, validation_time=question.at)


def digest_within(file: int, seconds: float) -> str:
    """Return the SHA-256 of the file, lower-case hex; empty where it cannot be read in so many seconds."""
    state = hashlib.sha256()
    end, position = time.monotonic() + seconds, 0
    try:
        while piece := os.pread(file, _PIECE, position):
            state.update(piece)
            position += len(piece)
            if time.monotonic() > end:
                return ""
    except OSError:
        return ""
    return state.hexdigest()
