"""Documents saved by other programs (qpdf, PDFium, pyHanko) and then signed, as they are between people."""

from __future__ import annotations

import io
import re
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pypdfium2
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject

from tests.attacks import people
from tests.attacks.contracts import Sign, covered
from tests.attacks.messages import signature_of
from tests.tools import run_tool

_BYTE_RANGE: Final = re.compile(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)")


def saved_by_qpdf(document: bytes, *options: str) -> bytes:
    """The document as qpdf writes it anew."""
    with TemporaryDirectory() as folder:
        before, after = Path(folder) / "before.pdf", Path(folder) / "after.pdf"
        before.write_bytes(document)
        run_tool("qpdf", "--no-warn", "--warning-exit-0", *options, before, after)
        return after.read_bytes()


def saved_by_pdfium(document: bytes) -> bytes:
    """The document as PDFium writes it anew."""
    out = io.BytesIO()
    opened = pypdfium2.PdfDocument(document)
    opened.save(out)
    opened.close()
    return out.getvalue()


def signed_by_pyhanko(
    document: bytes,
    *,
    field: str = "foreign",
    box: tuple[int, int, int, int] | None = None,
    sign: Sign | None = None,
    password: str | None = None,
    at: datetime | None = None,
) -> bytes:
    """The document with one more revision by pyHanko's writer, in a new field unless there is one of that name."""
    out = io.BytesIO(document)
    writer = IncrementalPdfFileWriter(out, strict=False)
    if password is not None:
        writer.encrypt(password)
    steps = PdfCMSEmbedder(new_field_spec=SigFieldSpec(field, box=box)).write_cms(field, writer)
    next(steps)
    steps.send(SigObjSetup(sig_placeholder=SignatureObject(timestamp=at or people.NOW, bytes_reserved=8192)))
    steps.send(SigIOSetup(md_algorithm="sha256", in_place=True))
    byte_range = [int(number) for number in _BYTE_RANGE.findall(out.getvalue())[-1]]
    content = covered(out.getvalue(), byte_range)
    steps.send((sign or signature_of(people.signer()))(content))
    return out.getvalue()
