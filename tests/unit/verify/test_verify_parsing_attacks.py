"""Updates that one viewer reads in one way and another in another, and files that cost more than they should."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable

import later_updates as later
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.crypt import StandardSecurityHandler, StandardSecuritySettingsRevision
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from signed_material import codes, judge

from ca.trust import TrustStore
from esign.verify.changes.comparison import Comparison
from esign.verify.errors import LimitReached, Malformed
from esign.verify.limits import Budget, Limits
from esign.verify.reading.document import PdfFile
from esign.verify.reading.lexer import Lexer
from esign.verify.reading.objects import Name, Stream
from esign.verify.reading.predictor import undo_predictor
from esign.verify.reading.stream_decoding import decode_stream, has_plain_coding

FREE_NUMBER = 900


class Raw:
    """An update written by hand: objects, then a table that lists what it is told to."""

    def __init__(self, document: bytes) -> None:
        self.document = bytearray(document + b"\n")
        self.signed = document
        reader = PdfFileReader(io.BytesIO(document))
        self.reader = reader
        self.root = reader.trailer.raw_get("/Root").idnum
        self.tree = reader.root.raw_get("/Pages").idnum
        self.page = reader.root["/Pages"]["/Kids"].raw_get(0).idnum
        self.second_page = reader.root["/Pages"]["/Kids"].raw_get(1).idnum
        self.content = reader.root["/Pages"]["/Kids"][0].raw_get("/Contents").idnum
        self.offsets: dict[int, int] = {}

    def written(self, number: int) -> bytes:
        out = io.BytesIO()
        self.reader.get_object(generic.Reference(number, 0)).write_to_stream(out, None)
        return out.getvalue()

    def add(self, number: int, value: bytes) -> int:
        self.offsets[number] = len(self.document)
        self.document += b"%d 0 obj\n%s\nendobj\n" % (number, value)
        return self.offsets[number]

    def add_stream(self, number: int, data: bytes, entries: bytes = b"") -> int:
        return self.add(number, stream(data, entries))

    def close(self, rows: list[tuple[int, int]] | None = None, extra: bytes = b"", startxref: bytes = b"%d") -> bytes:
        start = len(self.document)
        listed = b"".join(
            b"%d 1\n%010d 00000 n \n" % row for row in (sorted(self.offsets.items()) if rows is None else rows)
        )
        previous = later.last_startxref(self.signed)
        trailer = b"trailer\n<< /Size 1000 /Root %d 0 R /Prev %d %s >>\n" % (self.root, previous, extra)
        end = b"startxref\n" + startxref % start + b"\n%%EOF\n"
        return bytes(self.document) + b"xref\n" + listed + trailer + end


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), entries, data)


def twice_written_key(raw: Raw) -> bytes:
    raw.add_stream(FREE_NUMBER, b"forged")
    raw.add(raw.page, raw.written(raw.page).rstrip()[:-2] + b"/Contents %d 0 R >>" % FREE_NUMBER)
    return raw.close()


def twice_written_key_in_the_trailer(raw: Raw) -> bytes:
    return raw.close(extra=b"/Root %d 0 R" % FREE_NUMBER)


def twice_listed_object(raw: Raw) -> bytes:
    old = next(match.start() for match in re.finditer(rb"(?<![0-9])%d 0 obj" % raw.content, raw.signed))
    new = raw.add_stream(raw.content, b"forged")
    return raw.close([(raw.content, new), (raw.content, old)])


def packed_twice(raw: Raw) -> bytes:
    good = raw.written(raw.page)
    forged = re.sub(rb"/Contents \d+ 0 R", b"/Contents %d 0 R" % FREE_NUMBER, good)
    header = b"%d 0 %d %d " % (raw.page, raw.page, len(good) + 1)
    packed = b"/Type /ObjStm /N 2 /First %d" % len(header)
    places = [
        (1, raw.add_stream(FREE_NUMBER, b"forged"), 0),
        (1, raw.add_stream(FREE_NUMBER + 1, header + good + b"\n" + forged, packed), 0),
        (1, len(raw.document), 0),
    ]
    rows = b"".join(
        bytes([kind]) + place.to_bytes(4, "big") + bytes([index])
        for kind, place, index in [(2, FREE_NUMBER + 1, 0), *places]
    )
    entries = b"/Type /XRef /W [1 4 1] /Size 1000 /Index [%d 1 %d 3] /Root %d 0 R /Prev %d" % (
        raw.page,
        FREE_NUMBER,
        raw.root,
        later.last_startxref(raw.signed),
    )
    start = raw.add_stream(FREE_NUMBER + 2, rows, entries)
    return bytes(raw.document) + b"startxref\n%d\n%%%%EOF\n" % start


def listed_under_another_number(raw: Raw) -> bytes:
    return raw.close([(FREE_NUMBER, raw.add_stream(raw.content, b"forged"))])


def comment_before_the_last_start(raw: Raw) -> bytes:
    offset = raw.add_stream(raw.content, b"forged")
    first = raw.close([(FREE_NUMBER, offset)])
    raw.document = bytearray(first)
    return raw.close([(raw.content, offset)], startxref=b"%%\n%d")


def section_that_nothing_leads_to(raw: Raw) -> bytes:
    raw.document += b"xref\n0 0\ntrailer\n<< >>\n"
    return raw.close([])


def header_with_a_comment(raw: Raw) -> bytes:
    raw.document += b"%d %%\n0 obj\n<< >>\nendobj\n" % raw.content
    return raw.close([])


def page_tree(value: bytes, *, both: bool = False) -> Callable[[Raw], bytes]:
    def edit(raw: Raw) -> bytes:
        fill = {b"FIRST": b"%d 0 R" % raw.page, b"SECOND": b"%d 0 R" % raw.second_page}
        tree = value
        for name, reference in fill.items():
            tree = tree.replace(name, reference)
        raw.add(raw.tree, tree)
        if both:
            raw.add_stream(FREE_NUMBER, b"forged")
            node = b"<< /Type /Page /Parent %d 0 R /Count 1 /Kids [%d 0 R] /Contents %d 0 R >>"
            raw.add(FREE_NUMBER + 1, node % (raw.tree, raw.page, FREE_NUMBER))
        return raw.close()

    return edit


def coded(entries: bytes, *, again: bool = False) -> Callable[[Raw], bytes]:
    def edit(raw: Raw) -> bytes:
        content = raw.reader.get_object(generic.Reference(raw.content, 0))
        data = zlib.compress(content.data, 1) if again else content.encoded_data
        raw.add_stream(raw.content, data, entries)
        return raw.close()

    return edit


def encrypted_later(raw: Raw) -> bytes:
    identifier = re.findall(rb"/ID (\[[^\]]*\])", raw.signed)[-1]
    handler = StandardSecurityHandler.build_from_pw_legacy(
        StandardSecuritySettingsRevision.RC4_OR_AES128,
        id1=raw.reader.trailer["/ID"][0].original_bytes,
        desired_owner_pass="owner",
        desired_user_pass="",
        keylen_bytes=16,
        use_aes128=False,
    )
    out = io.BytesIO()
    handler.as_pdf_object().write_to_stream(out, None)
    raw.add(FREE_NUMBER, out.getvalue())
    return raw.close(extra=b"/Encrypt %d 0 R /ID %s" % (FREE_NUMBER, identifier))


ATTACKS: dict[str, tuple[str, Callable[[Raw], bytes]]] = {
    "twice-written-key": ("ambiguous-object", twice_written_key),
    "twice-written-trailer-key": ("ambiguous-object", twice_written_key_in_the_trailer),
    "twice-listed": ("ambiguous-object", twice_listed_object),
    "packed-twice": ("ambiguous-object", packed_twice),
    "another-number": ("hidden-object-data", listed_under_another_number),
    "comment-before-start": ("hidden-object-data", comment_before_the_last_start),
    "unled-section": ("hidden-object-data", section_that_nothing_leads_to),
    "header-with-comment": ("hidden-object-data", header_with_a_comment),
    "count": ("content-changed", page_tree(b"<< /Type /Pages /Count 1 /Kids [FIRST SECOND] >>")),
    "repeated-kid": ("content-changed", page_tree(b"<< /Type /Pages /Count 3 /Kids [FIRST FIRST SECOND] >>")),
    "null-kid": ("content-changed", page_tree(b"<< /Type /Pages /Count 2 /Kids [FIRST null SECOND] >>")),
    "both": ("content-changed", page_tree(b"<< /Type /Pages /Count 2 /Kids [901 0 R SECOND] >>", both=True)),
    "tiff-predictor": (
        "content-changed",
        coded(b"/Filter /FlateDecode /DecodeParms << /Predictor 2 /Columns 64 >>"),
    ),
    "form-of-parameters": (
        "content-changed",
        coded(b"/Filter [/FlateDecode] /DecodeParms << /Predictor 1 >>", again=True),
    ),
    "short-name": ("content-changed", coded(b"/Filter /Fl", again=True)),
    "encrypted-later": ("content-changed", encrypted_later),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_update_that_viewers_read_differently_fails(signed: bytes, trust: TrustStore, attack: str) -> None:
    code, edit = ATTACKS[attack]
    report = judge(edit(Raw(signed)), trust)
    assert report.conclusion == "TOTAL-FAILED"
    assert code in codes(report)


@pytest.mark.parametrize(
    "edit",
    [
        page_tree(b"<< /Type /Pages /Count 2 /Kids [FIRST SECOND] >>"),
        coded(b"/Filter [/FlateDecode] /DecodeParms [<< /Predictor 1 >>]", again=True),
    ],
)
def test_the_same_written_otherwise_but_plainly_changes_nothing(
    signed: bytes, trust: TrustStore, edit: Callable[[Raw], bytes]
) -> None:
    report = judge(edit(Raw(signed)), trust)
    assert (report.conclusion, codes(report)) == ("TOTAL-PASSED", set())


def test_streams_that_a_coding_rests_on_are_compared(signed: bytes) -> None:
    def image(writer: IncrementalPdfFileWriter) -> None:
        shared = writer.add_object(generic.StreamObject(stream_data=b"glyphs"))
        parameters = generic.DictionaryObject({pdf_name("/JBIG2Globals"): shared})
        coding = {pdf_name("/Filter"): pdf_name("/JBIG2Decode"), pdf_name("/DecodeParms"): parameters}
        writer.root["/Extra"] = writer.add_object(generic.StreamObject(coding, encoded_data=b"image"))
        writer.update_root()

    before = later.updated(signed, image)
    number = next(iter(re.findall(rb"/JBIG2Globals (\d+) 0 R", before)))
    raw = Raw(before)
    raw.add_stream(int(number), b"other glyphs")
    file = PdfFile(io.BytesIO(raw.close()), Limits())
    old, new = file.revision(len(before)), file.present
    difference = Comparison(old, new).difference(old.catalog["Extra"], new.catalog["Extra"], "Extra")
    assert difference == "Extra/DecodeParms/JBIG2Globals"


def flate(data: bytes, **entries: object) -> Stream:
    packed = zlib.compress(data)
    return Stream({"Filter": Name("FlateDecode"), **entries}, packed, 0, len(packed))  # type: ignore[dict-item]


def test_a_chain_of_filters_beyond_the_limit_is_refused() -> None:
    chained = Stream({"Filter": [Name("FlateDecode")] * 7}, b"", 0, 0)
    with pytest.raises(LimitReached, match="filters"):
        decode_stream(chained, Budget(Limits()), lambda value: value)


def test_every_stage_of_a_chain_is_charged() -> None:
    inner = flate(zlib.compress(bytes(90)), Filter=[Name("FlateDecode")] * 2)
    budget = Budget(Limits(decoded_total_bytes=100))
    with pytest.raises(LimitReached):
        decode_stream(inner, budget, lambda value: value)


def test_predictors_other_than_those_of_png_are_refused() -> None:
    stream_with_tiff = flate(b"abcd", DecodeParms={"Predictor": 2})
    with pytest.raises(Malformed):
        decode_stream(stream_with_tiff, Budget(Limits()), lambda value: value)
    assert not has_plain_coding(stream_with_tiff, lambda value: value)


def test_the_png_predictors_are_undone_row_by_row() -> None:
    rows = b"\x00\x01\x02\x03" + b"\x01\x01\x01\x01" + b"\x02\x01\x01\x01" + b"\x03\x01\x01\x01" + b"\x04\x01\x01"
    undone = undo_predictor(rows, {"Predictor": 15, "Columns": 3}, Budget(Limits()))
    assert undone == bytes([1, 2, 3, 1, 2, 3, 2, 3, 4, 2, 3, 4, 3, 4])


def test_a_stream_of_slow_predictors_reaches_the_limit() -> None:
    slow = (b"\x04" + bytes(1023)) * 10_000
    with pytest.raises(LimitReached):
        undo_predictor(slow, {"Predictor": 15, "Columns": 1023}, Budget(Limits()))


@pytest.mark.parametrize("text", [b"[" + b"[]" * 200 + b"]", b"(" + b"a" * 20_000 + b")", b" " * 20_000 + b"1"])
def test_what_is_read_is_charged_by_count_and_by_size(text: bytes) -> None:
    limits = Limits(values=100)
    with pytest.raises(LimitReached, match="values"):
        Lexer(text, limits, Budget(limits)).read(0)
