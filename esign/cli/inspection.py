"""`esign inspect`: what evidence a signed PDF carries; taking it out; opening it with the custodian's key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from esign.ceremony.workfile import output_error, write_beside
from esign.cli.authority import passphrase_option, read_passphrase
from esign.cli.output import errors_in_one_line, json_option, print_json, printable
from esign.cli.verification_limits import tell_confinement
from esign.errors import EsignError, EvidenceError
from esign.evidence.handwriting import parse_handwriting
from esign.evidence.ink import render_png
from esign.evidence.items import SALT_BYTES, ItemKind, Placement
from esign.evidence.matching import match_opened
from esign.evidence.sealing import EnvelopeKey, open_sealed, unwrap_envelope_key
from esign.judging.opening import opened_file
from esign.judging.question import JudgingLimits
from esign.judging.single_evidence import evidence_in
from esign.verify.evidence import FieldEvidence

SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
OPENED_NAMES = {ItemKind.HANDWRITING: "handwriting.json", ItemKind.PHOTO: "photo.jpg"}


@dataclass(frozen=True)
class Member:
    """A file of one field's evidence; `data` is as it lies in the PDF, or opened."""

    field: str
    name: str
    data: bytes


@click.command()
@click.argument("document", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--extract", "folder", type=click.Path(path_type=Path, file_okay=False), help="Write the files here.")
@click.option(
    "--custodian-key",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="The custodian's private key (PEM): opens sealed items. Needs --envelope-key and --extract.",
)
@click.option(
    "--envelope-key",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="NAME.envelope-key.cms, which was written beside the document.",
)
@click.option("--password", help="Opens an encrypted file.")
@passphrase_option
@json_option
def inspect(
    document: Path,
    folder: Path | None,
    custodian_key: Path | None,
    envelope_key: Path | None,
    password: str | None,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """List the evidence files of every signature in DOCUMENT, and extract them.

    A digest-only photo is opened too where its file lies beside the document, under the name that `esign sign` gave.
    A process of its own reads the document, under limits, without files, network or keys; sealed items are opened here.
    Whether the evidence is what was signed is for `esign verify` to say.

    \b
    Examples:
        esign inspect signed.pdf --extract evidence/
        esign inspect signed.pdf --extract opened/ \\
            --custodian-key custodian.pem --envelope-key signed.envelope-key.cms
    """
    with errors_in_one_line(as_json=as_json):
        if (custodian_key is None) != (envelope_key is None) or (custodian_key and folder is None):
            raise EsignError(
                "inspect-options-incomplete",
                "opening sealed items needs the custodian's key, the envelope's key and a folder",
                "give --custodian-key, --envelope-key and --extract together",
            )
        with opened_file(document) as file:
            found = evidence_in(file, password, JudgingLimits(), tell_confinement)
        members = [Member(e.field, name, data) for e in found for name, data in e.files.items()]
        if custodian_key is not None and envelope_key is not None:
            key = open_envelope_key(custodian_key, envelope_key, passphrase_file)
            members += [opened for evidence in found for opened in _opened(evidence, key, document)]
        written = _extract(members, folder) if folder is not None else []
        _tell(document, members, written, as_json=as_json)


def _opened(evidence: FieldEvidence, key: EnvelopeKey, document: Path) -> Iterator[Member]:
    """Open the sealed items of one field, also a digest-only one that lies beside the document.

    Strokes also become a picture. Raises `EvidenceError`.
    """
    if evidence.manifest is None:
        return
    for item in evidence.manifest.items:
        sealed = evidence.files.get(item.file_name)
        outside = document.with_name(f"{document.stem}.{evidence.field}-{item.file_name}")
        if item.placement is Placement.DIGEST_ONLY and SAFE_NAME.fullmatch(evidence.field) and outside.is_file():
            sealed = outside.read_bytes()
        if sealed is None or not item.file_name.endswith(".cms"):
            continue
        plaintext = open_sealed(sealed, key.private_key_pkcs8)
        for mismatch in match_opened(evidence.manifest, item.kind, plaintext):
            raise EvidenceError(mismatch.code, f"{evidence.field}: {mismatch.message}", "do not rely on this item")
        data = plaintext[SALT_BYTES:]
        yield Member(evidence.field, OPENED_NAMES.get(item.kind, f"{item.kind.value}.json"), data)
        if item.kind is ItemKind.HANDWRITING:
            picture = render_png(parse_handwriting(data), width=800, height=320)
            yield Member(evidence.field, "handwriting.png", picture)


def open_envelope_key(custodian_key: Path, envelope_key: Path, passphrase_file: Path | None) -> EnvelopeKey:
    """Return the envelope's key, unwrapped with the custodian's (PEM). Raises `EvidenceError`, `AuthorityError`."""
    pem = custodian_key.read_bytes()
    passphrase = read_passphrase(passphrase_file) if b"ENCRYPTED" in pem else None
    try:
        private = load_pem_private_key(pem, passphrase)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise EvidenceError(
            "custodian-key-unusable",
            f"{custodian_key} does not open",
            "give the custodian's private key (PEM) and its passphrase",
        ) from error
    der = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return unwrap_envelope_key(envelope_key.read_bytes(), der)


def _extract(members: Sequence[Member], folder: Path) -> list[Path]:
    """Write each file to FOLDER/field/name. A name that is not plain is refused, so that nothing lands elsewhere."""
    paths = [folder / _safe(member.field) / _safe(member.name) for member in members]
    for member, path in zip(members, paths, strict=True):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise output_error(path.parent, error) from error
        write_beside(path, member.data)
    return paths


def _safe(name: str) -> str:
    if not SAFE_NAME.fullmatch(name):
        raise EvidenceError(
            "evidence-name-unsafe",
            f"a field or file is called {printable(name)!r}, which is not a plain file name",
            "list it without --extract; the file was not made by this service",
        )
    return name


def _tell(document: Path, members: Sequence[Member], written: Sequence[Path], *, as_json: bool) -> None:
    if as_json:
        files = [{"field": m.field, "name": m.name, "bytes": len(m.data)} for m in members]
        print_json({"document": str(document), "files": files, "written": [str(path) for path in written]})
        return
    if not members:
        click.echo(f"{document} carries no evidence of ours.")
    for member in members:
        click.echo(f"{printable(member.field):14} {printable(member.name):20} {len(member.data):>9} bytes")
    if written:
        click.echo(f"{len(written)} files written")
