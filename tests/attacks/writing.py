"""Writes PDF files and their updates by hand, in every form a file may have (ISO 32000-2 clause 7.5)."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from typing import Final, Literal

Form = Literal["table", "stream", "packed"]
"""How an update lists its objects: a table; a stream; a stream, its objects in an object stream."""
Objects = Mapping[int, bytes]

ROOT: Final = 1
SIZE: Final = 1000
_FIRST_FREE: Final = 800
"""Numbers from here on are those of object streams and cross-reference streams, which the writer makes."""


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), entries, data)


def drawing(data: bytes, box: bytes = b"0 0 595 842", entries: bytes = b"") -> bytes:
    """A form XObject."""
    return stream(data, b"/Type /XObject /Subtype /Form /BBox [%s] %s" % (box, entries))


def text(words: bytes, x: int = 60, y: int = 700, size: int = 18) -> bytes:
    """What draws these words on a page whose resources name the font F1."""
    return b"BT /F1 %d Tf %d %d Td (%s) Tj ET" % (size, x, y, words)


def last_startxref(document: bytes) -> int:
    return int(re.findall(rb"startxref\s+(\d+)", document)[-1])


def written(objects: Objects, offset: int, line_end: bytes = b"\n") -> tuple[bytes, dict[int, int]]:
    """Return these objects one after the other, and where each of them is if the first byte is at `offset`."""
    body, offsets = b"", {}
    for number, value in objects.items():
        offsets[number] = offset + len(body)
        body += b"%d 0 obj%s%s%sendobj%s" % (number, line_end, value, line_end, line_end)
    return body, offsets


def table(offsets: Mapping[int, int], trailer: bytes, freed: Mapping[int, int] | None = None) -> bytes:
    """A cross-reference table with its trailer; `freed` are object numbers with their next generation."""
    rows = {number: b"%010d 00000 n \n" % place for number, place in offsets.items()}
    rows.update({number: b"%010d %05d f \n" % (0, later) for number, later in (freed or {}).items()})
    lines = b"".join(b"%d 1\n%s" % (number, row) for number, row in sorted(rows.items()))
    return b"xref\n%strailer\n<< %s >>\n" % (lines, trailer)


def rows_of_stream(entries: Mapping[int, tuple[int, int, int]]) -> tuple[bytes, bytes]:
    """The data of a cross-reference stream with widths 1, 4 and 2, and its Index."""
    data = b"".join(
        bytes([kind]) + second.to_bytes(4, "big") + third.to_bytes(2, "big")
        for _, (kind, second, third) in sorted(entries.items())
    )
    return data, b" ".join(b"%d 1" % number for number in sorted(entries))


def section_stream(number: int, entries: Mapping[int, tuple[int, int, int]], trailer: bytes) -> bytes:
    """A cross-reference stream: the whole object, from its header to `endobj`."""
    data, index = rows_of_stream(entries)
    packed = zlib.compress(data)
    head = b"/Type /XRef /W [1 4 2] /Index [%s] /Filter /FlateDecode %s" % (index, trailer)
    return b"%d 0 obj\n%s\nendobj\n" % (number, stream(packed, head))


def object_stream(objects: Objects, entries: bytes = b"") -> bytes:
    """An object stream that holds these objects in their order."""
    header, body = b"", b""
    for number, value in objects.items():
        header += b"%d %d " % (number, len(body))
        body += value + b"\n"
    named = b"/Type /ObjStm /N %d /First %d /Filter /FlateDecode %s" % (len(objects), len(header), entries)
    return stream(zlib.compress(header + body), named)


def end_of(start: int) -> bytes:
    return b"startxref\n%d\n%%%%EOF\n" % start


def _stands_alone(value: bytes) -> bool:
    """Streams cannot be in an object stream, and neither can signature dictionaries, whose bytes are counted."""
    return b"stream\n" in value or b"/ByteRange" in value


def section(
    objects: Objects, offset: int, trailer: bytes, form: Form, freed: Mapping[int, int] | None = None, number: int = 0
) -> bytes:
    """Objects and the section that lists them, from `offset` on, up to %%EOF."""
    streams = {n: value for n, value in objects.items() if form != "packed" or _stands_alone(value)}
    packed = {n: value for n, value in objects.items() if n not in streams}
    container, own = number or _FIRST_FREE + offset % 90 * 2, (number or _FIRST_FREE + offset % 90 * 2) + 1
    if packed:
        streams[container] = object_stream(packed)
    body, offsets = written(streams, offset)
    start = offset + len(body)
    if form == "table":
        return body + table(offsets, trailer, freed) + end_of(start)
    entries = {n: (1, place, 0) for n, place in offsets.items()}
    entries |= {n: (2, container, index) for index, n in enumerate(packed)}
    entries |= {n: (0, 0, later) for n, later in (freed or {}).items()}
    entries[own] = (1, start, 0)
    return body + section_stream(own, entries, trailer) + end_of(start)


def new_document(objects: Objects, *, header: bytes = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", form: Form = "table") -> bytes:
    """A file of one revision whose catalog is object 1."""
    trailer = b"/Size %d /Root %d 0 R /ID [<0123456789abcdef> <0123456789abcdef>]" % (SIZE, ROOT)
    return header + section(objects, len(header), trailer, form, {0: 65535})


def update(
    document: bytes,
    objects: Objects,
    *,
    form: Form = "table",
    freed: Mapping[int, int] | None = None,
    trailer: bytes = b"",
    root: int = ROOT,
) -> bytes:
    """Return the document with one more revision that says these things of these objects."""
    whole = b"/Size %d /Root %d 0 R /Prev %d /ID [<0123456789abcdef> <0123456789abcdef>] %s" % (
        SIZE,
        root,
        last_startxref(document),
        trailer,
    )
    return document + section(objects, len(document), whole, form, freed)
