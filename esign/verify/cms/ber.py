"""Walks over BER: for what a lenient parser lets through and a strict one refuses, and for the DER of a value."""

from __future__ import annotations

from typing import Final

from esign.verify.errors import LimitReached, Malformed

_VALUES_AT_MOST = 200_000
_DEPTH_AT_MOST = 64
_CONSTRUCTED: Final = 0x20
_SET: Final = 0x31
_STRINGS: Final = frozenset(_CONSTRUCTED | tag for tag in (4, 12, *range(18, 23), *range(25, 31)))


def require_plain_integers(encoded: bytes) -> None:
    """Raise `Malformed` if an INTEGER is not encoded in the fewest octets (X.690 clause 8.3.2).

    Two parsers may read such a number, and with it a serial number, differently. Strings that hold further
    encodings are not entered.
    """
    position, count = 0, 0
    while position < len(encoded):
        count += 1
        if count > _VALUES_AT_MOST:
            raise LimitReached("the signature value has more parts than the limit allows")
        tag, position = _tag(encoded, position)
        length, position = _length(encoded, position)
        if tag & _CONSTRUCTED:
            continue  # constructed: go on with what is inside
        if length is None:
            raise Malformed("a primitive value has no length")
        if tag == 0x02 and not _is_plain(encoded[position : position + length]):
            raise Malformed("a number in the signature value is not encoded as it must be")
        position += length


def as_der(encoded: bytes) -> bytes:
    """Return the first value of `encoded` in DER (X.690 clause 10), as far as its tags alone tell how.

    Lengths become definite and short, strings that are in pieces are joined, the members of sets are put in order.
    Raises `Malformed` and IndexError where it is no BER, or deeper than the limit allows.
    """
    return _as_der(encoded, 0, 0)[0]


def _as_der(encoded: bytes, start: int, depth: int) -> tuple[bytes, int]:
    """Return the value at `start`, and where it ends."""
    if depth > _DEPTH_AT_MOST:
        raise Malformed("the signature value is nested too deeply")
    tag, position = _tag(encoded, start)
    identifier = encoded[start:position]
    length, position = _length(encoded, position)
    end = None if length is None else position + length
    if not tag & _CONSTRUCTED:
        if end is None:
            raise Malformed("a primitive value has no length")
        if end > len(encoded):
            raise Malformed("a value is longer than what holds it")
        return _definite(identifier, encoded[position:end]), end
    parts = []
    while encoded[position : position + 2] != b"\0\0" if end is None else position < end:
        part, position = _as_der(encoded, position, depth + 1)
        parts.append(part)
    if end is None:
        position += 2
    elif position != end or end > len(encoded):
        raise Malformed("a value is longer than what holds it")
    if tag in _STRINGS:
        if any(part[0] != tag ^ _CONSTRUCTED for part in parts):
            raise Malformed("a string is made of pieces of another kind")
        return _definite(bytes((tag ^ _CONSTRUCTED,)), b"".join(map(_content, parts))), position
    if tag == _SET:
        parts.sort()
    return _definite(identifier, b"".join(parts)), position


def _definite(identifier: bytes, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return identifier + bytes((size,)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return identifier + bytes((0x80 | len(length),)) + length + content


def _content(der: bytes) -> bytes:
    _, position = _tag(der, 0)
    return der[_length(der, position)[1] :]


def _tag(encoded: bytes, position: int) -> tuple[int, int]:
    tag = encoded[position]
    position += 1
    if tag & 0x1F == 0x1F:
        while encoded[position] & 0x80:
            position += 1
        position += 1
    return tag, position


def _length(encoded: bytes, position: int) -> tuple[int | None, int]:
    first = encoded[position]
    position += 1
    if first == 0x80:
        return None, position
    if first < 0x80:
        return first, position
    end = position + (first & 0x7F)
    return int.from_bytes(encoded[position:end], "big"), end


def _is_plain(content: bytes) -> bool:
    if not content:
        return False
    if len(content) == 1:
        return True
    return not (content[0] == 0 and content[1] < 0x80) and not (content[0] == 0xFF and content[1] >= 0x80)
