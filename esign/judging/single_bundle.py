"""Checks one bundle in a process of its own that can be ended, and says of a file that broke it what it broke."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from esign.bundle.checking.check import BundleQuestion
from esign.bundle.checking.verdict import BundleFinding, BundleVerdict, Step
from esign.infra.quarantine.confinement import Confinement
from esign.infra.quarantine.errors import QuarantineFailed, breaks_reader
from esign.infra.quarantine.single import SingleProcess
from esign.infra.quarantine.typed_forms import FormMismatch, form_of, value_of
from esign.judging.bundle_task import CHECK, PLACE
from esign.judging.question import JudgingLimits
from esign.judging.single_file import digest_within
from esign.verify.report import Severity

_LIMIT_REACHED: Final = "file-too-heavy"


class BundleJudge:
    """The process that checks one opened bundle; it loads what it needs while its caller goes on."""

    def __init__(self, process: SingleProcess, file: int, limits: JudgingLimits) -> None:
        self._process = process
        self._file = file
        self._limits = limits

    @property
    def confinement(self) -> Confinement:
        """What the machine enforces on it. Raises `QuarantineUnavailable`."""
        return self._process.confinement

    def check(self, question: BundleQuestion) -> BundleVerdict:
        """Check the bundle. Raises `QuarantineUnavailable` where no process can be started, and `NoteRefused`."""
        attachments: list[bytes] = []
        arguments = {"question": form_of(question, attachments)}
        try:
            answer = self._process.run_on_file(CHECK, arguments, attachments)
            try:
                verdict = value_of(BundleVerdict, answer.value, answer.attachments)
            except FormMismatch as error:
                raise breaks_reader("its answer has no form") from error
        except QuarantineFailed as failure:
            return self._without_verdict(failure, question)
        return verdict

    def _without_verdict(self, failure: QuarantineFailed, question: BundleQuestion) -> BundleVerdict:
        code = "limit-reached" if failure.code == _LIMIT_REACHED else "reader-ended"
        finding = BundleFinding(code, Step.CONTAINER, Severity.ERROR, "", {"reason": failure.cause})
        digest = digest_within(self._file, self._limits.seconds)
        size = os.fstat(self._file).st_size
        return BundleVerdict(question.name, digest, size, question.at, (finding,), readable=False)


@contextmanager
def single_bundle_judge(file: int, limits: JudgingLimits) -> Iterator[BundleJudge]:
    """Start the process for the bundle behind the descriptor, and end it with the context."""
    with SingleProcess(file, PLACE, limits.of_processes()) as process:
        yield BundleJudge(process, file, limits)
