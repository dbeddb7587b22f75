"""The verdict on one bundle as people read it: its conclusion, its steps, and each finding with its member."""

from __future__ import annotations

from collections.abc import Iterable

import click

from esign.bundle.checking.verdict import BundleFinding, BundleVerdict, Step
from esign.bundle.checking.words import CONCLUSIONS, STEPS, TEST_MODE, TIME_OPEN, chosen, said
from esign.cli.output import printable
from esign.evidence.manifest_content import Mode
from esign.verify.report import Conclusion, Severity
from esign.verify.reports.language import CHINESE, Language

_MARKS = {Conclusion.PASSED: "ok", Conclusion.FAILED: "FAILS", Conclusion.INDETERMINATE: "open"}
_WEIGHTS = {
    Severity.ERROR: ("错误", "error"),
    Severity.WARNING: ("待定", "open"),
    Severity.INFO: ("说明", "note"),
}


def print_bundle(verdict: BundleVerdict, language: Language) -> None:
    """Print the verdict: the conclusion, what the bundle is of, each step, each finding with its member."""
    chinese = language == CHINESE
    click.echo(f"{verdict.conclusion}  {printable(verdict.name)}")
    click.echo(chosen(CONCLUSIONS[verdict.conclusion], language))
    if verdict.mode == Mode.TEST:
        click.echo(chosen(TEST_MODE, language))
    click.echo(f"  SHA-256 {verdict.sha256}, {verdict.bytes} bytes")
    if verdict.readable:
        counts = chosen(("{} 个成员，{} 个事件", "{} members, {} events"), language)
        counted = counts.format(verdict.members, verdict.events)
        click.echo(f"  {printable(verdict.envelope)} ({printable(verdict.state)}), {counted}")
    if verdict.sealed_by:
        moment = verdict.sealed_at.isoformat() if verdict.sealed_at else chosen(TIME_OPEN, language)
        click.echo(f"  {'印章' if chinese else 'sealed by'} {printable(verdict.sealed_by)}, {moment}")
    if verdict.head is not None:
        moment = verdict.head.fixed_at.isoformat() if verdict.head.fixed_at else chosen(TIME_OPEN, language)
        size = chosen(("{} 个事件", "{} events"), language).format(verdict.head.size)
        click.echo(f"  {'检查点' if chinese else 'checkpoint'} {verdict.head.origin}, {size}, {moment}")
        click.echo(f"    root {verdict.head.root}")
        if verdict.head.end_proven_since is not None:
            told = chosen(("经续期的时间戳证明：信封在此时已结束", "over, by renewed timestamps, since"), language)
            click.echo(f"    {told} {verdict.head.end_proven_since.isoformat()}")
    for document in verdict.documents:
        click.echo(f"  {document.conclusion}  {printable(document.member)}")
    for step in Step:
        found = verdict.of_step(step)
        click.echo(f"  {'-' if found is None else _MARKS[found]:5}  {chosen(STEPS[step], language)}")
    print_findings(verdict.findings, language)


def print_findings(findings: Iterable[BundleFinding], language: Language) -> None:
    """Print a line for each finding."""
    for finding in findings:
        member = f"{printable(finding.member)}: " if finding.member else ""
        weight = chosen(_WEIGHTS[finding.severity], language)
        click.echo(f"  {weight}: {member}{printable(said(finding, language))} [{finding.code}]")
