"""`esign bundle check`: the verdict on evidence bundles and sets of them, offline."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from ca.trust import load_trust_store
from esign.bundle.checking.check import BundleQuestion
from esign.bundle.checking.words import NO_ROOT, chosen
from esign.cli.authority import folder_option
from esign.cli.builders import builders_of
from esign.cli.bundle_telling import JsonTelling, Telling, TextTelling
from esign.cli.bundles_checked import check_one, check_several
from esign.cli.output import errors_in_one_line, json_option
from esign.cli.seal_option import seal_digests, seal_option
from esign.cli.trail_keys import verifiers_of
from esign.cli.validation_options import at_option
from esign.cli.verification_limits import limit_options
from esign.judging.question import JudgingLimits
from esign.verify.reports.language import LANGUAGES, Language


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
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
    files: tuple[Path, ...],
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
    """Check evidence bundles without the service and without a network: every member, event, proof and signature.

    A process of its own reads each bundle, under limits, without files, network or keys. Nothing is unpacked to the
    disk. FILE is a bundle, or a set of bundles as `esign bundle export` and the service write it: each of its bundles
    is judged where it lies, and the index is compared with what is there. Of several bundles each has one line.

    Roots: those of --trust, and those of the embedded authority where its folder exists. A bundle without a sealed
    document stays INDETERMINATE until --seal names the insurer's seal.

    \b
    Exit status: 0 TOTAL-PASSED, 1 TOTAL-FAILED, 2 INDETERMINATE, 4 not readable as a bundle or a set. Of several, the
    worst: 4, 1, 2, 0. A set with a bundle that cannot be read has 1.

    \b
    Example:
        esign bundle check env_4c1f.asice --trust roots/ --log-key trail.key
        esign bundle check env_4c1f.asice --trust roots/ --log-key trail.key --lang zh-CN --json
        esign bundle check env_4c1f.asice --trust roots/ --log-key trail.key --seal seal.pem
        esign bundle check bundles.zip --trust roots/ --log-key trail.key
    """
    builders = builders_of(context)
    with errors_in_one_line(as_json=as_json):
        trusted = load_trust_store(trust)
        if folder.is_dir():
            trusted = builders.authority_roots(folder) + trusted
        question = BundleQuestion(
            "",
            trusted,
            at or builders.clock(),
            tuple(verifier.vkey for verifier in verifiers_of(log_keys)),
            seal_digests(seals),
            pictures=not no_pictures,
        )
        telling: Telling = JsonTelling(lang) if as_json else TextTelling(lang)
        status = (
            check_one(files[0], question, limits, telling)
            if len(files) == 1
            else (check_several(files, question, limits, telling))
        )
    if not trusted.anchors and not as_json:
        click.echo(f"  {chosen(NO_ROOT, lang)}")
    sys.exit(status)
