"""How verdicts on bundles and sets are told as they are reached: as text, or as one JSON document."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final, Protocol

import click

from esign.bundle.checking.set_member import CheckedMember
from esign.bundle.checking.set_verdict import POSSIBLE, SetVerdict
from esign.bundle.checking.verdict import BundleFinding, BundleVerdict
from esign.bundle.checking.words import chosen, said
from esign.cli.bundle_verdict_text import print_bundle, print_findings
from esign.cli.output import print_json, printable
from esign.evidence.manifest_content import Mode
from esign.verify.report import Conclusion, Severity
from esign.verify.reports.language import Language

_SCHEMA_OF_SEVERAL: Final = "esign-bundle-checks/1"
_CODES_AT_MOST: Final = 6
_TEST: Final = ("测试模式", "test mode")
_SUMMARY: Final = ("{} 个证据包：通过 {}，待定 {}，不通过 {}", "bundles: {} ({} passed, {} undecided, {} failed)")
_SUMMARY_OF_SEVERAL: Final = (
    "{} 个文件：通过 {}，待定 {}，不通过 {}",
    "files: {} ({} passed, {} undecided, {} failed)",
)


class Telling(Protocol):
    """Tells verdicts one after the other; none is kept. Several files are told between `begin` and `end`."""

    def begin(self) -> None: ...

    def bundle(self, verdict: BundleVerdict) -> None:
        """Tell the verdict on a file that is a bundle."""
        ...

    def bundle_set(self, verdict: SetVerdict, members: Iterable[CheckedMember]) -> None:
        """Tell the verdict on each bundle of a set as it comes, and then that on the set, which counted them all."""
        ...

    def end(self, conclusions: list[Conclusion]) -> None: ...


class TextTelling:
    """A bundle in full if it is the only file; else a line for each, and sums."""

    def __init__(self, language: Language) -> None:
        self._language: Language = language
        self._several = False

    def begin(self) -> None:
        self._several = True

    def bundle(self, verdict: BundleVerdict) -> None:
        if self._several:
            self._line(verdict, ())
        else:
            print_bundle(verdict, self._language)

    def bundle_set(self, verdict: SetVerdict, members: Iterable[CheckedMember]) -> None:
        for member in members:
            self._line(member.verdict, member.findings)
        told = self._counted(_SUMMARY, list(verdict.counts.elements()))
        click.echo(f"{verdict.conclusion:14} {printable(verdict.name)}  {told}")
        print_findings(verdict.findings, self._language)

    def end(self, conclusions: list[Conclusion]) -> None:
        click.echo(self._counted(_SUMMARY_OF_SEVERAL, conclusions))

    def _line(self, verdict: BundleVerdict, of_set: Iterable[BundleFinding]) -> None:
        found = [one.code for one in (*of_set, *verdict.findings) if one.severity is not Severity.INFO]
        codes = list(dict.fromkeys(found))
        more = ", ..." if len(codes) > _CODES_AT_MOST else ""
        mode = f"  ({chosen(_TEST, self._language)})" if verdict.mode == Mode.TEST else ""
        why = f"  {', '.join(codes[:_CODES_AT_MOST])}{more}" if codes else ""
        click.echo(f"{verdict.conclusion:14} {printable(verdict.name)}{mode}{why}")

    def _counted(self, words: tuple[str, str], conclusions: list[Conclusion]) -> str:
        return chosen(words, self._language).format(len(conclusions), *map(conclusions.count, POSSIBLE))


class JsonTelling:
    """One JSON document: esign-bundle-check/1, esign-bundle-set-check/1, or esign-bundle-checks/1 around several."""

    def __init__(self, language: Language) -> None:
        self._language: Language = language
        self._several = False
        self._told = False

    def begin(self) -> None:
        self._several = True
        click.echo(f'{{"schema": "{_SCHEMA_OF_SEVERAL}", "files": [')

    def bundle(self, verdict: BundleVerdict) -> None:
        told = verdict.as_json(self._say)
        if self._several:
            self._next()
            click.echo(json.dumps(told, ensure_ascii=False))
        else:
            print_json(told)

    def bundle_set(self, verdict: SetVerdict, members: Iterable[CheckedMember]) -> None:
        if self._several:
            self._next()
        click.echo(f'{json.dumps(verdict.head_as_json(), ensure_ascii=False)[:-1]}, "bundles": [')
        for number, member in enumerate(members):
            told = json.dumps(member.verdict.as_json(self._say), ensure_ascii=False)
            click.echo(f"{',' if number else ''}{told}")
        click.echo(f"], {json.dumps(verdict.end_as_json(self._say), ensure_ascii=False)[1:]}")

    def end(self, conclusions: list[Conclusion]) -> None:
        counts = {conclusion.value: conclusions.count(conclusion) for conclusion in POSSIBLE}
        click.echo(f"], {json.dumps({'counts': counts})[1:]}")

    def _next(self) -> None:
        if self._told:
            click.echo(",")
        self._told = True

    def _say(self, finding: BundleFinding) -> str:
        return said(finding, self._language)
