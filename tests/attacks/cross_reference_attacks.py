"""Files that two readers read as two documents: hybrid sections, object streams, duplicates, headers, starts."""

from __future__ import annotations

import zlib
from typing import Final

from tests.attacks import people
from tests.attacks.cases import attack
from tests.attacks.contracts import (
    CATALOG,
    CONTENT,
    FIRST,
    FREE,
    PAGE,
    RESOURCES,
    SIGNATURE,
    TREE,
    approved,
    catalog,
    fill,
    objects,
    page,
    signature_dictionary,
    signed,
    signing,
    unsigned,
)
from tests.attacks.incremental_saving import FORGED
from tests.attacks.messages import signature_of
from tests.attacks.writing import (
    SIZE,
    drawing,
    end_of,
    last_startxref,
    new_document,
    object_stream,
    section_stream,
    stream,
    table,
    text,
    update,
    written,
)

_TRAILER: Final = b"/Size 1000 /Root 1 0 R"
_ALL: Final = b"10 0 R 11 0 R 12 0 R 13 0 R"


def note_over_the_sum() -> bytes:
    return b"<< /Type /Annot /Subtype /FreeText /P 3 0 R /Rect [50 680 450 730] /F 4 /AP << /N %d 0 R >> >>" % (
        FREE + 1
    )


def forged_drawing() -> bytes:
    return drawing(b"1 g 0 0 400 50 re f 0 g " + text(b"The insurer pays 900.", 10, 20), b"0 0 400 50")


def hybrid_update(*, listed_openly: bool, hidden_first: bool) -> bytes:
    """An update whose table and whose XRefStm say different things of the content."""
    document = approved()
    body, offsets = written({CONTENT: objects()[CONTENT]}, len(document))
    forged, forged_offsets = written({CONTENT: FORGED}, len(document) + len(body))
    place = len(document) + len(body) + len(forged)
    hidden = forged_offsets if hidden_first else offsets
    shown = offsets if hidden_first else forged_offsets
    hybrid = section_stream(FREE, {CONTENT: (1, hidden[CONTENT], 0)}, b"/Size %d" % SIZE)
    start = place + len(hybrid)
    rows = {FREE: place} | (shown if listed_openly else {})
    trailer = b"%s /Prev %d /XRefStm %d" % (_TRAILER, last_startxref(document), place)
    return document + body + forged + hybrid + table(rows, trailer) + end_of(start)


@attack.each(
    {
        "that overrides the table": (True, True),
        "that the table overrides": (True, False),
        "that old readers do not see": (False, True),
    }
)
def hybrid_section(how: tuple[bool, bool]) -> bytes:
    """Old readers take the table, new ones the stream beside it, and each finds another content.

    Source: ISO 32000-2 clause 7.5.8.4; Mainka et al. 2021, section 4.3; VERIFY.md, list, 4.
    """
    listed_openly, hidden_first = how
    return hybrid_update(listed_openly=listed_openly, hidden_first=hidden_first)


@attack.each({"frees": True, "lists": False})
def content_that_waits_unlisted(frees: bool) -> bytes:
    """The signed revision holds a content that nothing lists; an update lists it, or frees the one that is shown.

    Source: Mainka et al. 2021, section 4.3; ISO 32000-2 clause 7.5.8.4.
    """
    twin, twin_offsets = written({CONTENT: FORGED}, len(unsigned()))
    document = signed(unsigned() + twin)
    if frees:
        return update(document, {}, freed={CONTENT: 1})
    rows = table(twin_offsets, b"%s /Prev %d" % (_TRAILER, last_startxref(document)))
    return document + rows + end_of(len(document))


@attack.each(
    {
        "an index too high": 5,
        "the index of another object": 0,
    }
)
def object_stream_with(index: int) -> bytes:
    """The section gives an index in an object stream where another object lies, or none.

    Source: ISO 32000-2 clause 7.5.8.3, table 18 (type 2 entries).
    """
    document = approved()
    forged = page(content=b"7 0 R")
    packed, offsets = written({FREE: object_stream({FREE + 2: b"<< >>", PAGE: forged})}, len(document))
    start = len(document) + len(packed)
    entries = {PAGE: (2, FREE, index), FREE: (1, offsets[FREE], 0), FREE + 1: (1, start, 0)}
    trailer = b"%s /Prev %d" % (_TRAILER, last_startxref(document))
    return document + packed + section_stream(FREE + 1, entries, trailer) + end_of(start)


@attack("content-changed")
def object_stream_that_extends_another() -> bytes:
    """An update's object stream says that it extends another one, which holds a forged page.

    Source: ISO 32000-2 clause 7.5.7 (Extends).
    """
    document = approved()
    forged = object_stream({PAGE: page(content=b"7 0 R")})
    extending = object_stream({FREE + 5: b"<< >>"}, b"/Extends %d 0 R" % FREE)
    packed, offsets = written({FREE: forged, FREE + 1: extending}, len(document))
    start = len(document) + len(packed)
    entries = {PAGE: (2, FREE, 0), FREE + 5: (2, FREE + 1, 0), FREE + 2: (1, start, 0)}
    entries |= {number: (1, place, 0) for number, place in offsets.items()}
    trailer = b"%s /Prev %d" % (_TRAILER, last_startxref(document))
    return document + packed + section_stream(FREE + 2, entries, trailer) + end_of(start)


@attack("content-changed")
def object_stream_that_is_replaced() -> bytes:
    """The signed revision keeps its page in an object stream, whose number an update gives to another stream.

    Source: ISO 32000-2 clauses 7.5.7 and 7.5.6.
    """
    first = {number: value for number, value in objects().items() if number not in (PAGE, RESOURCES)}
    held = {PAGE: page(), RESOURCES: objects()[RESOURCES]}
    body, offsets = written({**first, FREE: object_stream(held)}, 9)
    start = 9 + len(body)
    entries = {number: (1, place, 0) for number, place in offsets.items()} | {FREE + 1: (1, start, 0)}
    entries |= {number: (2, FREE, index) for index, number in enumerate(held)}
    whole = b"%PDF-1.7\n" + body + section_stream(FREE + 1, entries, _TRAILER) + end_of(start)
    forged = object_stream({PAGE: page(content=b"7 0 R"), RESOURCES: objects()[RESOURCES]})
    return update(signed(whole, form="stream"), {FREE: forged}, form="stream")


@attack.each(
    {
        "twice in one table": "twice",
        "twice in one stream": "stream",
        "with another number": "number",
        "with another generation": "generation",
        "inside a stream": "inside",
        "inside a string": "string",
        "inside a comment": "comment",
    }
)
def object_listed(how: str) -> bytes:
    """An update lists the content in a way that readers resolve differently.

    Source: ISO 32000-2 clauses 7.5.4 and 7.3.10; VERIFY.md, list, 1.
    """
    document = approved()
    previous = last_startxref(document)
    header = {"number": b"7 0 obj\n", "generation": b"6 3 obj\n"}.get(how, b"6 0 obj\n")
    forged = header + FORGED + b"\nendobj\n"
    wrapped = {
        "inside": (b"%d 0 obj\n<< /Length %d >>\nstream\n" % (FREE, len(forged)), b"\nendstream\nendobj\n"),
        "string": (b"%d 0 obj\n(" % FREE, b")\nendobj\n"),
        "comment": (b"%", b"\n"),
    }.get(how, (b"", b""))
    place = len(document) + len(wrapped[0])
    body = wrapped[0] + forged + wrapped[1]
    start = len(document) + len(body)
    honest = b"6 1\n%010d 00000 n \n" % (document.index(b"\n6 0 obj") + 1)
    rows = b"6 1\n%010d 00000 n \n" % place
    if how == "stream":
        data = b"".join(b"\1" + at.to_bytes(4, "big") + b"\0\0" for at in (place, int(honest[4:14]), start))
        entries = b"/Type /XRef /W [1 4 2] /Index [6 1 6 1 100 1] /Filter /FlateDecode %s /Prev %d" % (
            _TRAILER,
            previous,
        )
        section = b"100 0 obj\n" + stream(zlib.compress(data), entries) + b"\nendobj\n"
        return document + body + section + end_of(start)
    listed = rows + (honest if how == "twice" else b"")
    if how in {"inside", "string"}:
        listed += b"%d 1\n%010d 00000 n \n" % (FREE, len(document))
    trailer = b"trailer\n<< %s /Prev %d >>\n" % (_TRAILER, previous)
    return document + body + b"xref\n" + listed + trailer + end_of(start)


@attack.each(
    {
        "a key of the catalog": {CATALOG: catalog(b"/Pages 101 0 R")},
        "a key of the page": {PAGE: page(b"/Contents 7 0 R")},
        "a key in escapes": {PAGE: page(b"/Con#74ents 7 0 R")},
        "a key of a stream": {CONTENT: stream(text(b"The insurer pays 100 at the most."), b"/Length 5")},
        "a key of the tree": {TREE: b"<< /Type /Pages /Count 2 /Kids [3 0 R 4 0 R] /Kids [4 0 R 3 0 R] >>"},
    }
)
def key_written_twice(changed: dict[int, bytes]) -> bytes:
    """An update writes a key twice; one reader takes the first value, another the last.

    Source: ISO 32000-2 clause 7.3.7 (keys are unique).
    """
    more = {FREE + 1: b"<< /Type /Pages /Count 1 /Kids [4 0 R] >>"} if CATALOG in changed else {}
    return update(approved(), {**changed, **more})


@attack.each(
    {
        "two starts": lambda new, old: end_of(old)[:-6] + end_of(new),
        "the old start behind the new": lambda new, old: end_of(new) + end_of(old),
        "a start in a comment": lambda new, old: b"startxref\n%% %d\n%d\n%%%%EOF\n" % (old, new),
        "a start with a sign": lambda new, old: b"startxref\n+%d\n%%%%EOF\n" % new,
        "a start in another base": lambda new, old: b"startxref\n0x%x\n%%%%EOF\n" % new,
        "a start that is a reference": lambda new, old: b"startxref\n%d 0 R\n%%%%EOF\n" % new,
        "zeros before the start": lambda new, old: b"startxref\n%020d\n%%%%EOF\n" % new,
        "a start and no number": lambda new, old: b"startxref\n%d\n%%%%EOF\nstartxref\n%%%%EOF\n" % new,
        "no end": lambda new, old: b"startxref\n%d\n" % new,
        "an end that is old": lambda new, old: b"startxref\n%d\n%%%%EO\n" % new,
    }
)
def end_of_the_file_with(end: object) -> bytes:
    """An update forges the content, and what leads to it at the end of the file can be read in several ways.

    Source: ISO 32000-2 clause 7.5.5; Mladenov et al. 2019, section 5.2.
    """
    if not callable(end):
        raise TypeError("an end is made from two starts")
    document = approved()
    previous = last_startxref(document)
    body, offsets = written({CONTENT: FORGED}, len(document))
    start = len(document) + len(body)
    return document + body + table(offsets, b"%s /Prev %d" % (_TRAILER, previous)) + end(start, previous)


@attack.each({"before": True, "behind": False})
def second_header(before: bool) -> bytes:
    """A second file stands before, or behind, the signed one, headers and all.

    Source: ISO 32000-2 clause 7.5.2; Ange Albertini, "This PDF is a ..." (polyglots), PoC||GTFO.
    """
    forged = new_document({**objects(), CONTENT: FORGED})
    return forged + approved() if before else approved() + forged


@attack.each({"a loop": 0, "a loop over two": 1, "beyond the file": 2, "into the content": 3})
def chain_of_sections(how: int) -> bytes:
    """The sections' chain leads back to itself, or nowhere, so that readers give up at different places.

    Source: ISO 32000-2 clause 7.5.6 (Prev).
    """
    document = approved()
    body, offsets = written({CONTENT: FORGED}, len(document))
    start = len(document) + len(body)
    previous = [start, len(document) + 5, 10**8, document.index(b"6 0 obj")][how]
    return document + body + table(offsets, b"%s /Prev %d" % (_TRAILER, previous)) + end_of(start)


@attack("coverage-invalid")
def signature_in_an_object_stream() -> bytes:
    """The signature dictionary lies in an object stream: its bytes cannot be the gap of its byte range.

    Source: ISO 32000-2 clauses 7.5.7 and 12.8.1.
    """
    loose = fill(update(unsigned(), {**signing(), SIGNATURE: signature_dictionary()}), signature_of(people.signer()))
    begin = loose.rindex(b"\n%d 0 obj\n" % SIGNATURE) + len(b"\n%d 0 obj\n" % SIGNATURE)
    dictionary = loose[begin : loose.index(b"\nendobj", begin)]
    held = object_stream({SIGNATURE: dictionary, FIRST: signing()[FIRST]})
    document = unsigned()
    body, offsets = written({**{n: v for n, v in signing().items() if n != FIRST}, FREE: held}, len(document))
    start = len(document) + len(body)
    entries = {number: (1, place, 0) for number, place in offsets.items()} | {FREE + 1: (1, start, 0)}
    entries |= {SIGNATURE: (2, FREE, 0), FIRST: (2, FREE, 1)}
    trailer = b"%s /Prev %d" % (_TRAILER, last_startxref(document))
    return document + body + section_stream(FREE + 1, entries, trailer) + end_of(start)


@attack.each(
    {
        "of a new object": (3, {FREE: note_over_the_sum(), FREE + 1: forged_drawing()}, {}),
        "of an object that was there": (7, {}, {FREE: note_over_the_sum(), FREE + 1: forged_drawing()}),
    },
    "ambiguous-object",
)
def reference_of_another_generation(how: tuple[int, dict[int, bytes], dict[int, bytes]]) -> bytes:
    """A page refers to a note by a generation that the note does not have: null by the standard, a note in a browser.

    Source: ISO 32000-2 clause 7.3.10; PDFium resolves references by their number alone (found by comparison).
    """
    generation, later, before = how
    document = signed(new_document({**objects(), **before}))
    return update(document, {PAGE: page(annotations=_ALL + b" %d %d R" % (FREE, generation)), **later})


@attack("ambiguous-object")
def reference_that_waits_for_its_object() -> bytes:
    """The signed page refers to a note that is not there, by a strange generation; an update brings it.

    Source: ISO 32000-2 clause 7.3.10; Mainka et al. 2021, section 4.2 (replace).
    """
    waiting = {**objects(), PAGE: page(annotations=_ALL + b" %d 5 R" % FREE)}
    return update(signed(new_document(waiting)), {FREE: note_over_the_sum(), FREE + 1: forged_drawing()})


@attack.each(
    {
        "beyond 32 bits": b"4294967298",
        "beyond 64 bits": b"18446744073709551618",
        "with two signs": b"--2",
        "with a sign behind": b"2-1",
        "below zero": b"-2",
        "that is real": b"2.9",
    }
)
def note_hidden_by_a_number(number: bytes) -> bytes:
    """A note says that it is hidden by a number that readers read differently: most show it.

    Source: ISO 32000-2 clause 7.3.3; PDFium, poppler and qpdf cut off, wrap or ignore such numbers (by comparison).
    """
    note = note_over_the_sum().replace(b"/F 4", b"/F " + number)
    return update(
        approved(), {PAGE: page(annotations=_ALL + b" %d 0 R" % FREE), FREE: note, FREE + 1: forged_drawing()}
    )


@attack("annotation-changed")
def field_that_is_drawn_twice() -> bytes:
    """A page lists a widget once more, last, so that it lies on top of what lay on top of it.

    Source: ISO 32000-2 clause 12.5.2 (Annots; drawn in their order).
    """
    return update(approved(), {PAGE: page(annotations=_ALL + b" 10 0 R")})
