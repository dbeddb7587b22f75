"""`esign ca`: the embedded authority that stands in until a third party is configured."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar

import click

from ca.errors import AuthorityError
from esign.cli.builders import builders_of
from esign.cli.families import Family
from esign.cli.output import errors_in_one_line, json_option, print_json

DEFAULT_FOLDER = "esign-ca"
PASSPHRASE_VARIABLE = "ESIGN_CA_PASSPHRASE"  # noqa: S105  # a name, not a secret
MIN_PASSPHRASE = 8
Function = TypeVar("Function", bound=Callable[..., object])


def folder_option(function: Function) -> Function:
    """The option that names the authority's folder."""
    return click.option(
        "--ca",
        "folder",
        type=click.Path(path_type=Path, file_okay=False),
        default=lambda: Path(os.environ.get("ESIGN_CA", DEFAULT_FOLDER)),
        show_default=f"$ESIGN_CA, else {DEFAULT_FOLDER}",
        help="Folder of the embedded authority.",
    )(function)


def passphrase_option(function: Function) -> Function:
    """The option that names a file with the passphrase."""
    return click.option(
        "--passphrase-file",
        type=click.Path(path_type=Path, dir_okay=False),
        help=f"File whose first line is the passphrase of the authority's keys. Default: ${PASSPHRASE_VARIABLE}, "
        "else it is asked for.",
    )(function)


def read_passphrase(file: Path | None, *, confirm: bool = False) -> bytes:
    """Return the passphrase from the file, the environment or the terminal.

    Raises `AuthorityError`: `passphrase-unreadable`, `passphrase-missing`, `passphrase-too-short`.
    """
    given = os.environ.get(PASSPHRASE_VARIABLE)
    if file is not None:
        try:
            if file.stat().st_mode & 0o077:
                raise AuthorityError(
                    "passphrase-file-open", f"others may read {file}", f"keep it to yourself: chmod 600 {file}"
                )
            given = file.read_text("utf-8").partition("\n")[0].rstrip("\r")
        except (OSError, UnicodeDecodeError) as error:
            raise AuthorityError(
                "passphrase-unreadable",
                f"{file} cannot be read as text",
                "name a text file whose first line it is",
            ) from error
    if given is None:
        if not sys.stdin.isatty():
            raise AuthorityError(
                "passphrase-missing",
                "the authority's passphrase is not given",
                f"set {PASSPHRASE_VARIABLE} or use --passphrase-file",
            )
        given = str(click.prompt("Passphrase of the authority", hide_input=True, confirmation_prompt=confirm))
    if len(given) < MIN_PASSPHRASE:
        raise AuthorityError(
            "passphrase-too-short", "the passphrase is too short", f"use at least {MIN_PASSPHRASE} characters"
        )
    return given.encode()


@click.group("ca", cls=Family)
def authority_commands() -> None:
    """Create and look at the embedded authority. Everything it certifies says that it is for testing."""


@authority_commands.command("init")
@folder_option
@passphrase_option
@click.option("--organisation", default="示例保险股份有限公司", show_default=True, help="Name on the seal.")
@click.option("--key", "key_algorithm", default="p256", show_default=True, help="p256, rsa-2048 or rsa-3072.")
@json_option
@click.pass_context
def init(
    context: click.Context,
    folder: Path,
    passphrase_file: Path | None,
    organisation: str,
    key_algorithm: str,
    as_json: bool,
) -> None:
    """Create an authority, once: root, issuing CA, timestamps, OCSP, the seal and the custodian.

    \b
    Example:
        esign ca init --ca my-ca --organisation 青禾人寿保险股份有限公司
    """
    builders = builders_of(context)
    with errors_in_one_line(as_json=as_json):
        if key_algorithm not in builders.key_algorithms:
            raise AuthorityError(
                "key-algorithm-unknown",
                f"there is no key algorithm {key_algorithm}",
                "use " + ", ".join(builders.key_algorithms),
            )
        passphrase = read_passphrase(passphrase_file, confirm=True)
        builders.create_authority(folder, passphrase, key_algorithm, organisation)
        if as_json:
            print_json(
                {
                    "folder": str(folder),
                    "certificates": [asdict(f) for f in builders.describe_authority(folder)],
                }
            )
            return
        click.echo(f"The authority is ready in {folder}. It stands in for a third party: for testing only.")
        click.echo(f"Take {folder}/keys/custodian.pem off this machine: it opens sealed evidence.")


@authority_commands.command("show")
@folder_option
@json_option
@click.pass_context
def show(context: click.Context, folder: Path, as_json: bool) -> None:
    """List the authority's certificates. Needs no passphrase.

    \b
    Example:
        esign ca show --ca my-ca
    """
    with errors_in_one_line(as_json=as_json):
        facts = builders_of(context).describe_authority(folder)
        if as_json:
            print_json({"folder": str(folder), "certificates": [asdict(fact) for fact in facts]})
            return
        for fact in facts:
            click.echo(f"{fact.role}: {fact.subject}")
            click.echo(f"    serial   {fact.serial_number}")
            click.echo(f"    valid    {fact.not_before} to {fact.not_after}    key {fact.key}")
            click.echo(f"    SHA-256  {fact.sha256}")
