"""Checks bundles in processes that can be ended, one for each, and says of a file that broke one what it broke."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from esign.bundle.checking.check import BundleQuestion
from esign.bundle.checking.set_listing import SetBundle
from esign.bundle.checking.set_member import CheckedMember
from esign.bundle.checking.verdict import BundleFinding, BundleVerdict, Step
from esign.infra.quarantine.confinement import Confinement
from esign.infra.quarantine.errors import QuarantineFailed, breaks_reader
from esign.infra.quarantine.single import SingleProcess
from esign.infra.quarantine.typed_forms import FormMismatch, form_of, value_of
from esign.judging.bundle_task import CHECK, CHECK_MEMBER, PLACE, READ, ReadFile
from esign.judging.many_files import reader_of_many, require_bounds
from esign.judging.question import JudgingLimits
from esign.judging.single_file import FileRunner, digest_within
from esign.verify.report import Severity

if TYPE_CHECKING:
    from esign.infra.columns import JsonValue

_LIMIT_REACHED: Final = "file-too-heavy"
_T = TypeVar("_T")


class Confined(Protocol):
    """Knows what the machine enforces on its processes."""

    @property
    def confinement(self) -> Confinement: ...


class BundleJudge:
    """Checks one opened file, each time in a process or in its turn in one that `place` stands for."""

    def __init__(self, place: Confined, run: FileRunner, file: int, limits: JudgingLimits) -> None:
        self._place = place
        self._run = run
        self._file = file
        self._limits = limits

    @property
    def confinement(self) -> Confinement:
        """What the machine enforces on it. Raises `QuarantineUnavailable`."""
        return self._place.confinement

    def read(self, question: BundleQuestion) -> ReadFile:
        """Check the file if it is a bundle, else tell what is in the set.

        Raises `QuarantineUnavailable` where no process can be started, and `NoteRefused`.
        """
        try:
            read = self._asked(ReadFile, READ, question, {})
            if (read.bundle is None) is (read.listing is None):
                raise breaks_reader("its answer has no form")
        except QuarantineFailed as failure:
            return ReadFile(self._without_verdict(failure, question))
        return read

    def check(self, question: BundleQuestion) -> BundleVerdict:
        """Check the bundle. Raises as `read` does."""
        try:
            return self._asked(BundleVerdict, CHECK, question, {})
        except QuarantineFailed as failure:
            return self._without_verdict(failure, question)

    def check_member(self, bundle: SetBundle, question: BundleQuestion) -> CheckedMember:
        """Check a bundle of the set that the file is, where it lies. Raises as `read` does."""
        try:
            return self._asked(CheckedMember, CHECK_MEMBER, question, {"bundle": form_of(bundle, [])})
        except QuarantineFailed as failure:
            member = bundle.member
            finding = _finding_of(failure)
            return CheckedMember(BundleVerdict(member.name, "", member.size, question.at, (finding,), readable=False))

    def _asked(self, kind: type[_T], task: str, question: BundleQuestion, more: Mapping[str, JsonValue]) -> _T:
        attachments: list[bytes] = []
        answer = self._run(task, {"question": form_of(question, attachments), **more}, attachments)
        try:
            return value_of(kind, answer.value, answer.attachments)
        except FormMismatch as error:
            raise breaks_reader("its answer has no form") from error

    def _without_verdict(self, failure: QuarantineFailed, question: BundleQuestion) -> BundleVerdict:
        digest = digest_within(self._file, self._limits.seconds)
        size = os.fstat(self._file).st_size
        return BundleVerdict(question.name, digest, size, question.at, (_finding_of(failure),), readable=False)


def _finding_of(failure: QuarantineFailed) -> BundleFinding:
    code = "limit-reached" if failure.code == _LIMIT_REACHED else "reader-ended"
    return BundleFinding(code, Step.CONTAINER, Severity.ERROR, "", {"reason": failure.cause})


@contextmanager
def single_bundle_judge(file: int, limits: JudgingLimits) -> Iterator[BundleJudge]:
    """Start a process for the file behind the descriptor, and end it with the context; it answers once."""
    with SingleProcess(file, PLACE, limits.of_processes()) as process:
        yield BundleJudge(process, process.run_on_file, file, limits)


@contextmanager
def many_bundles_judge(limits: JudgingLimits) -> Iterator[Callable[[int], BundleJudge]]:
    """Start what reads many bundles, one at a time and each in a fresh process; give what makes a file's judge.

    Raises `QuarantineUnavailable`, and `EsignError` where the machine limits neither memory nor time.
    """
    with reader_of_many(limits, 1, PLACE) as reader:
        require_bounds(reader.confinement)
        yield lambda file: BundleJudge(reader, partial(reader.run_on_file, file), file, limits)
