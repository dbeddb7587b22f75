"""Signature wrapping: the signed second part is moved, and what nobody signed stands in the gap it leaves."""

from __future__ import annotations

import re
from typing import Final

from tests.attacks.cases import attack
from tests.attacks.contracts import CONTENT, SIGNATURE, approved, signature_dictionary, signed, unsigned
from tests.attacks.incremental_saving import FORGED
from tests.attacks.writing import end_of, last_startxref, table, written

_BYTE_RANGE: Final = re.compile(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\] *")
MALICIOUS: Final = {CONTENT: FORGED}


def wrapped(document: bytes, *, close: bytes, padding: bytes = b"", starts_at_new: bool = True) -> bytes:
    """Move the second signed part behind a forged body, and give the dictionary a ByteRange that still finds both.

    `close` is what ends the signature dictionary in the gap; `padding` fills the gap before the moved part.
    """
    found = _BYTE_RANGE.search(document)
    if found is None:
        raise LookupError("the contract has no byte range")
    first, second, length = int(found.group(2)), int(found.group(3)), int(found.group(4))
    tail = document[second : second + length]
    value = document[first:second]
    # The first part must stay as it is: the new ByteRange stands behind the value, in the gap.
    head = document[:first] + value
    for size in range(1, 12):
        moved_at = 0
        for _ in range(3):
            own = b" /ByteRange [0 %d %d %d] " % (first, moved_at, length) + close
            body, offsets = written(MALICIOUS, len(head) + len(own))
            section = table(offsets, b"/Size 1000 /Root 1 0 R /Prev %d" % last_startxref(document))
            gap = own + body + section + padding
            moved_at = len(head) + len(gap)
        if size:
            break
    start = len(head) + len(own) + len(body)
    end = end_of(start) if starts_at_new else b""
    return head + gap + tail + end


@attack.each(
    {
        "without padding": (b">>\nendobj\n", b"", True),
        "with padding": (b">>\nendobj\n", b"0" * 512, True),
        "with padding in a string": (b">>\nendobj\n", b"\n900 0 obj\n(" + b"0" * 512, True),
        "with the old start": (b">>\nendobj\n", b"", False),
        "without an end of the object": (b">>\n", b"", True),
        "without an end of the dictionary": (b"", b"", True),
        "with a comment": (b">>\nendobj\n", b"\n%", True),
    }
)
def wrapping(how: tuple[bytes, bytes, bool]) -> bytes:
    """The second part is moved to the end, and a second ByteRange in the gap tells where it went.

    Source: Mladenov et al. 2019, section 5.3, variants 1 to 3 (relocating the second hashed part).
    """
    close, padding, at_new = how
    return wrapped(approved(), close=close, padding=padding, starts_at_new=at_new)


@attack.each({"the first counts": True, "the last counts": False})
def two_byte_ranges(first: bool) -> bytes:
    """The signed dictionary itself writes its ByteRange twice: one is right, the other covers the end alone.

    Source: ISO 32000-2 clause 7.3.7 (a key is written once); Mladenov et al. 2019, section 5.3.
    """
    other = b"/ByteRange [0 9 10 5] "
    dictionary = signature_dictionary()
    place = dictionary.index(b"/ByteRange") if not first else dictionary.index(b"/Contents")
    return signed(unsigned(), dictionary=dictionary[:place] + other + dictionary[place:])


@attack.each({"before": True, "after": False})
def two_contents(before: bool) -> bytes:
    """The dictionary writes its Contents twice; the gap is around one of them alone, and the other holds nothing.

    Source: ISO 32000-2 clause 7.3.7; Mladenov et al. 2019, section 5.1.
    """
    dictionary = signature_dictionary()
    if before:
        return signed(unsigned(), dictionary=dictionary.replace(b"/Contents <", b"/Contents <00> /Contents <", 1))
    return signed(unsigned(), dictionary=dictionary[:-2] + b"/Contents <00> >>")


@attack("content-changed")
def dictionary_that_is_moved() -> bytes:
    """An update writes the signature dictionary anew behind a forged content, its ByteRange unchanged.

    Source: Mladenov et al. 2019, section 5.3, variant 2.
    """
    document = approved()
    found = re.search(rb"%d 0 obj\n(.*?)\nendobj" % SIGNATURE, document, re.DOTALL)
    if found is None:
        raise LookupError("the contract has no signature")
    body, offsets = written({CONTENT: FORGED, SIGNATURE: found.group(1)}, len(document))
    trailer = b"/Size 1000 /Root 1 0 R /Prev %d" % last_startxref(document)
    return document + body + table(offsets, trailer) + end_of(len(document) + len(body))
