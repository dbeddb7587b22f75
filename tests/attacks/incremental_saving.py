"""Incremental saving: what was signed stays in the file, and an update behind it shows something else."""

from __future__ import annotations

import re
from typing import Final

from tests.attacks.cases import attack
from tests.attacks.contracts import (
    AMOUNT,
    CATALOG,
    CONTENT,
    FIRST,
    FONT,
    FREE,
    PAGE,
    RESOURCES,
    SIGNATURE,
    STAMP,
    TREE,
    amount,
    approved,
    catalog,
    certified_for_filling,
    page,
)
from tests.attacks.writing import Form, Objects, drawing, end_of, last_startxref, stream, table, text, update, written

FORGED: Final = stream(text(b"The insurer pays 900 at the most."))
_SOURCE_OF_DICTIONARY: Final = re.compile(rb"%d 0 obj\n(.*?)\nendobj" % SIGNATURE, re.DOTALL)


def copied_signature(document: bytes) -> bytes:
    """The signature dictionary, byte for byte."""
    found = _SOURCE_OF_DICTIONARY.search(document)
    if found is None:
        raise LookupError("the contract has no signature")
    return found.group(1)


@attack.each({"in a table": "table", "in a stream": "stream", "in an object stream": "packed"}, "content-changed")
def update_that_replaces_the_content(form: Form) -> bytes:
    """An update, properly listed, replaces the page's content and its media box.

    Source: Mladenov et al. 2019, section 5.2, variant 1.
    """
    size = page().replace(b"0 0 595 842", b"0 0 600 842")
    return update(approved(), {CONTENT: FORGED, PAGE: size}, form=form)


def unlisted(objects: Objects, end: str, *, document: bytes | None = None) -> bytes:
    """The approved contract with objects behind it that are listed badly, or not at all, as `end` says."""
    signed = document or approved()
    body, offsets = written(objects, len(signed))
    start, previous = len(signed) + len(body), last_startxref(signed)
    trailer = b"/Size 1000 /Root 1 0 R"
    whole = table(offsets, b"%s /Prev %d" % (trailer, previous))
    ends = {
        "nothing": b"",
        "an end": b"%%EOF\n",
        "the old section": end_of(previous),
        "the old section without an end": b"startxref\n%d\n" % previous,
        "a trailer": b"trailer\n<< %s >>\n" % trailer + end_of(previous),
        "a trailer alone": b"trailer\n<< %s >>\n" % trailer,
        "a table without a trailer": whole[: whole.index(b"trailer")] + end_of(start),
        "a table without a start": whole,
        "a table and the old start": whole + end_of(previous),
        "a table without what came before": table(offsets, trailer) + end_of(start),
        "an empty table": table({}, b"%s /Prev %d" % (trailer, previous)) + end_of(start),
        "a table that is cut off": whole[: len(whole) // 3] + end_of(start),
        "a start at zero": whole + end_of(0),
        "a start beyond the file": whole + end_of(10**9),
        "a start without a number": whole + b"startxref\n%%EOF\n",
        "a start at an object": whole + end_of(len(signed)),
        "half a start": whole + b"startx\n%d\n%%%%EOF\n" % start,
    }
    return signed + body + ends[end]


_ENDS: Final = [
    "nothing", "an end", "the old section", "the old section without an end", "a trailer", "a trailer alone",
    "a table without a trailer", "a table without a start", "a table and the old start",
    "a table without what came before", "a table that is cut off", "a start at zero", "a start beyond the file",
    "a start without a number", "a start at an object", "half a start",
]  # fmt: skip


@attack.each({f"listed by {end}": end for end in (*_ENDS, "an empty table")})
def update_that_is_not_whole(end: str) -> bytes:
    """New objects stand behind the signature; what should list them is missing or damaged. Readers repair that.

    Source: Mladenov et al. 2019, section 5.2, variants 2 and 4 (update without table or trailer).
    """
    return unlisted({CONTENT: FORGED}, end)


@attack.each(
    {f"listed by {end}": end for end in ("nothing", "the old section", "a trailer", "a table without a start")}
)
def update_that_repeats_the_signature(end: str) -> bytes:
    """Behind the new objects stands the signature dictionary once more, so that it seems to be the last thing written.

    Source: Mladenov et al. 2019, section 5.2, variants 3 and 4 (update with a copied signature).
    """
    document = approved()
    return unlisted({CONTENT: FORGED, SIGNATURE: copied_signature(document)}, end, document=document)


@attack("content-changed")
def update_that_lists_the_signature_again() -> bytes:
    """The copied signature dictionary is listed as well: everything that the signature needs is in the last revision.

    Source: Mladenov et al. 2019, section 5.2, variant 3.
    """
    document = approved()
    return update(document, {CONTENT: FORGED, SIGNATURE: copied_signature(document)})


@attack.each(
    {
        "its catalog": {CATALOG: catalog(b"/PageLayout /TwoColumnLeft")},
        "its resources": {RESOURCES: b"<< /Font << /F1 9 0 R >> >>"},
        "its font": {FONT: b"<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>"},
        "its stamp": {STAMP: drawing(b"0 0 1 rg 0 0 100 40 re f", b"0 0 100 40")},
        "the box of its stamp": {STAMP: drawing(b"0 0 1 RG 0 0 100 40 re S", b"0 0 10 4")},
        "its page's rotation": {PAGE: page(b"/Rotate 180")},
        "its page's crop box": {PAGE: page(b"/CropBox [0 0 10 10]")},
        "its page's unit": {PAGE: page(b"/UserUnit 2")},
        "its page's group": {PAGE: page(b"/Group << /S /Transparency /CS /DeviceGray >>")},
        "its page's presentation": {PAGE: page(b"/Dur 1 /Trans << /S /Dissolve >>")},
        "its page's actions": {PAGE: page(b"/AA << /O << /S /JavaScript /JS (this.print()) >> >>")},
        "the order of its content": {PAGE: page(content=b"[6 0 R 7 0 R]")},
    },
    "content-changed",
)
def update_that_replaces(objects: Objects) -> bytes:
    """An update replaces one thing that decides what the page shows.

    Source: ISO 32000-2 clause 12.8.2.2 (after a signature: form filling and signing, nothing else).
    """
    return update(approved(), objects)


@attack.each(
    {
        "none left": (b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>", {}),
        "the order": (b"<< /Type /Pages /Count 2 /Kids [4 0 R 3 0 R] >>", {}),
        "one more": (
            b"<< /Type /Pages /Count 3 /Kids [3 0 R 4 0 R 100 0 R] >>",
            {FREE: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 7 0 R /Resources 8 0 R >>"},
        ),
        "one instead": (
            b"<< /Type /Pages /Count 2 /Kids [100 0 R 4 0 R] >>",
            {FREE: page(content=b"7 0 R")},
        ),
        "one in a nested tree": (
            b"<< /Type /Pages /Count 3 /Kids [3 0 R 100 0 R] >>",
            {
                FREE: b"<< /Type /Pages /Parent 2 0 R /Count 2 /Kids [4 0 R 101 0 R] >>",
                FREE + 1: b"<< /Type /Page /Parent 100 0 R /MediaBox [0 0 595 842] /Contents 7 0 R >>",
            },
        ),
        "inherited boxes": (b"<< /Type /Pages /Count 2 /Kids [3 0 R 4 0 R] /CropBox [0 0 10 10] >>", {}),
        "inherited rotation": (b"<< /Type /Pages /Count 2 /Kids [3 0 R 4 0 R] /Rotate 90 >>", {}),
    }
)
def update_of_the_page_tree(changed: tuple[bytes, Objects]) -> bytes:
    """An update adds pages, removes them, puts them in another order, or changes what they inherit.

    Source: ISO 32000-2 clauses 7.7.3 and 12.8.2.2.
    """
    tree, more = changed
    return update(approved(), {TREE: tree, **more})


@attack("page-removed")
def page_whose_number_is_freed() -> bytes:
    """The second page's object number is freed, which empties its place.

    Source: ISO 32000-2 clause 7.5.4.
    """
    return update(approved(), {}, freed={4: 1})


@attack.each({"its generation": 1, "a deleted one": 0})
def object_of_a_later_generation(generation: int) -> bytes:
    """The content's number is used again with a higher generation, and the page refers to that.

    Source: ISO 32000-2 clause 7.5.4 (generation numbers).
    """
    document = approved()
    forged = b"6 1 obj\n%s\nendobj\n" % FORGED
    changed = page(content=b"6 1 R" if generation else b"6 0 R")
    body, offsets = written({PAGE: changed}, len(document) + len(forged))
    rows = b"xref\n%d 1\n%010d 00000 n \n6 1\n%010d 00001 n \n" % (PAGE, offsets[PAGE], len(document))
    start = len(document) + len(forged) + len(body)
    trailer = b"trailer\n<< /Size 1000 /Root 1 0 R /Prev %d >>\n" % last_startxref(document)
    return document + forged + body + rows + trailer + end_of(start)


@attack("content-changed")
def two_updates_of_which_the_first_forges() -> bytes:
    """An update forges the content, and a second one that is harmless follows: the last revision alone looks honest.

    Source: Mladenov et al. 2019, section 5.2.
    """
    forged = update(approved(), {CONTENT: FORGED})
    return update(forged, {AMOUNT: amount(b"(100)")})


@attack("content-changed")
def update_that_is_taken_back() -> bytes:
    """A first update forges the content, a second lists the old one again but changes the page beside it.

    Source: Mladenov et al. 2019, section 5.2.
    """
    forged = update(certified_for_filling(), {CONTENT: FORGED})
    return update(forged, {CONTENT: stream(text(b"The insurer pays 100 at most."))})


@attack("signature-removed")
def signature_that_is_unhooked() -> bytes:
    """The field loses its value: the contract seems never to have been signed, and may be filled in again.

    Source: ISO 32000-2 clause 12.7.5.5; VERIFY.md, every signature of every revision is listed.
    """
    return update(
        approved(), {FIRST: b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (first) /Rect [60 500 260 560] >>"}
    )
