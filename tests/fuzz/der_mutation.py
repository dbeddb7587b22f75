"""Changes DER values and puts the lengths around them right again, so that parsers go on to what is inside."""

from __future__ import annotations

from random import Random
from typing import Final

_CONSTRUCTED: Final = 0x20
_DEPTH: Final = 40
_CONTENTS: Final = (
    b"", b"\x00", b"\x01", b"\x7f", b"\x80", b"\xff", b"\x00\x00", b"\xff" * 9, b"\x00" * 32,
    b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01", b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02",
    b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a", b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b", b"\x2b\x65\x70",
    b"\x60\x86\x48\x01\x65\x03\x04\x02\x01", b"\x60\x86\x48\x01\x65\x03\x04\x02\x03", b"\x2b\x0e\x03\x02\x1a",
    b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x2f", b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04", b"\x55\x1d\x1c",
    b"20260230250000Z", b"99991231235959Z", b"00000101000000Z", b"261126", b"\x80" * 6 + b"\x01",
)  # fmt: skip
_TAGS: Final = (1, 2, 3, 4, 5, 6, 9, 10, 12, 19, 22, 23, 24, 0x30, 0x31, 0x24, 0x80, 0x82, 0xA0, 0xA1, 0xA3, 0x3F, 0x1F)


class _Value:
    """One value: its identifier, and either its bytes or its parts."""

    def __init__(self, tag: int, content: bytes, parts: list[_Value] | None) -> None:
        self.tag, self.content, self.parts = tag, content, parts
        self.indefinite = False

    def encoded(self) -> bytes:
        content = self.content if self.parts is None else b"".join(part.encoded() for part in self.parts)
        if self.indefinite:
            return bytes((self.tag, 0x80)) + content + b"\0\0"
        return bytes((self.tag,)) + _length(len(content)) + content

    def all(self) -> list[_Value]:
        return [self, *(found for part in self.parts or () for found in part.all())]


def _length(size: int) -> bytes:
    if size < 0x80:
        return bytes((size,))
    encoded = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((0x80 | len(encoded),)) + encoded


def _values(data: bytes, depth: int = 0) -> list[_Value] | None:
    """Read a row of values with one-byte tags and definite lengths; None where it is none."""
    found, position = [], 0
    while position < len(data):
        if position + 2 > len(data) or depth > _DEPTH:
            return None
        tag, first = data[position], data[position + 1]
        start = position + 2
        if first >= 0x80:
            start += first & 0x7F
            size = int.from_bytes(data[position + 2 : start], "big")
            if first == 0x80:
                return None
        else:
            size = first
        if start + size > len(data):
            return None
        content = data[start : start + size]
        may_hold = tag & _CONSTRUCTED or (tag == 4 and size > 8)
        parts = _values(content, depth + 1) if may_hold else None
        found.append(_Value(tag, content, parts if size else None))
        position = start + size
    return found


def mutate_der(data: bytes, rng: Random) -> bytes:
    """Return the encoding with one to three values changed, moved, doubled or removed."""
    values = _values(data)
    if not values:
        return _any_byte(data, rng)
    everything = [found for value in values for found in value.all()][:4000]
    for _ in range(rng.choice((1, 1, 2, 3))):
        _change(rng.choice(everything), everything, rng)
    return b"".join(value.encoded() for value in values)[: 1 << 16]


def _change(value: _Value, everything: list[_Value], rng: Random) -> None:
    way = rng.randrange(8)
    if way == 0:
        value.tag = rng.choice(_TAGS)
    elif way == 1:
        value.content, value.parts = rng.choice(_CONTENTS), None
    elif way == 2:
        value.indefinite = bool(value.tag & _CONSTRUCTED)
    elif way == 3 and value.parts:
        value.parts.pop(rng.randrange(len(value.parts)))
    elif way == 4 and value.parts:
        doubled = value.parts[rng.randrange(len(value.parts))]
        value.parts += [_frozen(doubled)] * rng.choice((1, 1, 2, 70))
    elif way == 5:
        other = _frozen(rng.choice(everything))
        value.tag, value.content, value.parts = other.tag, other.content, None
    elif way == 6 and value.parts:
        rng.shuffle(value.parts)
    else:
        value.content, value.parts = _any_byte(value.encoded()[2:], rng), None


def _frozen(value: _Value) -> _Value:
    """Return a copy that no later change reaches, so that no value comes to hold itself."""
    encoded = value.encoded()
    return (_values(encoded) or [_Value(4, encoded, None)])[0]


def _any_byte(data: bytes, rng: Random) -> bytes:
    if not data:
        return bytes((rng.randrange(256),))
    out = bytearray(data)
    out[rng.randrange(len(out))] = rng.randrange(256)
    return bytes(out)
