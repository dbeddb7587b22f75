"""Files that somebody changed after they were signed, so that it can be seen, or locked."""

from __future__ import annotations

import io

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer

RED_BOX = b"q 0.8 0 0 rg 60 500 220 90 re f Q"


def drawn_over(document: bytes, drawing: bytes = RED_BOX) -> bytes:
    """Return the document with a further revision that draws over its first page."""
    writer = IncrementalPdfFileWriter(io.BytesIO(document), strict=False)
    writer.add_stream_to_page(0, writer.add_object(generic.StreamObject(stream_data=drawing)))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def encrypted(document: bytes, password: str) -> bytes:
    """Return a document of the same pages that only the password opens."""
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(document)))
    writer.encrypt(owner_pass=password, user_pass=password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
