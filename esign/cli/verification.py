"""`esign verify`: the verdict on any PDF, offline, in the form of esign-verification/1."""

from __future__ import annotations

import functools
import os
import sys
from dataclasses import replace
from pathlib import Path

import click

from ca.trust import load_trust_store
from esign.cli.acceptance import (
    AcceptanceAsked,
    acceptance_options,
    acceptance_status,
    open_acceptor,
    print_acceptance,
)
from esign.cli.authority import folder_option
from esign.cli.builders import builders_of
from esign.cli.folder_verification import FolderRun, Results, folder_options, in_turn, require_fitting, verify_folder
from esign.cli.output import errors_in_one_line, json_option, print_json
from esign.cli.validation_options import ValidationOptions, validation_options
from esign.cli.verdict_text import print_report
from esign.cli.verification_limits import limit_options, tell_confinement
from esign.cli.verification_pictures import write_pictures
from esign.cli.verification_reports import WantedReports, report_options, require_other_files, write_reports
from esign.judging.opening import opened_file, shown_path
from esign.judging.question import JudgingLimits, Question
from esign.judging.single_file import single_judge


@click.command()
@click.argument("document", type=click.Path(path_type=Path))
@click.option(
    "--trust",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="Roots to believe: files or folders.",
)
@click.option("--password", help="Opens an encrypted file (visible in the process list).")
@click.option(
    "--pictures",
    type=click.Path(path_type=Path, file_okay=False),
    help="A folder for pictures of the pages that look different than when they were signed.",
)
@click.option("--no-pictures", is_flag=True, help="Do not draw the pages to compare what they show.")
@validation_options
@limit_options
@report_options
@folder_options
@folder_option
@json_option
@click.pass_context
@acceptance_options
def verify(
    context: click.Context,
    document: Path,
    trust: tuple[Path, ...],
    password: str | None,
    pictures: Path | None,
    no_pictures: bool,
    validation: ValidationOptions,
    reports: WantedReports,
    limits: JudgingLimits,
    results: Results | None,
    folder: Path,
    as_json: bool,
    asked: AcceptanceAsked | None,
) -> None:
    """Judge every signature in DOCUMENT, or in every *.pdf in a folder, without the network unless --online is said.

    The pages as they were signed and as they are now are drawn and compared, unless --no-pictures is given.
    A process of its own reads the file, under limits, without files, network or keys.

    Roots: those of --trust, and those of the embedded authority where its folder exists.

    \b
    Exit status: 0 TOTAL-PASSED, 1 TOTAL-FAILED, 2 INDETERMINATE, 3 NO-SIGNATURE, 4 not readable as a PDF.
    With --policy, what would be 0 is 5 if it is NOT-ACCEPTED and 6 if that is UNDECIDED.
    Of a folder, the worst of its files: 1 if one failed, could not be judged or is not accepted; else 2, 3 or 0.

    \b
    Example:
        esign verify signed.pdf --trust roots/ --json
        esign verify signed.pdf --at 2030-01-01T00:00:00Z
        esign verify signed.pdf --policy insurance-contract --trail trail.jsonl --trail-key trail.key
        esign verify signed.pdf --html report.html --pdf report.pdf --xml report.xml --lang en
        esign verify from-a-stranger.pdf --seconds 10 --memory 256
        esign verify archive/ --csv verdicts.csv --jobs 4    (again: takes up what is done and unchanged)
    """
    password = None if password is None else _as_text(password)
    if no_pictures and pictures is not None:
        raise click.UsageError("--pictures and --no-pictures exclude each other")
    if results is not None and (pictures is not None or validation.online or reports.paths):
        raise click.UsageError("--pictures, --online and reports are for one document")
    builders = builders_of(context)
    with errors_in_one_line(as_json=as_json):
        require_other_files(reports, document)
        require_fitting(document, results)
        trusted = load_trust_store(trust) + validation.trust()
        if folder.is_dir():
            trusted = builders.authority_roots(folder) + trusted
        name = shown_path(Path(document.name))
        if results is not None:
            question = Question(
                name,
                trusted,
                validation.at or builders.clock(),
                password,
                pictures=not no_pictures,
                constraints=validation.constraints(),
            )
            with open_acceptor(asked, builders, folder) as acceptor:
                basis = "" if acceptor is None else acceptor.basis
                run = FolderRun(document, results, question, limits, validation.at, builders.clock, basis)
                sys.exit(verify_folder(run, accept=in_turn(acceptor.accept) if acceptor else None, as_json=as_json))
        with (
            opened_file(document) as file,
            single_judge(file, limits) as judge,
            open_acceptor(asked, builders, folder) as acceptor,
        ):
            tell_confinement(judge.confinement)
            judge_document = functools.partial(judge.verify, name=name, trust=trusted, password=password)
            report = validation.judge(judge_document, builders, pictures=not no_pictures)
            if acceptor is not None:
                report = replace(report, acceptance=acceptor.accept(report.as_json()))
        if pictures is not None:
            write_pictures(pictures, report.pictures)
        write_reports(reports, report, builders.clock(), builders)
    if as_json:
        print_json(report.as_json())
    else:
        print_report(report.as_json(), readable=report.readable)
        print_acceptance(report.as_json()["acceptance"])
    sys.exit(report.exit_status or acceptance_status(report.acceptance))


def _as_text(password: str) -> str:
    """Return a password whose bytes are no UTF-8 as the characters of those bytes, as older files mean them."""
    given = os.fsencode(password)
    try:
        return given.decode("utf-8")
    except UnicodeDecodeError:
        return given.decode("latin-1")
