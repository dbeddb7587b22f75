"""`esign bundle open`: the sealed evidence of a bundle, opened where the custodian's key is, without a network."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path
from typing import Final

import click

from esign.bundle.description import parse_description
from esign.bundle.layout import ENVELOPE, MEMBERS_AT_MOST, is_member_name
from esign.bundle.opening import RECORD, Opening, encode_opening, opened_files
from esign.ceremony.workfile import output_error, write_beside
from esign.cli.authority import passphrase_option
from esign.cli.builders import builders_of
from esign.cli.inspection import open_envelope_key
from esign.cli.output import errors_in_one_line, json_option, print_json
from esign.errors import EsignError
from esign.infra.errors import ConfigurationError

_READ_AT_MOST: Final = 20 * 1024 * 1024
"""Of one member: a sealed item is smaller."""
_ALL_AT_MOST: Final = 512 * 1024 * 1024
_BUNDLE_AT_MOST: Final = 4 * 1024 * 1024 * 1024
_EXISTING: Final = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.command("open")
@click.argument("file", type=_EXISTING)
@click.option("--custodian-key", required=True, type=_EXISTING, help="The custodian's private key (PEM).")
@click.option("--envelope-key", required=True, type=_EXISTING, help="What `esign evidence key` wrote.")
@click.option("--by", required=True, help="Id of whoever opens it.")
@click.option("--reason", required=True, help="Why, as a code such as court-request.")
@click.option("--out", "folder", required=True, type=click.Path(path_type=Path), help="A folder that is not there yet.")
@passphrase_option
@json_option
@click.pass_context
def open_bundle(
    context: click.Context,
    file: Path,
    custodian_key: Path,
    envelope_key: Path,
    by: str,
    reason: str,
    folder: Path,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Open the sealed evidence in the bundle FILE: handwriting (also as CSV), photo, device and identity data.

    Needs no service and no network; do it on a machine of the custodian's. What is opened lies in a new folder beside
    the bundle, which stays as it is, and `opening.json` in it says who opened what and why. Each item is checked
    against the manifest that was confirmed; whether the bundle is the insurer's, `esign bundle check` says.

    \b
    Example:
        esign bundle open case.asice --envelope-key case.envelope-key.cms --custodian-key custodian.pem \\
            --by stf_lin --reason court-request --out case
    """
    with errors_in_one_line(as_json=as_json):
        if folder.exists():
            raise ConfigurationError("folder-exists", f"{folder} is there already", "name a folder that is not")
        members, sha256 = _evidence_of(file)
        about = parse_description(members[ENVELOPE])
        key = open_envelope_key(custodian_key, envelope_key, passphrase_file)
        files = list(opened_files(members, about, key.private_key_pkcs8))
        opening = Opening(sha256, about.envelope, by, reason, builders_of(context).clock())
        for path, content in (*((one.path, one.content) for one in files), (RECORD, encode_opening(opening, files))):
            _write(folder / path, content)
        if as_json:
            print_json({"folder": str(folder), "files": [one.path for one in files]})
        else:
            click.echo(f"{folder}: {len(files)} files, and {RECORD}")


def _evidence_of(file: Path) -> tuple[dict[str, bytes], str]:
    """Return description and evidence by name, and the bundle's SHA-256. Raises `EsignError` (`bundle-unreadable`)."""
    try:
        if file.stat().st_size > _BUNDLE_AT_MOST:
            raise _unreadable("it is too large")
        with file.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
            with zipfile.ZipFile(stream) as archive:
                members = _members(archive)
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError) as error:
        raise _unreadable(type(error).__name__) from error
    if ENVELOPE not in members:
        raise _unreadable("it does not say what it is about")
    return members, sha256


def _members(archive: zipfile.ZipFile) -> dict[str, bytes]:
    listed = archive.infolist()
    names = [one.filename for one in listed]
    if len(listed) > MEMBERS_AT_MOST or len(set(names)) != len(names):
        raise _unreadable("it has too many files, or one twice")
    wanted = [one for one in listed if one.filename == ENVELOPE or one.filename.startswith("evidence/")]
    if any(not is_member_name(one.filename) or one.file_size > _READ_AT_MOST for one in wanted):
        raise _unreadable("it has a file that no bundle has")
    if sum(one.file_size for one in wanted) > _ALL_AT_MOST:
        raise _unreadable("its evidence is too large")
    return {one.filename: archive.read(one) for one in wanted}


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise output_error(path.parent, error) from error
    write_beside(path, content)


def _unreadable(why: str) -> EsignError:
    return EsignError(
        "bundle-unreadable",
        f"the file cannot be read as an evidence bundle ({why})",
        "check it with esign bundle check",
    )
