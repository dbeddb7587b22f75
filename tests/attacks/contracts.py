"""The documents that are attacked: a small contract with a form, signed in the usual ways.

Two pages. Page 1 shows a text, a stamp that is drawn by a form XObject, the field `amount`, the checkbox `agreed`,
and two places to sign, `first` and `second`. Object numbers are those below, so that an attack can name them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Final

from tests.attacks import people
from tests.attacks.messages import signature_of
from tests.attacks.writing import Form, Objects, drawing, new_document, stream, text, update

(CATALOG, TREE, PAGE, SECOND_PAGE, FORM, CONTENT, SECOND_CONTENT, RESOURCES, FONT, AMOUNT, SECOND, FIRST, AGREED) = (
    range(1, 14)
)
STAMP, AMOUNT_SHOWN, FIRST_SHOWN, YES_SHOWN, OFF_SHOWN, SIGNATURE, SECOND_SIGNATURE, TIMESTAMP = range(14, 22)
FREE: Final = 100
"""Object numbers from here on are free."""

_ROOM: Final = 6144
"""In hexadecimal digits: room for the CMS."""
_RANGE: Final = b"[0000000000 0000000000 0000000000 0000000000]"
FIRST_BOX, SECOND_BOX, AMOUNT_BOX = b"60 500 260 560", b"300 500 500 560", b"60 600 260 620"
Sign = Callable[[bytes], bytes]
Ranges = Callable[[int, int, int], Sequence[int]]


def catalog(more: bytes = b"") -> bytes:
    return b"<< /Type /Catalog /Pages 2 0 R /AcroForm 5 0 R %s >>" % more


def page(more: bytes = b"", *, annotations: bytes = b"10 0 R 11 0 R 12 0 R 13 0 R", content: bytes = b"6 0 R") -> bytes:
    return b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources 8 0 R /Contents %s /Annots [%s] %s >>" % (
        content,
        annotations,
        more,
    )


def form(more: bytes = b"/SigFlags 3", *, fields: bytes = b"10 0 R 11 0 R 12 0 R 13 0 R") -> bytes:
    return b"<< /Fields [%s] /DA (/F1 12 Tf 0 g) /DR << /Font << /F1 9 0 R >> >> %s >>" % (fields, more)


def amount(value: bytes = b"(100)", more: bytes = b"/AP << /N 15 0 R >>") -> bytes:
    return (
        b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (amount) /V %s /DA (/F1 12 Tf 0 g) /F 4 /P 3 0 R /Rect [%s] %s >>"
        % (value, AMOUNT_BOX, more)
    )


def amount_shown(value: bytes = b"100") -> bytes:
    shown = b"/Tx BMC q BT /F1 12 Tf 2 5 Td (%s) Tj ET Q EMC" % value
    return drawing(shown, b"0 0 200 20", b"/Resources << /Font << /F1 9 0 R >> >>")


def agreed(state: bytes = b"/Off") -> bytes:
    return (
        b"<< /Type /Annot /Subtype /Widget /FT /Btn /T (agreed) /V %s /AS %s /F 4 /P 3 0 R /Rect [60 640 80 660] "
        b"/AP << /N << /Yes 17 0 R /Off 18 0 R >> >> >>" % (state, state)
    )


def signature_field(name: bytes, box: bytes, more: bytes = b"") -> bytes:
    return b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (%s) /F 132 /P 3 0 R /Rect [%s] %s >>" % (name, box, more)


def objects() -> dict[int, bytes]:
    """The contract before anybody signs it."""
    return {
        CATALOG: catalog(),
        TREE: b"<< /Type /Pages /Count 2 /Kids [3 0 R 4 0 R] >>",
        PAGE: page(),
        SECOND_PAGE: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources 8 0 R /Contents 7 0 R >>",
        FORM: form(b""),
        CONTENT: stream(text(b"The insurer pays 100 at the most.") + b" q 1 0 0 1 300 650 cm /Stamp Do Q"),
        SECOND_CONTENT: stream(text(b"Page two.")),
        RESOURCES: b"<< /Font << /F1 9 0 R >> /XObject << /Stamp 14 0 R >> >>",
        FONT: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        AMOUNT: amount(),
        SECOND: signature_field(b"second", SECOND_BOX),
        FIRST: signature_field(b"first", FIRST_BOX),
        AGREED: agreed(),
        STAMP: drawing(b"0 0 1 RG 0 0 100 40 re S", b"0 0 100 40"),
        AMOUNT_SHOWN: amount_shown(),
        YES_SHOWN: drawing(b"0 g 4 4 12 12 re f", b"0 0 20 20"),
        OFF_SHOWN: drawing(b"0 g 0 0 20 20 re S", b"0 0 20 20"),
    }


def signature_dictionary(
    more: bytes = b"/Name (Signer) /Reason (I agree)",
    *,
    sub_filter: bytes = b"/ETSI.CAdES.detached",
    kind: bytes = b"/Type /Sig",
    room: int = _ROOM,
) -> bytes:
    """A signature dictionary that waits for its ByteRange and Contents."""
    return b"<< %s /Filter /Adobe.PPKLite /SubFilter %s /M (D:20260101000000Z) /ByteRange %s /Contents <%s> %s >>" % (
        kind,
        sub_filter,
        _RANGE,
        b"0" * room,
        more,
    )


def covered(document: bytes, byte_range: Sequence[int]) -> bytes:
    """The bytes that a byte range names."""
    return b"".join(
        document[start : start + size] for start, size in zip(byte_range[::2], byte_range[1::2], strict=True)
    )


def whole(gap: int, after: int, size: int) -> Sequence[int]:
    """The byte range that is right: the file but for the gap."""
    return 0, gap, after, size - after


def fill(document: bytes, sign: Sign, ranges: Ranges = whole) -> bytes:
    """Sign the document's last signature dictionary, which still waits.

    `ranges` tells what it covers, from where its Contents begins, where that ends, and the file's size.
    """
    gap = document.rindex(b"/Contents <" + b"0" * 64) + len(b"/Contents ")
    after = document.index(b">", gap) + 1
    byte_range = ranges(gap, after, len(document))
    place = document.rindex(_RANGE)
    told = (b"[%s]" % b" ".join(b"%d" % number for number in byte_range)).ljust(len(_RANGE))
    document = document[:place] + told + document[place + len(_RANGE) :]
    value = sign(covered(document, byte_range)).hex().encode()
    room = after - gap - 2
    if len(value) > room or len(told) > len(_RANGE):
        raise ValueError(f"the signature takes {len(value)} digits, and there is room for {room}")
    return document[: gap + 1] + value.ljust(room, b"0") + document[after - 1 :]


def signing(
    name: bytes = b"first", box: bytes = FIRST_BOX, *, value: int = SIGNATURE, field: int = FIRST
) -> dict[int, bytes]:
    """The field as it is when it is signed, and what it shows; the signature dictionary is still missing."""
    shown = drawing(text(b"Signed by " + name, 4, 20, 10), b"0 0 200 60", b"/Resources << /Font << /F1 9 0 R >> >>")
    own = FIRST_SHOWN if field == FIRST else FREE + field
    more = b"/V %d 0 R /AP << /N %d 0 R >>" % (value, own)
    return {FORM: form(), field: signature_field(name, box, more), own: shown}


def signed(
    document: bytes,
    sign: Sign | None = None,
    *,
    dictionary: bytes | None = None,
    form: Form = "table",
    more: Objects | None = None,
    name: bytes = b"first",
    ranges: Ranges = whole,
) -> bytes:
    """Return the document with a revision that signs the field `first` (or `second`). `more` are further objects."""
    is_first = name == b"first"
    value, field = (SIGNATURE, FIRST) if is_first else (SECOND_SIGNATURE, SECOND)
    changed = signing(name, FIRST_BOX if is_first else SECOND_BOX, value=value, field=field)
    changed[value] = dictionary or signature_dictionary()
    changed.update(more or {})
    own = sign or signature_of(people.signer() if is_first else people.second_signer())
    return fill(update(document, changed, form=form), own, ranges)


def reference(transform: bytes) -> bytes:
    return b"/Reference [<< /Type /SigRef /TransformMethod %s >>]" % transform


def certified(level: int, *, document: bytes | None = None, more: Objects | None = None) -> bytes:
    """The contract, certified: DocMDP with these permissions (ISO 32000-2 clause 12.8.2.2)."""
    parameters = b"/DocMDP /TransformParams << /Type /TransformParams /P %d /V /1.2 >>" % level
    return signed(
        document or unsigned(),
        dictionary=signature_dictionary(reference(parameters)),
        more={CATALOG: catalog(b"/Perms << /DocMDP %d 0 R >>" % SIGNATURE), **(more or {})},
    )


@cache
def unsigned() -> bytes:
    return new_document(objects())


@cache
def approved() -> bytes:
    """The contract that the signer approved: one signature, nothing certified or locked."""
    return signed(unsigned())


@cache
def approved_by_two() -> bytes:
    return signed(approved(), name=b"second")


@cache
def certified_for_filling() -> bytes:
    """Certified with P 2: forms may be filled in and signed."""
    return certified(2)


@cache
def certified_for_notes() -> bytes:
    """Certified with P 3: notes too."""
    return certified(3)


@cache
def certified_for_nothing() -> bytes:
    """Certified with P 1."""
    return certified(1)
