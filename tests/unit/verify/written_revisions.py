"""Small documents of several revisions, written object by object."""

from __future__ import annotations

import io

from esign.verify.limits import Limits
from esign.verify.reading.document import PdfFile


def document(*objects: bytes) -> bytes:
    """Objects 1 (catalog), 2 (page tree) and so on, as the first revision."""
    return revised(b"%PDF-1.7\n", dict(enumerate(objects, start=1)))


def revised(before: bytes, objects: dict[int, bytes], *, reused: dict[int, int] | None = None) -> bytes:
    """One more revision that writes objects; `reused` are objects that are found again at earlier offsets."""
    body = before
    offsets = dict(reused or {})
    for number, value in objects.items():
        offsets[number] = len(body)
        body += b"%d 0 obj\n%s\nendobj\n" % (number, value)
    entries = b"".join(b"%d 1\n%010d 00000 n \n" % (number, offset) for number, offset in sorted(offsets.items()))
    previous = (
        b"/Prev %d " % before.rindex(b"xref\n", 0, before.rindex(b"startxref")) if b"startxref" in before else b""
    )
    return (
        body
        + b"xref\n"
        + entries
        + b"trailer\n<< /Size 20 /Root 1 0 R %s>>\n" % previous
        + b"startxref\n%d\n%%%%EOF\n" % len(body)
    )


def opened(data: bytes) -> PdfFile:
    return PdfFile(io.BytesIO(data), Limits())
