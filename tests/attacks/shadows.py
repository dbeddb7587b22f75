"""Shadow attacks: the signed revision already holds what an update will show, hide or swap.

The signer signs a document that the attacker prepared. Everything malicious is covered by the signature, and the
update afterwards looks harmless.
"""

from __future__ import annotations

from typing import Final

from tests.attacks.cases import attack
from tests.attacks.contracts import (
    AMOUNT,
    AMOUNT_SHOWN,
    CATALOG,
    CONTENT,
    FONT,
    FREE,
    PAGE,
    RESOURCES,
    STAMP,
    amount,
    amount_shown,
    approved,
    catalog,
    objects,
    page,
    signed,
    unsigned,
)
from tests.attacks.writing import Objects, drawing, end_of, last_startxref, new_document, stream, text, update, written

HIDDEN_TREE, HIDDEN_PAGE, HIDDEN_CONTENT, HIDDEN_CATALOG = range(FREE, FREE + 4)
COVER: Final = drawing(b"1 g 0 0 400 60 re f", b"0 0 400 60")


def prepared(more: Objects) -> bytes:
    """A contract with these objects in it, signed."""
    return signed(new_document({**objects(), **more}))


def covered_text() -> bytes:
    """A contract whose sum is hidden below the stamp, a white box."""
    return prepared(
        {STAMP: COVER, CONTENT: stream(text(b"The insurer pays 900.") + b" q 1 0 0 1 50 690 cm /Stamp Do Q")}
    )


@attack.each(
    {
        "by a reference to nothing": {RESOURCES: b"<< /Font << /F1 9 0 R >> /XObject << /Stamp 999 0 R >> >>"},
        "by an empty drawing": {STAMP: drawing(b"", b"0 0 400 60")},
        "by a null": {STAMP: b"null"},
        "by another kind": {STAMP: stream(b"1 g 0 0 400 60 re f", b"/Type /XObject /Subtype /None /BBox [0 0 400 60]")},
    },
    "content-changed",
)
def shadow_that_hides(objects: Objects) -> bytes:
    """What covered a text when it was signed is made invisible: the text below appears.

    Source: Mainka et al., "Shadow Attacks: Hiding and Replacing Content in Signed PDFs", NDSS 2021, section 4.1.
    """
    return update(covered_text(), objects)


@attack("content-changed")
def shadow_that_hides_by_freeing() -> bytes:
    """The number of what covered the text is freed in the update's table, without any new object.

    Source: Mainka et al. 2021, section 4.1.
    """
    return update(covered_text(), {}, freed={STAMP: 1})


def digit_font(shown: bytes) -> bytes:
    """A Type 3 font whose `one` is drawn as these operators say."""
    return (
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 10 10] /FontMatrix [0.1 0 0 0.1 0 0] /FirstChar 49 "
        b"/LastChar 49 /Widths [10] /Encoding << /Type /Encoding /Differences [49 /one] >> /CharProcs << /one %s >> "
        b"/Resources << >> >>" % shown
    )


@attack.each(
    {
        "a font": {FONT: digit_font(b"105 0 R")},
        "a glyph": {FREE + 4: stream(b"10 0 d0 0 0 9 9 re f")},
        "an encoding": {FONT: digit_font(b"104 0 R").replace(b"49 /one", b"50 /one")},
        "widths": {FONT: digit_font(b"104 0 R").replace(b"[10]", b"[99]")},
    },
    "content-changed",
)
def shadow_that_replaces(objects_: Objects) -> bytes:
    """A font that was in the signed revision is defined anew: the same bytes show other letters.

    Source: Mainka et al. 2021, section 4.2, variant "Replace via overwrite" (new font definitions seem harmless).
    """
    glyphs = {FREE + 4: stream(b"10 0 d0 4 0 2 9 re f"), FREE + 5: stream(b"10 0 d0 0 0 9 2 re f")}
    return update(prepared({FONT: digit_font(b"104 0 R"), **glyphs}), objects_)


@attack.each(
    {
        "its appearance": {AMOUNT_SHOWN: amount_shown(b"900")},
        "an appearance of its own": {AMOUNT: amount(more=b"/AP << /N 100 0 R >>"), FREE: amount_shown(b"900")},
        "no appearance": {AMOUNT: amount(more=b"")},
        "its state": {AMOUNT: amount(more=b"/AP << /N << /a 15 0 R >> >> /AS /a")},
        "its text's font": {AMOUNT: amount().replace(b"(/F1 12 Tf 0 g)", b"(/F1 1 Tf 1 g)")},
        "its alignment": {AMOUNT: amount(more=b"/AP << /N 15 0 R >> /Q 2")},
        "its caption": {AMOUNT: amount(more=b"/AP << /N 15 0 R >> /MK << /BG [1 0 0] >>")},
        "its border": {AMOUNT: amount(more=b"/AP << /N 15 0 R >> /BS << /W 200 >>")},
        "its rich text": {AMOUNT: amount(more=b"/AP << /N 15 0 R >> /RV (<p>900</p>)")},
    },
    "appearance-changed",
)
def field_that_shows_something_else(objects_: Objects) -> bytes:
    """What a field shows is changed and its value is not: the data say 100, and the page says 900.

    Source: Mainka et al. 2021, section 4.2, variant "Replace via overlay"; VERIFY.md, list, 2.
    """
    return update(approved(), objects_)


@attack.each(
    {
        "its place": {AMOUNT: amount().replace(b"60 600 260 620", b"60 690 400 720")},
        "its flags": {AMOUNT: amount(more=b"/AP << /N 15 0 R >> /Ff 4096")},
        "its visibility": {AMOUNT: amount().replace(b"/F 4 ", b"/F 2 ")},
        "its kind": {AMOUNT: amount().replace(b"/FT /Tx", b"/FT /Ch")},
        "its longest value": {AMOUNT: amount(more=b"/AP << /N 15 0 R >> /MaxLen 1")},
        "its layer": {AMOUNT: amount(more=b"/AP << /N 15 0 R >> /OC << /Type /OCG /Name (x) >>")},
    },
)
def field_that_is_altered(objects_: Objects) -> bytes:
    """A field is moved, hidden or made another kind of field.

    Source: ISO 32000-2 clause 12.8.2.2 (filling in a form, not changing it).
    """
    return update(approved(), objects_)


def two_contracts() -> bytes:
    """A file with two catalogs, of which the signed revision shows the first."""
    return prepared(
        {
            HIDDEN_CATALOG: b"<< /Type /Catalog /Pages 100 0 R /AcroForm 5 0 R >>",
            HIDDEN_TREE: b"<< /Type /Pages /Count 2 /Kids [101 0 R 4 0 R] >>",
            HIDDEN_PAGE: page(content=b"102 0 R").replace(b"/Parent 2 0 R", b"/Parent 100 0 R"),
            HIDDEN_CONTENT: stream(text(b"The insurer pays 900 at the most.")),
        }
    )


@attack("content-changed")
def shadow_of_another_root() -> bytes:
    """Two documents are in the signed revision; an update's trailer names the other one's catalog.

    Source: Mainka et al. 2021, section 4.3, hide-and-replace, variant 2 (change object usage).
    """
    return update(two_contracts(), {}, root=HIDDEN_CATALOG)


@attack.each({"of the content": CONTENT, "of the page": PAGE, "of the catalog": CATALOG}, "content-changed")
def shadow_of_another_place(number: int) -> bytes:
    """The signed revision writes an object twice; an update's table points at the one that was not in force.

    Source: Mainka et al. 2021, section 4.3, hide-and-replace, variant 1 (change object references).
    """
    forged = {
        CONTENT: stream(text(b"The insurer pays 900 at the most.")),
        PAGE: page(b"/Rotate 180"),
        CATALOG: catalog(b"/PageLayout /TwoColumnLeft"),
    }
    first = objects()
    twin = b"%d 0 obj\n%s\nendobj\n" % (number, forged[number])
    header = b"%PDF-1.7\n" + twin
    document = signed(new_document(first, header=header))
    start = len(document)
    row = b"xref\n%d 1\n%010d 00000 n \n" % (number, len(b"%PDF-1.7\n"))
    trailer = b"trailer\n<< /Size 1000 /Root 1 0 R /Prev %d >>\n" % last_startxref(document)
    return document + row + trailer + end_of(start)


@attack("content-changed")
def shadow_in_an_object_stream() -> bytes:
    """An update moves the page into an object stream that the signed revision holds, where another page lies.

    Source: Mainka et al. 2021, section 4.3; ISO 32000-2 clause 7.5.7.
    """
    document = signed(new_document(objects(), form="packed"))
    return update(document, {PAGE: page(content=b"7 0 R")}, form="packed")


@attack.each({"blanks": b" ", "zeros": b"\0", "line ends": b"\n"}, "hidden-object-data")
def shadow_that_repair_brings_up(filling: bytes) -> bytes:
    """The signed file holds a second content that nothing lists, and is filled up until its end is out of reach.

    Readers that do not find the end within the last bytes put the file together from its objects: the last one counts.

    Source: ISO 32000-1, implementation note on clause 7.5.5; PDFium and qpdf do so (found by comparison).
    """
    body, _ = written({CONTENT: stream(text(b"The insurer pays 900 at the most."))}, len(unsigned()))
    return signed(unsigned() + body) + filling * 5000
