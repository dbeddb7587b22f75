"""Files as honest writers leave them: every form of cross-reference, odd line ends, junk around the file."""

from __future__ import annotations

import zlib
from typing import Final

from tests.attacks import people
from tests.attacks.cases import honest
from tests.attacks.contracts import (
    CATALOG,
    CONTENT,
    FIRST,
    FORM,
    FREE,
    PAGE,
    SECOND,
    SIGNATURE,
    STAMP,
    TREE,
    approved,
    catalog,
    certified_for_filling,
    fill,
    form,
    objects,
    page,
    signature_dictionary,
    signature_field,
    signed,
    signing,
    unsigned,
)
from tests.attacks.foreign import saved_by_pdfium, saved_by_qpdf, signed_by_pyhanko
from tests.attacks.honest_updates import FILLED
from tests.attacks.messages import signature_of
from tests.attacks.writing import (
    SIZE,
    drawing,
    end_of,
    last_startxref,
    new_document,
    section_stream,
    stream,
    table,
    update,
    written,
)

_TRAILER: Final = b"/Size 1000 /Root 1 0 R"


@honest.each({"a table": "table", "a stream": "stream", "object streams": "packed"})
def file_with(form_of_file: str) -> bytes:
    """The whole file, signature included, in one form of cross-reference.

    Source: ISO 32000-2 clauses 7.5.4, 7.5.7 and 7.5.8.
    """
    document = new_document(objects(), form=form_of_file)  # type: ignore[arg-type]
    return update(signed(document, form=form_of_file), FILLED, form=form_of_file)  # type: ignore[arg-type]


@honest()
def file_signed_when_it_was_made() -> bytes:
    """The file has one revision, which holds the signature already.

    Source: ISO 32000-2 clause 12.8.1 (no incremental update is needed for a first signature).
    """
    everything = {**objects(), **signing(), SIGNATURE: signature_dictionary()}
    return fill(new_document(everything), signature_of(people.signer()))


def hybrid(document: bytes, hidden: dict[int, bytes], shown: dict[int, bytes]) -> bytes:
    """An update with a table for `shown` and a stream (XRefStm) for `hidden` objects."""
    body, offsets = written({**shown, **hidden}, len(document))
    place = len(document) + len(body)
    stream_of_hidden = section_stream(
        FREE + 50, {number: (1, offsets[number], 0) for number in hidden}, b"/Size %d" % SIZE
    )
    start = place + len(stream_of_hidden)
    listed = {number: offsets[number] for number in shown} | {FREE + 50: place}
    trailer = b"%s /Prev %d /XRefStm %d" % (_TRAILER, last_startxref(document), place)
    return document + body + stream_of_hidden + table(listed, trailer) + end_of(start)


@honest.each({"signed": True, "updated": False})
def hybrid_file(before: bool) -> bytes:
    """A hybrid-reference file: what new readers see is listed in a stream beside the table.

    Source: ISO 32000-2 clause 7.5.8.4; VERIFY.md, list, 4.
    """
    if before:
        return signed(hybrid(unsigned(), {STAMP: drawing(b"0 0 1 RG 0 0 100 40 re S", b"0 0 100 40")}, {}))
    return hybrid(approved(), {FREE: b"<< /Unused true >>"}, FILLED)


@honest.each({"CR": b"\r", "CR LF": b"\r\n"})
def file_with_line_ends(line_end: bytes) -> bytes:
    """Lines end as on other machines.

    Source: ISO 32000-2 clause 7.2.3; iText's pdf-with-eof-cr, VERIFY.md.
    """
    body, offsets = written(objects(), 10, line_end)
    rows = b"".join(b"%010d 00000 n%s" % (place, line_end.rjust(2)) for _, place in sorted(offsets.items()))
    free = b"0000000000 65535 f%s" % line_end.rjust(2)
    start = 10 + len(body)
    lines = [b"xref", b"0 1", free.rstrip(b"\r\n"), b"%d %d" % (min(offsets), len(offsets))]
    whole = line_end.join(lines[:2]) + line_end + free + lines[3] + line_end + rows
    end = line_end.join([b"trailer", b"<< %s >>" % _TRAILER, b"startxref", b"%d" % start, b"%%EOF", b""])
    header = (b"%PDF-1.7" + line_end).ljust(10, b"\n")
    return signed(header + body + whole + end)


@honest.each({"a line": b"From: somebody\n", "a mark": b"\xef\xbb\xbf", "many bytes": b"\0" * 900 + b"\n"})
def junk_before_the_header(junk: bytes) -> bytes:
    """Something stands before the header, and every offset counts from the file's first byte, or from the header.

    Source: ISO 32000-2 annex, implementation note on clause 7.5.2 (the header within the first 1024 bytes).
    """
    whole = new_document(objects(), header=junk + b"%PDF-1.7\n")
    return signed(whole)


@honest.each({"blanks": b"\n\n \r\n", "zeros": b"\0" * 40, "many zeros": bytes(6000)})
def after_the_end(more: bytes) -> bytes:
    """White space stands behind the last %%EOF, as mail programs and copiers leave it.

    Source: ISO 32000-2 clause 7.5.5.
    """
    return approved() + more


@honest.each({"inside": b"\r\n", "outside": b""})
def line_end_of_the_last_line(covered: bytes) -> bytes:
    """The signature covers the file up to %%EOF, with or without the line end behind it.

    Source: ISO 32000-2 clause 12.8.1; iText's eolNotIncludedIntoByteRange, VERIFY.md.
    """
    changed = {**signing(), SIGNATURE: signature_dictionary()}
    waiting = update(unsigned(), changed).rstrip(b"\n") + covered
    document = fill(waiting, signature_of(people.signer()))
    return update(document + (b"" if covered else b"\r\n"), FILLED)


@honest.each(
    {
        "for fast view": ["--linearize"],
        "for fast view, packed": ["--linearize", "--object-streams=generate"],
        "packed": ["--object-streams=generate"],
        "for people": ["--qdf", "--object-streams=disable"],
        "without coding": ["--stream-data=uncompress"],
        "encrypted by AES-256": ["--encrypt", "", "owner", "256", "--"],
        "encrypted by AES-128": ["--encrypt", "", "owner", "128", "--use-aes=y", "--"],
        "encrypted by RC4": ["--allow-weak-crypto", "--encrypt", "", "owner", "128", "--use-aes=n", "--"],
        "encrypted, metadata in clear": ["--encrypt", "", "owner", "256", "--cleartext-metadata", "--"],
    }
)
def file_saved_by_qpdf(options: list[str]) -> bytes:
    """A file that qpdf saved, signed afterwards and filled in.

    Source: ISO 32000-2 clause 7.6 (encryption) and annex F (files for fast view).
    """
    password = "" if "--encrypt" in options else None
    saved = saved_by_qpdf(unsigned(), *options)
    return signed_by_pyhanko(signed_by_pyhanko(saved, password=password), field="again", password=password)


@honest(password="user")
def file_that_takes_a_password() -> bytes:
    """An encrypted file that opens with a password alone, signed by two people.

    Source: ISO 32000-2 clause 7.6.4.
    """
    saved = saved_by_qpdf(unsigned(), "--encrypt", "user", "owner", "256", "--")
    return signed_by_pyhanko(signed_by_pyhanko(saved, password="user"), field="again", password="user")


@honest()
def file_saved_by_pdfium() -> bytes:
    """A file that PDFium (a browser) saved, signed afterwards.

    Source: ISO 32000-2 clause 7.5.
    """
    return signed_by_pyhanko(saved_by_pdfium(unsigned()), box=(60, 100, 260, 160))


@honest.each({"visible": (60, 100, 260, 160), "invisible": None})
def signature_by_pyhanko(box: tuple[int, int, int, int] | None) -> bytes:
    """Further signatures in new fields, by another tool, on a document that was certified for filling.

    Source: ISO 32000-2 table 257, P 2.
    """
    return signed_by_pyhanko(update(certified_for_filling(), FILLED), box=box)


@honest()
def field_in_kids() -> bytes:
    """The signature field is a child of a field that has only a name, and its widget is a child of its own.

    Source: ISO 32000-2 clauses 12.7.4.1 and 12.7.4.2.
    """
    parent = b"<< /T (people) /Kids [101 0 R] >>"
    field = b"<< /FT /Sig /T (third) /Parent 100 0 R /Kids [102 0 R] %s >>"
    widget = signature_field(b"x", b"60 100 260 160").replace(b"/FT /Sig /T (x) ", b"/Parent 101 0 R ")
    all_fields = b"10 0 R 11 0 R 12 0 R 13 0 R 100 0 R"
    before = {
        **objects(),
        FORM: form(fields=all_fields),
        PAGE: page(annotations=b"10 0 R 11 0 R 12 0 R 13 0 R 102 0 R"),
        FREE: parent,
        FREE + 1: field % b"",
        FREE + 2: widget,
    }
    changed = {FREE + 1: field % (b"/V %d 0 R" % SIGNATURE), SIGNATURE: signature_dictionary()}
    return update(fill(update(new_document(before), changed), signature_of(people.signer())), FILLED)


@honest.each({"of the form alone": b"", "of the page alone": b"12 0 R"})
def field_that_is_listed_once(annotations: bytes) -> bytes:
    """The signature's field is listed by the form and not by the page, or by the page and not by the form.

    Source: ISO 32000-2 clauses 12.7.3 and 12.5.2; VERIFY.md, every signature field is listed.
    """
    fields = b"10 0 R 11 0 R 13 0 R" + (b"" if annotations else b" 12 0 R")
    changed = {**signing(), SIGNATURE: signature_dictionary(), FORM: form(fields=fields)}
    changed[PAGE] = page(annotations=b"10 0 R 11 0 R 13 0 R " + annotations)
    return fill(update(unsigned(), changed), signature_of(people.signer()))


@honest()
def field_without_a_widget() -> bytes:
    """The signature's field has no widget at all, as servers make it.

    Source: ISO 32000-2 clause 12.7.5.5 (a signature that is not to be seen).
    """
    field = b"<< /FT /Sig /T (first) /V %d 0 R >>" % SIGNATURE
    changed = {
        FIRST: field,
        FORM: form(),
        SIGNATURE: signature_dictionary(),
        PAGE: page(annotations=b"10 0 R 11 0 R 13 0 R"),
    }
    return update(fill(update(unsigned(), changed), signature_of(people.signer())), FILLED)


@honest()
def value_inside_the_field() -> bytes:
    """The signature dictionary is written inside the field, not as an object of its own.

    Source: ISO 32000-2 clause 12.7.5.5 (V may be direct).
    """
    changed = signing()
    changed[FIRST] = changed[FIRST].replace(b"/V %d 0 R" % SIGNATURE, b"/V " + signature_dictionary())
    return update(fill(update(unsigned(), changed), signature_of(people.signer())), FILLED)


@honest()
def form_inside_the_catalog() -> bytes:
    """The form is written inside the catalog, and signing writes the catalog anew.

    Source: ISO 32000-2 clause 7.7.2 (AcroForm may be direct).
    """
    before = {**objects(), CATALOG: catalog().replace(b"5 0 R", form(b""))}
    changed = {**signing(), SIGNATURE: signature_dictionary(), CATALOG: catalog().replace(b"5 0 R", form())}
    del changed[FORM], before[FORM]
    return update(fill(update(new_document(before), changed), signature_of(people.signer())), FILLED)


@honest()
def document_that_had_no_form() -> bytes:
    """Signing gives the document its form.

    Source: ISO 32000-2 clause 12.7.3.
    """
    before = objects()
    before[CATALOG] = catalog().replace(b"/AcroForm 5 0 R", b"")
    before[PAGE] = page().replace(b"/Annots [10 0 R 11 0 R 12 0 R 13 0 R]", b"")
    for number in (FORM, 10, 11, 12, 13):
        del before[number]
    changed = {**signing(), SIGNATURE: signature_dictionary(), CATALOG: catalog()}
    changed[FORM] = form(fields=b"12 0 R")
    changed[PAGE] = page(annotations=b"12 0 R")
    return update(fill(update(new_document(before), changed), signature_of(people.signer())), {FREE: b"<< >>"})


@honest.each(
    {
        "of PDF 2.0": b"%PDF-2.0\n",
        "of PDF 1.3": b"%PDF-1.3\n",
        "without a mark of binary data": b"%PDF-1.7\n",
        "with a comment": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n% made by a tool\n",
    }
)
def header(written_: bytes) -> bytes:
    """Headers of old and new versions.

    Source: ISO 32000-2 clause 7.5.2.
    """
    return update(signed(new_document(objects(), header=written_)), FILLED)


@honest()
def literal_contents() -> bytes:
    """Names are escaped, strings are written in either form, and numbers with signs and points.

    Source: ISO 32000-2 clauses 7.3.3 to 7.3.5.
    """
    before = {
        **objects(),
        FREE: b"<< /A#42 (a\\(b\\)\\101\\\n c) /C <616 2> /D [+1 -2 .5 4. -.002 +0.0 00012] /E true /F null >>",
    }
    return update(signed(new_document(before)), {FREE: before[FREE].replace(b"(a", b"(b")})


@honest()
def stream_lengths_elsewhere() -> bytes:
    """Lengths of streams are objects of their own, as writers do that write in one go.

    Source: ISO 32000-2 clause 7.3.8.2.
    """
    before = objects()
    length = len(before[CONTENT].split(b"stream\n", 1)[1].split(b"\nendstream", maxsplit=1)[0])
    before[CONTENT] = before[CONTENT].replace(b"/Length %d" % length, b"/Length %d 0 R" % FREE)
    before[FREE] = b"%d" % length
    return update(signed(new_document(before)), FILLED)


@honest()
def free_entries_in_the_table() -> bytes:
    """A table that lists free numbers in a chain, some of generation 65535, some used before.

    Source: ISO 32000-2 clause 7.5.4.
    """
    return update(signed(update(unsigned(), {}, freed={50: 1, 51: 65535, 52: 3})), FILLED, freed={50: 2})


@honest()
def table_from_one() -> bytes:
    """A table whose first object is said to be number 1 although its first entry is that of number 0.

    Source: Apache PDFBox PDFBOX-474 and iText's "rebuild" tests: a common fault of old writers.
    """
    body, offsets = written(objects(), 9)
    rows = b"0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % offsets[number] for number in sorted(offsets))
    whole = b"xref\n0 %d\n%s" % (len(offsets) + 1, rows)
    return signed(b"%PDF-1.7\n" + body + whole + b"trailer\n<< %s >>\n" % _TRAILER + end_of(9 + len(body)))


@honest()
def section_off_by_some_bytes() -> bytes:
    """The start of the cross-reference section is told a few bytes too early, at white space.

    Source: ISO 32000-2 annex, implementation note (readers look around).
    """
    return signed(unsigned()[: unsigned().rindex(b"startxref")] + end_of(last_startxref(unsigned()) - 1))


@honest()
def section_stream_that_does_not_list_itself() -> bytes:
    """After the signature comes an update whose cross-reference stream is not among the objects that it lists.

    Source: ISO 32000-2 clause 7.5.8; iText 5 writes so (test-with-vri.pdf of the corpus).
    """
    document = approved()
    body, offsets = written(FILLED, len(document))
    start = len(document) + len(body)
    entries = {number: (1, place, 0) for number, place in offsets.items()}
    trailer = b"%s /Prev %d" % (_TRAILER, last_startxref(document))
    return document + body + section_stream(FREE, entries, trailer) + end_of(start)


@honest()
def streams_coded_otherwise() -> bytes:
    """Streams that a tool compresses when it saves: what they decode to is the same.

    Source: ISO 32000-2 clause 7.4.4.
    """
    data = objects()[CONTENT].split(b"stream\n", 1)[1].split(b"\nendstream", maxsplit=1)[0]
    return update(approved(), {CONTENT: stream(zlib.compress(data), b"/Filter /FlateDecode")})


@honest()
def page_tree_with_inherited_entries() -> bytes:
    """Pages inherit their boxes and resources; an update writes them into the page.

    Source: ISO 32000-2 clause 7.7.3.4.
    """
    before = objects()
    before[TREE] = before[TREE].replace(b"/Count 2", b"/Count 2 /MediaBox [0 0 595 842] /Resources 8 0 R")
    before[PAGE] = page().replace(b"/MediaBox [0 0 595 842] /Resources 8 0 R", b"")
    return update(signed(new_document(before)), {PAGE: page()})


@honest()
def unused_place_to_sign() -> bytes:
    """A second place to sign stays empty.

    Source: ISO 32000-2 clause 12.7.5.5.
    """
    return update(approved(), {SECOND: objects()[SECOND]})
