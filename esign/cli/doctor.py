"""`esign doctor`: what is missing on this machine, and the line that mends it."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import asdict
from pathlib import Path

import click

from ca.errors import TrustServiceError
from esign.cli.authority import folder_option
from esign.cli.builders import Builders, builders_of
from esign.cli.checks import Check
from esign.cli.output import ExitStatus, json_option, print_json, printable
from esign.cli.service_checks import basic_checks, live_checks
from esign.cli.settings_option import settings_option
from esign.errors import EsignError
from esign.infra.settings import DEFAULT_DATA, load_settings
from esign.infra.settings_reader import SettingsRefused

JUDGES = {"openssl": "openssl", "pdfsig": "poppler-utils", "qpdf": "qpdf"}
RARE_CHARACTERS = "𠮷㛃䶮"


@click.command()
@click.option("--live", is_flag=True, help="Also everything that a service in live mode must have.")
@settings_option
@folder_option
@json_option
@click.pass_context
def doctor(context: click.Context, live: bool, config: Path | None, folder: Path, as_json: bool) -> None:
    """Check this machine: Python, type for Chinese names, the authority, outside judges, and a service if one is here.

    With --live it also asks the database, the blob store and the timestamp authority, and lists every stand-in.

    \b
    Exit status: 0 if all that is needed is here, else 10.

    \b
    Example:
        esign doctor --live --config /etc/esign.toml
    """
    builders = builders_of(context)
    checks = [_python(), _typeface(builders)]
    if live or config is not None or os.environ.get("ESIGN_CONFIG") or _data_folder().exists():
        checks += _service(builders, config, live=live)
    if not live:
        checks.append(_authority(builders, folder))
    checks += map(_judge, JUDGES)
    healthy = all(check.passed for check in checks if check.needed)
    if as_json:
        print_json({"healthy": healthy, "live": live, "checks": [asdict(check) for check in checks]})
    else:
        for check in checks:
            mark = "ok     " if check.passed else ("MISSING" if check.needed else "absent ")
            click.echo(f"{mark}  {check.name}: {printable(check.said)}")
    sys.exit(ExitStatus.DONE if healthy else ExitStatus.REFUSED)


def _data_folder() -> Path:
    return Path(os.environ.get("ESIGN_DATA", DEFAULT_DATA))


def _service(builders: Builders, config: Path | None, *, live: bool) -> list[Check]:
    try:
        settings = load_settings(os.environ, config)
    except SettingsRefused as refused:
        return [Check("settings", False, True, str(problem)) for problem in refused.problems]
    checks = [Check("settings", True, True, f"{settings.mode} mode, data in {settings.data}")]
    checks += basic_checks(builders, settings)
    return [*checks, *live_checks(builders, settings)] if live else checks


def _python() -> Check:
    return Check("python", sys.version_info >= (3, 11), True, f"{sys.version.split()[0]} (3.11 or newer is needed)")


def _typeface(builders: Builders) -> Check:
    try:
        typeface = builders.find_typeface()
    except EsignError as error:
        return Check("typeface", False, True, str(error))
    missing = typeface.missing(RARE_CHARACTERS)
    said = f"{typeface.path}" + (f"; it lacks rare characters such as {missing}" if missing else "")
    return Check("typeface", True, True, said)


def _authority(builders: Builders, folder: Path) -> Check:
    try:
        facts = builders.describe_authority(folder)
    except TrustServiceError as error:
        return Check("authority", False, False, str(error))
    ends = min(fact.not_after for fact in facts)
    return Check("authority", True, False, f"{folder}, for testing only; its first certificate ends {ends}")


def _judge(command: str) -> Check:
    path = shutil.which(command)
    return Check(command, path is not None, False, path or f"for cross-checks; apt-get install {JUDGES[command]}")
