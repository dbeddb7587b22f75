"""Universal signature forgery: what a signature covers, or its value, is taken away or made senseless."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from tests.attacks import people
from tests.attacks.cases import attack
from tests.attacks.contracts import (
    SECOND,
    SECOND_BOX,
    SECOND_SIGNATURE,
    Ranges,
    approved,
    signature_dictionary,
    signed,
    signing,
    unsigned,
)
from tests.attacks.messages import SignerInfo, raw_signature, signed_data
from tests.attacks.writing import update

_BYTE_RANGE: Final = re.compile(rb"/ByteRange \[[^\]]*\]\s*")
_CONTENTS: Final = re.compile(rb"/Contents <[0-9a-f]*>")


@cache
def forged() -> bytes:
    """The approved contract, in which the signed sum was changed in place."""
    return approved().replace(b"pays 100 at", b"pays 900 at")


def instead(document: bytes, what: re.Pattern[bytes], written: bytes) -> bytes:
    """Write something else in the signature dictionary, without moving what comes after."""
    found = list(what.finditer(document))[-1]
    return document[: found.start()] + written.ljust(len(found.group()))[: len(found.group())] + document[found.end() :]


@attack.each(
    {
        "missing": b"",
        "without a value": b"/ByteRange",
        "null": b"/ByteRange null",
        "empty": b"/ByteRange []",
        "a single zero": b"/ByteRange [0]",
        "four zeros": b"/ByteRange [0 0 0 0]",
        "four ones": b"/ByteRange [1 1 1 1]",
        "nulls": b"/ByteRange [null null null null]",
        "three numbers": b"/ByteRange [0 100 200]",
        "negative": b"/ByteRange [0 100 -200 100]",
        "negative start": b"/ByteRange [-1 100 200 100]",
        "negative length": b"/ByteRange [0 -100 200 100]",
        "beyond the file": b"/ByteRange [0 100 200 99999999]",
        "beyond all numbers": b"/ByteRange [0 100 200 99999999999999999999]",
        "real numbers": b"/ByteRange [0.0 100.0 200.0 100.0]",
        "text": b"/ByteRange (0 100 200 100)",
        "a name": b"/ByteRange /0",
        "a reference to nothing": b"/ByteRange 999 0 R",
    },
    "coverage-invalid",
)
def forgery_by_byte_range(written: bytes) -> bytes:
    """The content was changed, and what the signature covers is missing or senseless, so that nothing can be checked.

    Source: Mladenov et al., "1 Trillion Dollar Refund: How To Spoof PDF Signatures", ACM CCS 2019, section 5.1.
    """
    return instead(forged(), _BYTE_RANGE, written)


@attack.each(
    {
        "missing": b"",
        "without a value": b"/Contents",
        "null": b"/Contents null",
        "empty": b"/Contents <>",
        "a zero": b"/Contents <00>",
        "zeros": b"/Contents <" + b"00" * 64 + b">",
        "an empty literal": b"/Contents ()",
        "a number": b"/Contents 0",
        "no digits": b"/Contents <zz>",
        "a reference to nothing": b"/Contents 999 0 R",
        "an empty sequence": b"/Contents <3000>",
        "an endless sequence": b"/Contents <3080>",
        "a length beyond all": b"/Contents <3084ffffffff00>",
    },
)
def forgery_by_contents(written: bytes) -> bytes:
    """The content was changed, and the signature's value is missing or senseless, so that nothing can be checked.

    Source: Mladenov et al., "1 Trillion Dollar Refund: How To Spoof PDF Signatures", ACM CCS 2019, section 5.1.
    """
    return instead(forged(), _CONTENTS, written)


@attack("signature-broken")
def changed_content() -> bytes:
    """The signed sum was changed in place, and nothing else.

    Source: ISO 32000-2 clause 12.8.1.
    """
    return forged()


@attack("signature-broken")
def value_over_something_else() -> bytes:
    """The signature value is the signer's, and over other attributes than those that stand there.

    Source: RFC 5652 clause 5.6.
    """
    elsewhere = SignerInfo(people.signer(), value=lambda data: raw_signature(people.signer(), data + b"more"))
    return signed(unsigned(), lambda content: signed_data(elsewhere.der(content)))


@attack.each(
    {
        "a page": lambda gap, after, size: (0, unsigned().index(b"The insurer pays"), after, size - after),
        "what comes before": lambda gap, after, size: (100, gap - 100, after, size - after),
        "the end": lambda gap, after, size: (0, gap, after, size - after - 40),
        "the first part": lambda gap, after, size: (gap, 0, after, size - after),
        "all but the end": lambda gap, after, size: (0, 9, size - 6, 6),
        "a second gap": lambda gap, after, size: (0, 400, 500, gap - 500, after, size - after),
        "nothing": lambda gap, after, size: (0, size, size, 0),
        "everything twice": lambda gap, after, size: (0, gap, 0, gap),
        "overlapping parts": lambda gap, after, size: (0, after, gap, size - gap),
        "a part in front": lambda gap, after, size: (after, size - after, 0, gap),
    },
    "coverage-invalid",
)
def range_that_leaves_out(ranges: Ranges) -> bytes:
    """Correctly signed over something else than the file less the signature's value; the rest may be anything.

    Source: ISO 32000-2 clause 12.8.1, "the entire file, including the signature dictionary but excluding the
    signature value itself"; Mladenov et al. 2019, section 5.1.
    """
    return signed(unsigned(), ranges=ranges)


@attack.each(
    {
        "a comment before": (0, 0, b"%% pays 900\n"),
        "a comment after": (1, 0, b"%% pays 900\n"),
        "a key before": (0, 0, b"/Reason (none) "),
        "an object after": (1, 0, b">> endobj 900 0 obj << /Forged true "),
    },
    "coverage-invalid",
)
def gap_that_holds_more(place: tuple[int, int, bytes]) -> bytes:
    """Beside the signature's value the gap has room for what nobody signed.

    Source: ISO 32000-2 clause 12.8.1; Mladenov et al. 2019, section 5.3.
    """
    after, _, more = place
    room = b"0" * 6144
    dictionary = signature_dictionary()
    written = b"<%s> %s" % (room, more) if after else b"%s /Contents <%s>" % (more, room)
    dictionary = dictionary.replace(b"<%s>" % room if after else b"/Contents <%s>" % room, written)
    if after:
        ranges: Ranges = lambda gap, end, size: (0, gap, end + len(more) + 1, size - end - len(more) - 1)  # noqa: E731
    else:
        ranges = lambda gap, end, size: (0, gap - len(more) - 11, end, size - end)  # noqa: E731
    return signed(unsigned(), dictionary=dictionary, ranges=ranges)


@attack("signature-shared", "form-field-altered")
def value_of_another_signature_in_the_gap() -> bytes:
    """The second field shows the first one's byte range and value: one signature is passed off as two people's.

    Source: EN 319 142-1 clause 5.3 (the range leaves out the Contents of its own dictionary).
    """
    document = approved()
    found = _BYTE_RANGE.findall(document)[-1]
    value = _CONTENTS.findall(document)[-1]
    copied = b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached %s %s >>" % (found, value)
    changed = signing(b"second", SECOND_BOX, value=SECOND_SIGNATURE, field=SECOND)
    return update(document, {**changed, SECOND_SIGNATURE: copied})
