"""`esign bundle check`: the verdict on an evidence bundle, offline, in the form of esign-bundle-check/1."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from ca.trust import load_trust_store
from esign.bundle.checking.check import BundleQuestion
from esign.bundle.checking.verdict import BundleVerdict, Step
from esign.bundle.checking.words import CONCLUSIONS, STEPS, TEST_MODE, chosen, said
from esign.cli.authority import folder_option
from esign.cli.builders import builders_of
from esign.cli.output import errors_in_one_line, json_option, print_json, printable
from esign.cli.seal_option import seal_digests, seal_option
from esign.cli.trail_keys import verifiers_of
from esign.cli.validation_options import at_option
from esign.cli.verification_limits import limit_options, tell_confinement
from esign.evidence.manifest_content import Mode
from esign.judging.opening import opened_file, shown_path
from esign.judging.question import JudgingLimits
from esign.judging.single_bundle import single_bundle_judge
from esign.verify.report import Conclusion, Severity
from esign.verify.reports.language import CHINESE, LANGUAGES, Language

_MARKS = {Conclusion.PASSED: "ok", Conclusion.FAILED: "FAILS", Conclusion.INDETERMINATE: "open"}
_WEIGHTS = {
    Severity.ERROR: ("错误", "error"),
    Severity.WARNING: ("待定", "open"),
    Severity.INFO: ("说明", "note"),
}


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--trust",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="Roots to believe: files or folders. Those in the bundle are never believed for being there.",
)
@click.option(
    "--log-key",
    "log_keys",
    multiple=True,
    help="The log's verifier key, or a file of such keys, had from elsewhere than the bundle. Repeat for earlier keys.",
)
@seal_option
@at_option
@click.option("--no-pictures", is_flag=True, help="Do not draw the sealed pages to compare what they show.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="The language.")
@limit_options
@folder_option
@json_option
@click.pass_context
def check(
    context: click.Context,
    file: Path,
    trust: tuple[Path, ...],
    log_keys: tuple[str, ...],
    seals: tuple[Path, ...],
    at: datetime | None,
    no_pictures: bool,
    lang: Language,
    limits: JudgingLimits,
    folder: Path,
    as_json: bool,
) -> None:
    """Check an evidence bundle without the service and without a network: every member, event, proof and signature.

    A process of its own reads the file, under limits, without files, network or keys. Nothing is unpacked to the disk.

    Roots: those of --trust, and those of the embedded authority where its folder exists. A bundle without a sealed
    document stays INDETERMINATE until --seal names the insurer's seal.

    \b
    Exit status: 0 TOTAL-PASSED, 1 TOTAL-FAILED, 2 INDETERMINATE, 4 not readable as a bundle.

    \b
    Example:
        esign bundle check env_4c1f.asice --trust roots/ --log-key trail.key
        esign bundle check env_4c1f.asice --trust roots/ --log-key trail.key --lang zh-CN --json
        esign bundle check env_4c1f.asice --trust roots/ --log-key trail.key --seal seal.pem
    """
    builders = builders_of(context)
    with errors_in_one_line(as_json=as_json):
        trusted = load_trust_store(trust)
        if folder.is_dir():
            trusted = builders.authority_roots(folder) + trusted
        question = BundleQuestion(
            shown_path(Path(file.name)),
            trusted,
            at or builders.clock(),
            tuple(verifier.vkey for verifier in verifiers_of(log_keys)),
            seal_digests(seals),
            pictures=not no_pictures,
        )
        with opened_file(file) as opened, single_bundle_judge(opened, limits) as judge:
            tell_confinement(judge.confinement)
            verdict = judge.check(question)
    if as_json:
        print_json(verdict.as_json(lambda finding: said(finding, lang)))
    else:
        _print(verdict, lang)
    sys.exit(verdict.exit_status)


def _print(verdict: BundleVerdict, language: Language) -> None:
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
        moment = verdict.sealed_at.isoformat() if verdict.sealed_at else "?"
        click.echo(f"  {'印章' if chinese else 'sealed by'} {printable(verdict.sealed_by)}, {moment}")
    if verdict.head is not None:
        moment = verdict.head.fixed_at.isoformat() if verdict.head.fixed_at else "?"
        click.echo(f"  {'检查点' if chinese else 'checkpoint'} {verdict.head.origin}, {verdict.head.size}, {moment}")
        click.echo(f"    root {verdict.head.root}")
        if verdict.head.end_proven_since is not None:
            told = chosen(("经续期的时间戳证明：信封在此时已结束", "over, by renewed timestamps, since"), language)
            click.echo(f"    {told} {verdict.head.end_proven_since.isoformat()}")
    for document in verdict.documents:
        click.echo(f"  {document.conclusion}  {printable(document.member)}")
    for step in Step:
        found = verdict.of_step(step)
        click.echo(f"  {'-' if found is None else _MARKS[found]:5}  {chosen(STEPS[step], language)}")
    for finding in verdict.findings:
        member = f"{printable(finding.member)}: " if finding.member else ""
        weight = chosen(_WEIGHTS[finding.severity], language)
        click.echo(f"  {weight}: {member}{printable(said(finding, language))} [{finding.code}]")
