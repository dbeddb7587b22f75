"""`esign doctor`: what is missing on this machine, and the line that mends it."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import click

from ca.errors import TrustServiceError
from esign.cli.authority import folder_option
from esign.cli.builders import Builders, builders_of
from esign.cli.output import ExitStatus, json_option, print_json
from esign.errors import EsignError

JUDGES = {"openssl": "openssl", "pdfsig": "poppler-utils", "qpdf": "qpdf"}
RARE_CHARACTERS = "𠮷㛃䶮"


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. `needed` is False for what only cross-checks use."""

    name: str
    passed: bool
    needed: bool
    said: str


@click.command()
@folder_option
@json_option
@click.pass_context
def doctor(context: click.Context, folder: Path, as_json: bool) -> None:
    """Check this machine: Python, type for Chinese names, the authority, and outside judges.

    \b
    Exit status: 0 if all that is needed is here, else 10.
    """
    builders = builders_of(context)
    checks = [_python(), _typeface(builders), _authority(builders, folder), *map(_judge, JUDGES)]
    healthy = all(check.passed for check in checks if check.needed)
    if as_json:
        print_json(
            {
                "healthy": healthy,
                "checks": [{"name": c.name, "passed": c.passed, "needed": c.needed, "said": c.said} for c in checks],
            }
        )
    else:
        for check in checks:
            mark = "ok     " if check.passed else ("MISSING" if check.needed else "absent ")
            click.echo(f"{mark}  {check.name}: {check.said}")
    sys.exit(ExitStatus.DONE if healthy else ExitStatus.REFUSED)


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
