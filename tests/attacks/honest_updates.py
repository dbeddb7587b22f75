"""What honest people and programs add to a signed document, as its signatures allow."""

from __future__ import annotations

from typing import Final

from tests.attacks import people
from tests.attacks.cases import honest
from tests.attacks.certified_documents import annotated, new_signature
from tests.attacks.contracts import (
    AGREED,
    AMOUNT,
    AMOUNT_SHOWN,
    CATALOG,
    CONTENT,
    FONT,
    FORM,
    FREE,
    PAGE,
    SECOND,
    SECOND_BOX,
    SECOND_PAGE,
    SECOND_SIGNATURE,
    STAMP,
    TIMESTAMP,
    agreed,
    amount,
    amount_shown,
    approved,
    approved_by_two,
    catalog,
    certified,
    certified_for_filling,
    certified_for_notes,
    certified_for_nothing,
    fill,
    form,
    objects,
    page,
    reference,
    signature_dictionary,
    signature_field,
    signed,
    signing,
    unsigned,
)
from tests.attacks.messages import signature_of
from tests.attacks.writing import Form, Objects, drawing, new_document, stream, text, update

_ALL: Final = b"10 0 R 11 0 R 12 0 R 13 0 R"
FILLED: Final = {AMOUNT: amount(b"(200)"), AMOUNT_SHOWN: amount_shown(b"200")}


@honest.each({"in a table": "table", "in a stream": "stream", "in an object stream": "packed"})
def filling_in(form_of_update: Form) -> bytes:
    """A field gets another value, and an appearance that shows it.

    Source: ISO 32000-2 clause 12.8.2.2, table 257, P 2.
    """
    return update(certified_for_filling(), FILLED, form=form_of_update)


@honest.each(
    {
        "with a new appearance": {AMOUNT: amount(b"(200)", b"/AP << /N 100 0 R >>"), FREE: amount_shown(b"200")},
        "without an appearance": {AMOUNT: amount(b"(200)", b"")},
        "with a date": {
            AMOUNT: amount(b"(200)", b"/AP << /N 15 0 R >> /M (D:20260102)"),
            AMOUNT_SHOWN: amount_shown(b"200"),
        },
        "with a new font": {
            AMOUNT: amount(b"(200)"),
            AMOUNT_SHOWN: amount_shown(b"200").replace(b"9 0 R", b"100 0 R"),
            FREE: b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>",
            FORM: form(b"/SigFlags 3").replace(b"/F1 9 0 R", b"/F1 9 0 R /Cour 100 0 R"),
        },
        "by ticking a box": {AGREED: agreed(b"/Yes")},
        "by what wants new appearances": {**FILLED, FORM: form(b"/SigFlags 3 /NeedAppearances true")},
        "as a choice": {AMOUNT: amount(b"(200)", b"/AP << /N 15 0 R >> /I [1]"), AMOUNT_SHOWN: amount_shown(b"200")},
    }
)
def filling_in_as_programs_do(objects_: Objects) -> bytes:
    """A field is filled in, and what it shows is made anew in one of the ways that programs have.

    Source: ISO 32000-2 clauses 12.7.4.3 (appearances of fields) and 12.8.2.2.
    """
    return update(approved(), objects_)


@honest.each(
    {
        "a note": b"/Text",
        "free text": b"/FreeText",
        "a stamp": b"/Stamp",
        "a mark": b"/Highlight",
        "ink": b"/Ink",
        "a file": b"/FileAttachment",
        "a link": b"/Link",
    }
)
def noting(kind: bytes) -> bytes:
    """A note is added to a document that was certified for notes; what it covers is its certifier's choice.

    Source: ISO 32000-2 table 257, P 3; VERIFY.md (differences inside a permitted annotation are no finding).
    """
    return update(certified_for_notes(), annotated(kind))


@honest.each({"in a table": "table", "in a stream": "stream", "in an object stream": "packed"})
def second_signature(form_of_update: Form) -> bytes:
    """A second person signs in the place that was prepared for them.

    Source: ISO 32000-2 clause 12.8.1 (several signatures in incremental updates).
    """
    return signed(certified_for_filling(), name=b"second", form=form_of_update)


@honest.each({"on empty paper": b"60 100 260 160", "invisible": b"0 0 0 0", "flat": b"60 100 260 100"})
def second_signature_in_a_place_of_its_own(box: bytes) -> bytes:
    """A second person signs in a field that is added with their signature, as most signing tools do.

    Source: ISO 32000-2 table 257, P 2; EN 319 142-1 clause 5.3 (serial signatures).
    """
    changed = new_signature(box)
    if box.startswith(b"0 0"):
        changed[FREE] = signature_field(b"new", box, b"/V 20 0 R")
    return fill(update(certified_for_filling(), changed), signature_of(people.second_signer()))


@honest()
def signature_on_the_page_of_another() -> bytes:
    """Three people sign one after the other, each with the form saved by another kind of writer.

    Source: ISO 32000-2 clause 7.5.8.4 (sections of both kinds in one file).
    """
    document = signed(signed(unsigned(), form="stream"), name=b"second", form="packed")
    changed = new_signature(b"60 100 260 160")
    changed[TIMESTAMP] = changed.pop(SECOND_SIGNATURE)
    changed[FREE] = changed[FREE].replace(b"/V 20 0 R", b"/V 21 0 R")
    return fill(update(document, changed), signature_of(people.signer()))


@honest.each(
    {
        "metadata": {CATALOG: catalog(b"/Metadata 100 0 R"), FREE: stream(b"<x/>", b"/Type /Metadata /Subtype /XML")},
        "a version": {CATALOG: catalog(b"/Version /2.0")},
        "extensions": {CATALOG: catalog(b"/Extensions << /ESIC << /BaseVersion /1.7 /ExtensionLevel 5 >> >>")},
        "the developer's extensions": {
            CATALOG: catalog(b"/Extensions << /ADBE [<< /BaseVersion /1.7 /ExtensionLevel 8 >>] >>")
        },
        "private data": {CATALOG: catalog(b"/PieceInfo << /Tool << /LastModified (D:2026) >> >>")},
        "private data of a page": {PAGE: page(b"/PieceInfo << /Tool << >> >> /LastModified (D:2026)")},
        "an order of tabs": {PAGE: page(b"/Tabs /S")},
        "an unused object": {FREE: b"<< /Unused true >>"},
        "the same objects": dict(list(objects().items())[5:9]),
    }
)
def saving_with(objects_: Objects) -> bytes:
    """A program saves the document and leaves what programs leave, none of which is shown.

    Source: ISO 32000-2 clauses 7.12 (extensions), 14.3 (metadata) and 14.5 (private data).
    """
    return update(approved(), objects_)


@honest.each(
    {"a number that was free": {FREE: 1}, "an unused object": {TIMESTAMP: 1}, "the head of the list": {0: 65535}}
)
def freeing(freed: dict[int, int]) -> bytes:
    """A writer frees numbers that nothing refers to.

    Source: ISO 32000-2 clause 7.5.4; VERIFY.md, list, 3.
    """
    return update(approved(), {}, freed=freed)


@honest()
def numbers_freed_that_were_objects() -> bytes:
    """A field is filled in with a new appearance, and the old appearance's number is freed.

    Source: ISO 32000-2 clause 7.5.4; VERIFY.md, list, 3.
    """
    changed = {AMOUNT: amount(b"(200)", b"/AP << /N 100 0 R >>"), FREE: amount_shown(b"200")}
    return update(approved(), changed, freed={AMOUNT_SHOWN: 1})


@honest()
def catalog_of_another_number() -> bytes:
    """A writer stores the catalog under a new number: what it says is the same.

    Source: ISO 32000-2 clause 7.5.5 (Root).
    """
    return update(approved(), {FREE: catalog()}, root=FREE)


@honest()
def objects_stored_otherwise() -> bytes:
    """A writer stores unchanged objects anew, some of them inside what refers to them, and streams uncompressed.

    Source: ISO 32000-2 clause 7.3.10 (indirect objects).
    """
    again = objects()
    font = again[FONT]
    return update(
        approved(),
        {
            CONTENT: again[CONTENT],
            PAGE: page().replace(
                b"/Resources 8 0 R", b"/Resources << /Font << /F1 %s >> /XObject << /Stamp 14 0 R >> >>" % font
            ),
            SECOND_PAGE: again[SECOND_PAGE],
            STAMP: drawing(b"0 0 1 RG 0 0 100 40 re S", b"0 0 100.0 40"),
        },
    )


@honest()
def page_tree_stored_otherwise() -> bytes:
    """A writer puts a node between the tree and its pages; the pages are the same in the same order.

    Source: ISO 32000-2 clause 7.7.3.
    """
    tree = b"<< /Type /Pages /Count 2 /Kids [100 0 R 4 0 R] >>"
    node = b"<< /Type /Pages /Parent 2 0 R /Count 1 /Kids [3 0 R] >>"
    return update(approved(), {2: tree, FREE: node, PAGE: page().replace(b"/Parent 2 0 R", b"/Parent 100 0 R")})


@honest.each({"new": b"", "signed": b"signed"})
def place_to_sign(state: bytes) -> bytes:
    """An empty place to sign is added to an approved document, and then signed.

    Source: ISO 32000-2 table 257, P 2 (signing); Acrobat's "prepare form" after a first signature.
    """
    place = signature_field(b"third", b"60 100 260 160")
    document = update(
        approved(),
        {FREE: place, FORM: form(fields=_ALL + b" 100 0 R"), PAGE: page(annotations=_ALL + b" 100 0 R")},
    )
    if not state:
        return document
    changed = signing(b"third", b"60 100 260 160", value=SECOND_SIGNATURE, field=FREE)
    del changed[FORM]
    changed[SECOND_SIGNATURE] = signature_dictionary()
    return fill(update(document, changed), signature_of(people.second_signer()))


@honest()
def locked_field_that_was_filled_in_before() -> bytes:
    """A field is filled in, and then locked by the signature that follows.

    Source: ISO 32000-2 clause 12.8.2.4.
    """
    parameters = b"/FieldMDP /TransformParams << /Type /TransformParams /V /1.2 /Action /All >>"
    return signed(update(unsigned(), FILLED), dictionary=signature_dictionary(reference(parameters)))


@honest()
def field_beside_those_that_are_locked() -> bytes:
    """One field is locked, and another one filled in.

    Source: ISO 32000-2 clause 12.8.2.4 (Include).
    """
    parameters = b"/FieldMDP /TransformParams << /Type /TransformParams /V /1.2 /Action /Include /Fields [(agreed)] >>"
    return update(signed(unsigned(), dictionary=signature_dictionary(reference(parameters))), FILLED)


@honest()
def signing_closes_the_field() -> bytes:
    """The second person's tool makes the signed field read-only, and flags and names its widget anew.

    Source: ISO 32000-2 clauses 12.7.5.5 and 12.5.3; iText and Acrobat do so.
    """
    changed = signing(b"second", SECOND_BOX, value=SECOND_SIGNATURE, field=SECOND)
    changed[SECOND] = changed[SECOND].replace(b"/F 132", b"/F 4 /Ff 1 /MK << >> /DA (/Helv 0 Tf 0 g)")
    changed[SECOND_SIGNATURE] = signature_dictionary()
    return fill(update(approved(), changed), signature_of(people.second_signer()))


@honest()
def certified_then_signed_then_filled() -> bytes:
    """Certified for filling, filled in, signed by a second person, and filled in once more.

    Source: ISO 32000-2 clause 12.8.2.2.
    """
    document = signed(update(certified_for_filling(), FILLED), name=b"second")
    return update(document, {AGREED: agreed(b"/Yes")})


@honest()
def structure_of_a_tagged_document() -> bytes:
    """Filling in adds the field's widget to the structure tree.

    Source: ISO 32000-2 clause 14.7; VERIFY.md, list, 3.
    """
    tree = b"<< /Type /StructTreeRoot /K [] /ParentTree << /Nums [] >> /ParentTreeNextKey 0 >>"
    before = {**objects(), CATALOG: catalog(b"/StructTreeRoot 100 0 R /MarkInfo << /Marked true >>"), FREE: tree}
    later = b"<< /Type /StructTreeRoot /K [101 0 R] /ParentTree << /Nums [0 101 0 R] >> /ParentTreeNextKey 1 >>"
    element = b"<< /Type /StructElem /S /Form /P 100 0 R /Pg 3 0 R /K << /Type /OBJR /Obj 10 0 R /Pg 3 0 R >> >>"
    changed = {**FILLED, FREE: later, FREE + 1: element}
    changed[AMOUNT] = changed[AMOUNT].replace(b"/F 4", b"/F 4 /StructParent 0")
    return update(signed(new_document(before)), changed)


@honest()
def nothing_after_a_closed_document() -> bytes:
    """A document that was certified for nothing, saved once more without any change.

    Source: ISO 32000-2 clause 7.5.6.
    """
    return update(certified_for_nothing(), {})


@honest()
def two_signatures_and_a_note_by_their_permission() -> bytes:
    """Certified for notes, signed by a second person, and noted on.

    Source: ISO 32000-2 table 257, P 3.
    """
    return update(signed(certified(3), name=b"second"), annotated(b"/Text"))


@honest()
def both_signed() -> bytes:
    """Two people signed, one after the other.

    Source: ISO 32000-2 clause 12.8.1.
    """
    return approved_by_two()


@honest()
def text_field_that_grows() -> bytes:
    """A field is filled in by a tool that writes its name and page again and drops what is the default.

    Source: ISO 32000-2 clauses 12.7.4 and 12.5.2.
    """
    changed = dict(FILLED)
    changed[AMOUNT] = changed[AMOUNT].replace(b"/P 3 0 R ", b"")
    return update(approved(), changed)


@honest()
def page_that_others_share() -> bytes:
    """The second page, unchanged, is stored anew with its content as an array of one stream.

    Source: ISO 32000-2 table 31, Contents.
    """
    return update(approved(), {7: stream(text(b"Page two."))})
