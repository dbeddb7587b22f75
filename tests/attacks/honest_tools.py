"""What ordinary signing tools leave behind, told apart by their habits: each is written here as that tool writes it."""

from __future__ import annotations

from typing import Final

from tests.attacks import people
from tests.attacks.cases import honest
from tests.attacks.contracts import (
    CATALOG,
    FIRST,
    FIRST_BOX,
    FIRST_SHOWN,
    FORM,
    FREE,
    PAGE,
    SECOND,
    SECOND_BOX,
    SECOND_SIGNATURE,
    SIGNATURE,
    approved,
    catalog,
    certified,
    fill,
    form,
    objects,
    page,
    signature_dictionary,
    signature_field,
    signed,
    unsigned,
)
from tests.attacks.messages import signature_of
from tests.attacks.validation_attacks import document_timestamp, signed_by
from tests.attacks.writing import Objects, drawing, new_document, stream, text, update

_ALL: Final = b"10 0 R 11 0 R 12 0 R 13 0 R"
_LAYERS: Final = b"/Resources << /XObject << /FRM %d 0 R >> >>"


def layered_appearance(frame: int) -> Objects:
    """What Acrobat and iText draw: a form that shows a frame, which shows an empty layer and the text above it."""
    return {
        frame: drawing(b"q 1 0 0 1 0 0 cm /n0 Do Q q 1 0 0 1 0 0 cm /n2 Do Q", b"0 0 200 60",
                       b"/Resources << /XObject << /n0 %d 0 R /n2 %d 0 R >> >>" % (frame + 1, frame + 2)),
        frame + 1: drawing(b"% DSBlank\n", b"0 0 100 100"),
        frame + 2: drawing(text(b"Digitally signed", 4, 20, 10), b"0 0 200 60",
                           b"/Resources << /Font << /F1 9 0 R >> >>"),
    }  # fmt: skip


@honest.each({"first": 0, "second": 1})
def as_acrobat_signs(number: int) -> bytes:
    """Layered appearances that the form's resources share, extensions of the developer, new metadata, object streams.

    Source: Adobe, "Digital Signature Appearances" (2006); ISO 32000-2 clause 7.12.
    """
    metadata = stream(b"<x:xmpmeta/>", b"/Type /Metadata /Subtype /XML")
    extensions = b"/Extensions << /ADBE << /BaseVersion /1.7 /ExtensionLevel 8 >> >> /Metadata 140 0 R"
    build = b"/Prop_Build << /Filter << /Name /Adobe.PPKLite >> /App << /Name /Exchange-Pro /REx (2020) >> >>"

    def act(document: bytes, name: bytes, field: int, box: bytes, value: int, frame: int) -> bytes:
        shown = drawing(b"q 1 0 0 1 0 0 cm /FRM Do Q", b"0 0 200 60", _LAYERS % frame)
        resources = form(b"/SigFlags 3").replace(b"/DR <<", b"/DR << /XObject << /FRM %d 0 R >>" % frame)
        more = b"/V %d 0 R /AP << /N %d 0 R >> /MK << >> /M (D:20260101000000Z)" % (value, frame + 3)
        changed = {
            CATALOG: catalog(extensions),
            140: metadata,
            FORM: resources,
            field: signature_field(name, box, more),
            value: signature_dictionary(build),
            **layered_appearance(frame),
            frame + 3: shown,
        }
        own = people.signer() if value == SIGNATURE else people.second_signer()
        return fill(update(document, changed, form="packed"), signature_of(own))

    document = act(unsigned(), b"first", FIRST, FIRST_BOX, SIGNATURE, 150)
    return act(document, b"second", SECOND, SECOND_BOX, SECOND_SIGNATURE, 160) if number else document


@honest()
def as_itext_signs() -> bytes:
    """The field is flagged and written anew, the form gains a default look and a font, the information is changed.

    Source: iText 5 and 7, `PdfSigner`.
    """
    look = b"<< /Fields [10 0 R 11 0 R 12 0 R 13 0 R] /DA (/Helv 0 Tf 0 g) /SigFlags 3 /DR << /Font << "
    changed = {
        FORM: look + b"/F1 9 0 R /Helv 151 0 R /ZaDb 152 0 R >> >> >>",
        FIRST: signature_field(b"first", FIRST_BOX, b"/V %d 0 R /AP << /N %d 0 R >> /Ff 1" % (SIGNATURE, FIRST_SHOWN)),
        FIRST_SHOWN: drawing(b"q 1 0 0 1 0 0 cm /FRM Do Q", b"0 0 200 60", _LAYERS % 160),
        SIGNATURE: signature_dictionary(b"/ContactInfo () /Location () /Reason ()"),
        150: b"<< /Producer (a tool) /ModDate (D:20260101) >>",
        151: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Name /Helv >>",
        152: b"<< /Type /Font /Subtype /Type1 /BaseFont /ZapfDingbats /Name /ZaDb >>",
        **layered_appearance(160),
    }
    tail = update(unsigned(), changed, trailer=b"/Info 150 0 R")[len(unsigned()) :]
    commented = unsigned() + tail.replace(b"startxref\n", b"%iText-Core-8.0.5\nstartxref\n")
    return update(fill(commented, signature_of(people.signer())), {FREE: b"<< >>"})


@honest.each({"with its index": True, "without": False})
def as_dss_extends(index: bool) -> bytes:
    """A store with an index by the signature's digest, then a timestamp, then both again.

    Source: EN 319 142-1 clauses 5.4.2 and 5.4.3; Digital Signature Service, PAdES-LTA.
    """
    document = signed_by(people.signer(), crls=[])
    for number in (200, 202):
        entry = b"/VRI << /%s << /CRL [151 0 R] /TU (D:20260101000000Z) >> >>" % (b"0123456789ABCDEF" * 3)[:40]
        store = b"<< /Certs [152 0 R] /CRLs [151 0 R] %s >>" % (entry if index else b"")
        more = {
            CATALOG: catalog(b"/DSS 150 0 R /Extensions << /ESIC << /BaseVersion /1.7 /ExtensionLevel 5 >> >>"),
            150: store,
            151: stream(people.good_list()),
            152: stream(people.root().der),
        }
        document = document_timestamp(update(document, more, form="stream"), number=number)
    return document


@honest()
def as_pdfbox_signs() -> bytes:
    """The page's list of annotations becomes an object of its own, and the field is written with its page.

    Source: Apache PDFBox, `PDDocument.addSignature`.
    """
    changed = {
        FORM: form(b"/SigFlags 3 /NeedAppearances false"),
        PAGE: page().replace(b"/Annots [10 0 R 11 0 R 12 0 R 13 0 R]", b"/Annots 150 0 R"),
        150: b"[" + _ALL + b"]",
        SECOND: signature_field(b"second", SECOND_BOX, b"/V %d 0 R /AP << /N 14 0 R >>" % SECOND_SIGNATURE),
        SECOND_SIGNATURE: signature_dictionary(b"/Name (A person) /Location (Here)"),
    }
    return fill(update(approved(), changed), signature_of(people.second_signer()))


@honest()
def as_an_office_signs() -> bytes:
    """The signature is made with the file: one revision, the field invisible and without a page.

    Source: LibreOffice, export with a signature.
    """
    everything = objects()
    everything[FORM] = form(fields=_ALL)
    everything[FIRST] = (
        b"<< /Type /Annot /Subtype /Widget /F 132 /Rect [0 0 0 0] /FT /Sig /T (Signature1) /P 3 0 R /V %d 0 R "
        b"/DV %d 0 R /AP << /N 16 0 R >> >>" % (SIGNATURE, SIGNATURE)
    )
    everything[FIRST_SHOWN] = drawing(b"", b"0 0 0 0")
    everything[SIGNATURE] = signature_dictionary()
    return fill(new_document(everything), signature_of(people.signer()))


@honest()
def as_a_portal_signs() -> bytes:
    """Certified for notes and filling first, invisibly; then people sign in places that were prepared for them.

    Source: ISO 32000-2 clause 12.8.2.2; the habit of signing portals.
    """
    document = signed(certified(3), name=b"second")
    return update(document, {CATALOG: catalog(b"/Perms << /DocMDP 19 0 R >> /Version /2.0")})


@honest()
def as_a_mail_gateway_stamps() -> bytes:
    """A document timestamp is put on a signed document with an appearance that draws nothing.

    Source: ISO 32000-2 clause 12.8.5; EN 319 142-1 clause 5.4.3.
    """
    return document_timestamp(approved())
