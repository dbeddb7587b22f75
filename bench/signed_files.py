"""Signed files to be judged: of many signatures, and of many megabytes."""

from __future__ import annotations

import io
from pathlib import Path

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from bench.contract import sign_file
from bench.documents import write_large_document
from ca.authority import EmbeddedAuthority
from esign.pades.level import Level
from tests.fuzz.make_seeds import Signing, form


def signed_many_times(signing: Signing, count: int) -> bytes:
    """One page with so many signatures, each in a revision of its own with a timestamp, at B-LTA."""
    out = io.BytesIO(form())
    writer = IncrementalPdfFileWriter(out)
    for number in range(count):
        append_signature_field(writer, SigFieldSpec(f"s{number}", box=(5 + 3 * number, 60, 30 + 3 * number, 100)))
    writer.write_in_place()
    document = out.getvalue()
    for number in range(count):
        document = signing.sign(document, f"s{number}", timestamped=True)
    return signing.archived(document)


def large_signed_file(folder: Path, size: int, authority: EmbeddedAuthority) -> Path:
    """A file of about `size` bytes at B-LTA, signed by one person and sealed, as `esign sign` does it."""
    source, signed = folder / f"{size}.pdf", folder / f"{size}.signed.pdf"
    with source.open("wb") as stream:
        write_large_document(stream, size)
    sign_file(source, signed, authority, Level.B_LTA, seal=True)
    source.unlink()
    return signed
