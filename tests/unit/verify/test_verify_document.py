"""Files as sequences of revisions: tables, streams, hybrids, freed numbers, hostile sections."""

from __future__ import annotations

import io
import zlib

import pytest

from esign.verify.errors import LimitReached, UnreadableDocument
from esign.verify.limits import Limits
from esign.verify.reading.document import PdfFile
from esign.verify.reading.objects import Ref

CATALOG = b"<< /Type /Catalog /Pages 2 0 R %s>>"
PAGES = b"<< /Type /Pages /Kids [] /Count 0 >>"


def table(offsets: dict[int, int], trailer: bytes) -> bytes:
    entries = b"".join(b"%d 1\n%010d 00000 n \n" % (number, offset) for number, offset in offsets.items())
    return b"xref\n" + entries + b"trailer\n<< /Size 20 /Root 1 0 R " + trailer + b">>\n"


def simple(extra: bytes = b"", prefix: bytes = b"") -> bytes:
    """A file with a catalog and an empty page tree."""
    body = prefix + b"%PDF-1.7\n"
    offsets = {}
    for number, value in ((1, CATALOG % extra), (2, PAGES)):
        offsets[number] = len(body) - len(prefix)
        body += b"%d 0 obj\n%s\nendobj\n" % (number, value)
    start = len(body) - len(prefix)
    return body + table(offsets, b"") + b"startxref\n%d\n%%%%EOF\n" % start


def appended(document: bytes, number: int, value: bytes, *, freed: bool = False) -> bytes:
    """One more revision that writes, or frees, an object."""
    previous = document.rindex(b"xref\n", 0, document.rindex(b"startxref"))
    offset = len(document)
    body = b"" if freed else b"%d 0 obj\n%s\nendobj\n" % (number, value)
    entries = b"xref\n%d 1\n%010d %05d %s \n" % (number, 0 if freed else offset, int(freed), b"f" if freed else b"n")
    trailer = b"trailer\n<< /Size 20 /Root 1 0 R /Prev %d >>\n" % previous
    start = offset + len(body)
    return document + body + entries + trailer + b"startxref\n%d\n%%%%EOF\n" % start


def opened(document: bytes, **limits: int) -> PdfFile:
    return PdfFile(io.BytesIO(document), Limits(**limits))


def test_each_revision_is_read_as_it_ended() -> None:
    first = simple(b"/Lang (en) ")
    second = appended(first, 1, CATALOG % b"/Lang (zh) ")
    file = opened(second)
    assert file.revision_ends == (len(first), len(second))
    assert [file.revision(end).catalog["Lang"] for end in file.revision_ends] == [b"en", b"zh"]


def test_a_freed_object_is_null_from_then_on() -> None:
    first = simple(b"/Metadata 3 0 R ")
    written = appended(first, 3, b"<< /A 1 >>")
    freed = appended(written, 3, b"", freed=True)
    file = opened(freed)
    values = [file.revision(end).resolve(Ref(3, 0)) for end in file.revision_ends]
    assert values == [None, {"A": 1}, None]


def test_bytes_before_the_header_shift_every_offset() -> None:
    file = opened(simple(b"/Lang (en) ", prefix=b"mail header\r\n"))
    assert file.present.catalog["Lang"] == b"en"


def xref_stream_file(*, hybrid: bool) -> bytes:
    """The catalog's language lies in an object stream, listed in a cross-reference stream."""
    packed = b"7 0 (zh)"
    stream = zlib.compress(packed)
    body = b"%PDF-1.7\n"
    catalog, pages = len(body), 0
    body += b"1 0 obj\n" + CATALOG % b"/Lang 7 0 R " + b"\nendobj\n"
    pages = len(body)
    body += b"2 0 obj\n" + PAGES + b"\nendobj\n"
    container = len(body)
    header = b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d" % len(stream)
    body += b"5 0 obj\n<< %s >>\nstream\n%s\nendstream\nendobj\n" % (header, stream)
    start = len(body)
    rows = [(1, catalog, 0), (1, pages, 0), (1, container, 0), (1, start, 0), (2, 5, 0)]
    data = b"".join(bytes([kind]) + a.to_bytes(3, "big") + bytes([b]) for kind, a, b in rows)
    listed = b"/Type /XRef /W [1 3 1] /Size 8 /Index [1 2 5 3] /Root 1 0 R /Length %d" % len(data)
    body += b"6 0 obj\n<< %s >>\nstream\n%s\nendstream\nendobj\n" % (listed, data)
    if hybrid:
        main = len(body)
        body += table({1: catalog, 2: pages}, b"/XRefStm %d " % start)
        start = main
    return body + b"startxref\n%d\n%%%%EOF\n" % start


@pytest.mark.parametrize("hybrid", [True, False])
def test_objects_in_object_streams_are_found_also_in_hybrid_files(hybrid: bool) -> None:
    file = opened(xref_stream_file(hybrid=hybrid))
    assert file.present.resolve(file.present.catalog["Lang"]) == b"zh"


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"no PDF",
        b"%PDF-1.7\n",
        simple()[:-60],
        simple().replace(b"xref\n", b"XREF\n", 1),
        b"%PDF-1.7\nstartxref\n0\n%%EOF",
    ],
)
def test_what_is_no_whole_pdf_is_unreadable(document: bytes) -> None:
    with pytest.raises(UnreadableDocument):
        opened(document)


def test_sections_that_lead_in_a_circle_end() -> None:
    document = simple()
    start = document.rindex(b"xref\n", 0, document.rindex(b"startxref"))
    looped = document.replace(b"/Root 1 0 R >>", b"/Root 1 0 R /Prev %d >>" % start)
    assert len(opened(looped).present.sections) == 1


def test_a_table_that_claims_endless_entries_stops_where_they_stop() -> None:
    assert opened(simple().replace(b"1 1\n", b"1 999999999\n", 1)).present.catalog["Type"] == "Catalog"


def test_references_in_a_circle_are_null() -> None:
    document = appended(simple(b"/Lang 3 0 R "), 3, b"3 0 R")
    assert opened(document).present.resolve(Ref(3, 0)) is None


def test_a_stream_that_decodes_beyond_the_limit_is_refused() -> None:
    bomb = zlib.compress(bytes(4_000_000))
    document = appended(
        simple(), 3, b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(bomb), bomb)
    )
    file = opened(document, decoded_stream_bytes=1_000_000)
    stream = file.present.resolve(Ref(3, 0))
    with pytest.raises(LimitReached):
        file.present.decoded(stream)  # type: ignore[arg-type]


def test_a_document_larger_than_the_limit_is_refused() -> None:
    with pytest.raises(UnreadableDocument, match="larger than the limit"):
        opened(simple(), document_bytes=10)
