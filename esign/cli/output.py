"""How commands speak: results to standard output, progress and errors to standard error, one line each."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import IntEnum

import click

from ca.errors import TrustServiceError, TrustServiceUnavailable
from esign.errors import EsignError, OutputError
from esign.trail.errors import WitnessContradicted, WitnessLost


class ExitStatus(IntEnum):
    """How a command ends, beside click's 2 for wrong usage; `esign verify` has 0 to 4 of its own."""

    DONE = 0
    REFUSED = 10
    TRUST_SERVICE = 11
    TRY_AGAIN = 12
    OUTPUT = 13
    CONTRADICTED = 14
    LOST = 15


json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")


@contextmanager
def errors_in_one_line(*, as_json: bool) -> Iterator[None]:
    """Turn our own errors into one line (or one JSON document) and the exit status; all others go on."""
    try:
        yield
    except (EsignError, TrustServiceError) as error:
        if as_json:
            print_json({"error": {"code": error.code, "cause": error.cause, "cure": error.cure}})
        else:
            click.echo(f"esign: {printable(str(error))} [{error.code}]", err=True)
        sys.exit(_status(error))


def _status(error: EsignError | TrustServiceError) -> ExitStatus:
    if isinstance(error, OutputError):
        return ExitStatus.OUTPUT
    if isinstance(error, WitnessContradicted):
        return ExitStatus.CONTRADICTED
    if isinstance(error, WitnessLost):
        return ExitStatus.LOST
    if isinstance(error, TrustServiceUnavailable):
        return ExitStatus.TRY_AGAIN
    return ExitStatus.TRUST_SERVICE if isinstance(error, TrustServiceError) else ExitStatus.REFUSED


def print_json(document: Mapping[str, object]) -> None:
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


def progress_teller(*, quiet: bool) -> Callable[[str], None]:
    """Return what a long run calls with each step, in a few words."""
    return (lambda _step: None) if quiet else (lambda step: click.echo(f"  {step} ...", err=True))


def printable(text: str) -> str:
    """Return text of a stranger's file without the characters that could command a terminal."""
    return "".join(c if c.isprintable() else "�" for c in text)
