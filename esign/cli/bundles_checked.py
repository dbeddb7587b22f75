"""Checks the files that `esign bundle check` was given: one bundle, a set, or several of both, one bundle at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from esign.bundle.checking.check import BundleQuestion
from esign.bundle.checking.set_listing import SetListing
from esign.bundle.checking.set_member import CheckedMember
from esign.bundle.checking.set_verdict import SetVerdict
from esign.bundle.checking.verdict import BundleVerdict
from esign.cli.bundle_telling import Telling
from esign.cli.terminal_progress import TerminalProgress
from esign.cli.verification_limits import tell_confinement
from esign.judging.opening import opened_file, shown_path
from esign.judging.question import JudgingLimits
from esign.judging.single_bundle import BundleJudge, many_bundles_judge, single_bundle_judge
from esign.verify.report import Conclusion

_WORST_FIRST: Final = (4, 1, 2, 0)


def check_one(file: Path, question: BundleQuestion, limits: JudgingLimits, telling: Telling) -> int:
    """Check the only file, tell the verdict and return the exit status. Raises `EsignError` if it cannot be opened."""
    named = _named(question, file)
    with opened_file(file) as opened:
        with single_bundle_judge(opened, limits) as judge:
            tell_confinement(judge.confinement)
            read = judge.read(named)
        if read.listing is None:
            return _told_bundle(read.bundle, telling).exit_status
        with many_bundles_judge(limits) as judge_of:
            return _told_set(judge_of(opened), read.listing, named, telling).exit_status


def check_several(files: Sequence[Path], question: BundleQuestion, limits: JudgingLimits, telling: Telling) -> int:
    """Check the files in their order, tell each verdict and a sum, and return the worst exit status.

    Raises `EsignError` before anything is told if one of them cannot be opened.
    """
    for file in files:
        with opened_file(file):
            pass
    conclusions: list[Conclusion] = []
    statuses: set[int] = set()
    with many_bundles_judge(limits) as judge_of:
        telling.begin()
        for number, file in enumerate(files):
            named = _named(question, file)
            with opened_file(file) as opened:
                judge = judge_of(opened)
                if not number:
                    tell_confinement(judge.confinement)
                read = judge.read(named)
                verdict: BundleVerdict | SetVerdict
                if read.listing is None:
                    verdict = _told_bundle(read.bundle, telling)
                else:
                    verdict = _told_set(judge, read.listing, named, telling)
            conclusions.append(verdict.conclusion)
            statuses.add(verdict.exit_status)
    telling.end(conclusions)
    return next(status for status in _WORST_FIRST if status in statuses)


def _named(question: BundleQuestion, file: Path) -> BundleQuestion:
    return replace(question, name=shown_path(Path(file.name)))


def _told_bundle(verdict: BundleVerdict | None, telling: Telling) -> BundleVerdict:
    if verdict is None:
        raise LookupError("a file is a bundle or a set")
    telling.bundle(verdict)
    return verdict


def _told_set(judge: BundleJudge, listing: SetListing, question: BundleQuestion, telling: Telling) -> SetVerdict:
    verdict = SetVerdict(question.name, question.at, listing)
    with TerminalProgress(len(listing.bundles)) as progress:
        telling.bundle_set(verdict, _members(judge, verdict, question, progress))
    return verdict


def _members(
    judge: BundleJudge, verdict: SetVerdict, question: BundleQuestion, progress: TerminalProgress
) -> Iterator[CheckedMember]:
    """Judge each bundle of the set, count it, and yield it for telling."""
    for bundle in verdict.listing.bundles:
        checked = judge.check_member(bundle, question)
        verdict.count(checked)
        progress.wipe()
        yield checked
        progress.count(failed=checked.verdict.conclusion is Conclusion.FAILED)
