"""Fields that programs draw anew from their value, because an update says that they need appearances.

Programs that fill in one field of a form often set NeedAppearances (ISO 32000-2 clause 12.7.3): then a viewer draws
all fields from their values, in type and at a place of its own choice, also those that nobody touched. That is
harmless where a field showed its value before. Where it showed other words than its value, as a formatted number
does, and as a forged one would, the page shows something else now.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Final

from esign.verify.errors import LimitReached, Malformed
from esign.verify.reading.fields import Field, form_fields, text_string
from esign.verify.reading.objects import PdfValue, Ref, Stream
from esign.verify.reading.revision import Revision

_DRAWN: Final = frozenset({"Tx", "Ch", "Btn"})
_STRING: Final = re.compile(rb"\(((?:[^()\\]|\\.)*+)\)|<([0-9A-Fa-f\s]*+)>", re.DOTALL)
_ESCAPE: Final = re.compile(rb"\\(?:([0-7]{1,3})|(\r\n|.))", re.DOTALL)
_NAMED: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r": b"", b"\r\n": b""}
_NUMBER: Final = rb"[-+]?(?:\d+\.?\d*|\.\d+)"
_FRAME: Final = re.compile(
    rb"\s".join([_NUMBER, _NUMBER, rb"(" + _NUMBER + rb")", rb"(" + _NUMBER + rb")", rb"re\s+(?:f\*?|F|S|s|B|b)(?!\S)"])
)
_HIDES_OR_DRAWS: Final = re.compile(rb"(?<!\S)(?:Tr|Ts|cm|Do|BI|sh|gs|S|s|F|f\*?|B\*?|b\*?)(?!\S)")
_WHOLE: Final = 0.8
"""The share of a field's width and height that a frame or its ground has at least: no letter is so large."""
_BYTES_AT_MOST: Final = 1 << 16


def fields_drawn_anew(signed: Revision, present: Revision) -> Iterator[tuple[Ref, bool]]:
    """Yield the widgets of unchanged fields that are drawn anew in one of both, and whether the words stay the same.

    Nothing is yielded where both say the same about appearances. Raises `Malformed` and `LimitReached`.
    """
    needed = _needs_appearances(signed), _needs_appearances(present)
    if needed[0] == needed[1]:
        return
    shown = present if needed[0] else signed
    known = {field.name: field for field in form_fields(signed)}
    for field in form_fields(present):
        before = known.get(field.name)
        if field.kind in _DRAWN and before is not None and _value(signed, before) == _value(present, field):
            for widget in field.widgets:
                if isinstance(widget, Ref):
                    if field.kind == "Btn":
                        yield widget, _state(signed, widget) == _state(present, widget)
                    else:
                        yield widget, shows_value(shown, widget, _value(present, field))


def shows_value(revision: Revision, widget: Ref, value: str | None) -> bool:
    """Whether the appearance of a widget writes its value and nothing else, as far as that can be told.

    What draws letters as lines, or writes unseen, may show other words than it holds.
    """
    appearance = revision.resolve(revision.dictionary(revision.dictionary(widget).get("AP")).get("N"))
    if not isinstance(appearance, Stream) or value is None or appearance.length > _BYTES_AT_MOST:
        return False
    try:
        drawn = revision.decoded(appearance)
    except LimitReached:
        raise
    except Malformed:
        return False
    if len(drawn) > _BYTES_AT_MOST or not _merely_writes(drawn, _size(revision, appearance)):
        return False
    return "".join(_words(drawn).split()) == "".join(value.split())


def _size(revision: Revision, appearance: Stream) -> tuple[float, float]:
    """Width and height of an appearance's box, without end where it has none."""
    corners = [revision.resolve(item) for item in revision.array(appearance.dictionary.get("BBox"))]
    if len(corners) != 4 or not all(isinstance(one, int | float) for one in corners):
        return math.inf, math.inf
    left, bottom, right, top = (float(one) for one in corners if isinstance(one, int | float))
    return abs(right - left), abs(top - bottom)


def _merely_writes(drawn: bytes, size: tuple[float, float]) -> bool:
    """Whether a content stream paints nothing but text, and a frame or ground as large as the field."""

    def without_frame(found: re.Match[bytes]) -> bytes:
        width, height = (abs(float(number)) for number in found.groups())
        return b" " if width >= _WHOLE * size[0] and height >= _WHOLE * size[1] else found.group()

    return _HIDES_OR_DRAWS.search(_FRAME.sub(without_frame, _STRING.sub(b" ", drawn))) is None


def _needs_appearances(revision: Revision) -> bool:
    form = revision.dictionary(revision.catalog.get("AcroForm"))
    return revision.resolve(form.get("NeedAppearances")) is True


def _value(revision: Revision, field: Field) -> str | None:
    value: PdfValue = revision.resolve(field.value)
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return text_string(value) if isinstance(value, bytes) else None


def _state(revision: Revision, widget: Ref) -> PdfValue:
    return revision.resolve(revision.dictionary(widget).get("AS"))


def _words(drawn: bytes) -> str:
    """The strings of a content stream, one after the other, as single bytes: what simple fonts show."""
    found = bytearray()
    for literal, digits in _STRING.findall(drawn):
        found += _ESCAPE.sub(_unescaped, literal) if literal else bytes.fromhex(_even(digits))
    return found.decode("latin-1")


def _even(digits: bytes) -> str:
    packed = b"".join(digits.split())
    return (packed + b"0" * (len(packed) % 2)).decode("ascii")


def _unescaped(escape: re.Match[bytes]) -> bytes:
    octal, character = escape.groups()
    return bytes([int(octal, 8) & 0xFF]) if octal else _NAMED.get(character, character)
