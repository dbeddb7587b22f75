"""A walk over BER, for what a lenient parser lets through and a strict one refuses."""

from __future__ import annotations

from esign.verify.errors import LimitReached, Malformed

_VALUES_AT_MOST = 200_000


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
        if tag & 0x20:
            continue  # constructed: go on with what is inside
        if length is None:
            raise Malformed("a primitive value has no length")
        if tag == 0x02 and not _is_plain(encoded[position : position + length]):
            raise Malformed("a number in the signature value is not encoded as it must be")
        position += length


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
