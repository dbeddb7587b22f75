"""Updates over which some readers stumble: they put the file together from its objects, and bring up what lay unused.

The signed revision holds a second content that no section lists. The update changes nothing, and is written so that
one reader takes it as it is and another repairs the file. All were found by comparing the verdict on altered files
with what PDFium, poppler and qpdf show.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Final

from tests.attacks.cases import attack
from tests.attacks.contracts import CONTENT, FREE, approved, objects, signed, unsigned
from tests.attacks.incremental_saving import FORGED, unlisted
from tests.attacks.validation_attacks import document_timestamp
from tests.attacks.writing import Form, stream, update, written

Damage = Callable[[bytes], bytes]


@cache
def with_a_twin() -> bytes:
    """A signed contract with a second content that nothing lists."""
    body, _ = written({CONTENT: FORGED}, len(unsigned()))
    return signed(unsigned() + body)


def damaged(damage: Damage, form: Form = "table") -> bytes:
    """The contract with a twin, and an update of an unused object that is damaged."""
    document = with_a_twin()
    tail = update(document, {FREE: stream(b"unused")}, form=form)[len(document) :]
    changed = damage(tail)
    if changed == tail:
        raise ValueError("the damage changes nothing")
    return document + changed


def replacing(pattern: bytes, written_: bytes) -> Damage:
    return lambda tail: re.sub(pattern, written_, tail, count=1)


_TABLE_DAMAGES: Final[dict[str, Damage]] = {
    "a generation of two digits": replacing(rb"/Root 1 0 R", rb"/Root 1 00 R"),
    "a size that is too small": replacing(rb"/Size 1000", rb"/Size 1"),
    "a size that is no integer": replacing(rb"/Size 1000", rb"/Size 1000.0"),
    "no size": replacing(rb"/Size 1000", rb""),
    "a subsection without entries": replacing(rb"trailer", rb"50 1\ntrailer"),
    "a short entry": replacing(rb" 00000 n", rb" 0 n"),
    "no entries": replacing(rb"xref\n[^t]*", rb"xref\n"),
    "entries of nineteen bytes": replacing(rb"n \n", rb"n\n"),
    "more entries than are told": replacing(rb"n \n", rb"n \n0000000000 00000 f \n"),
    "no end of an object": replacing(rb"endobj\n", rb""),
    "no end of a stream": replacing(rb"endstream\n", rb""),
    "a length that is too short": replacing(rb"/Length 6", rb"/Length 3"),
    "something before an end": replacing(rb"\nendobj", rb"\nx endobj"),
    "a number before its value": replacing(rb"obj\n<<", rb"obj\n7 <<"),
    "a comment in a value": replacing(rb"<< /Length", rb"<< % comment\n/Length"),
    "a start before its time": lambda tail: tail.replace(b"%%EOF\n", b"%%EOF\n" + b" " * 2000),
    "something behind the start": replacing(rb"%%EOF", rb">>\n%%EOF"),
    "a start that is a little off": lambda tail: re.sub(
        rb"startxref\n(\d+)", lambda found: b"startxref\n%d" % (int(found.group(1)) + 2), tail
    ),
    "a start with zeros": replacing(rb"startxref\n", rb"startxref\n000"),
}
_STREAM_DAMAGES: Final[dict[str, Damage]] = {
    "another type": replacing(rb"/Type /XRef", rb"/Type /XRex"),
    "no end": replacing(rb"endobj\nstartxref", rb"startxref"),
    "a length that is too long": replacing(rb"/Length (\d+) /Type", rb"/Length \g<1>0 /Type"),
    "a size that is too small": replacing(rb"/Size 1000", rb"/Size 2"),
    "more rows than there are": replacing(rb"/Index \[100 1", rb"/Index [100 7"),
    "a root in real numbers": replacing(rb"/Root 1 0 R", rb"/Root 1.0 0 R"),
}


@attack.each(_TABLE_DAMAGES)
def table_with(damage: Damage) -> bytes:
    """The update's table, trailer, object or end is damaged in one place.

    Source: ISO 32000-2 clauses 7.3 and 7.5.4 to 7.5.6; found by comparison with PDFium, poppler and qpdf.
    """
    return damaged(damage)


@attack.each(_STREAM_DAMAGES)
def section_stream_with(damage: Damage) -> bytes:
    """The update's cross-reference stream is damaged in one place.

    Source: ISO 32000-2 clause 7.5.8; found by comparison with PDFium, poppler and qpdf.
    """
    return damaged(damage, "stream")


@attack.each({"a timestamp": b"", "a broken timestamp": b"x"}, "hidden-object-data")
def hidden_objects_below(imprint: bytes) -> bytes:
    """Unlisted objects stand behind the signature, and behind them a document timestamp that covers them.

    Anybody gets a timestamp over anything: it does not vouch for what it covers.

    Source: EN 319 142-1 clause 5.4.3; Mladenov et al. 2019, section 5.2; VERIFY.md, list, 1.
    """
    forged = unlisted({CONTENT: FORGED}, "the old section")
    return document_timestamp(forged, imprint_of=imprint or None)


@attack("hidden-object-data")
def hidden_objects_below_a_second_signature() -> bytes:
    """Unlisted objects stand between two signatures: the second signer saw another document than the first one.

    Source: Mladenov et al. 2019, section 5.2; VERIFY.md, list, 1.
    """
    return signed(unlisted({CONTENT: FORGED}, "the old section", document=approved()), name=b"second")


@attack.each(
    {
        "a length below zero": replacing(rb"/Length \d+", rb"/Length -5"),
        "a length of zero": replacing(rb"/Length \d+", rb"/Length 0"),
        "a length of nothing": replacing(rb"/Length \d+", rb"/Length 999 0 R"),
        "no length": replacing(rb"/Length \d+", rb""),
        "a short length": replacing(rb"/Length (\d)\d+", rb"/Length \1"),
        "a long length": replacing(rb"/Length (\d+)", rb"/Length \g<1>00"),
        "a damaged end": replacing(rb"endstream\nend", rb"endstream"),
        "another end inside": replacing(rb"Tj", rb"Tj endstream"),
    },
    "ambiguous-object",
)
def unchanged_content_with(damage: Damage) -> bytes:
    """An update writes the content anew, the same as before, but some readers cut it short or find none.

    Source: ISO 32000-2 clause 7.3.8.2 (Length); poppler and qpdf show an empty page (found by comparison).
    """
    document = approved()
    tail = update(document, {CONTENT: objects()[CONTENT]})[len(document) :]
    return document + damage(tail)
