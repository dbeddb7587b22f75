"""A small DER writer (ITU-T X.690): exactly the forms that signatures and sealed items in CMS are made of.

Parts that stay the same for a certificate are encoded once and joined as bytes, which is why this writer
exists beside asn1crypto: a structure is assembled in microseconds. Reading is left to asn1crypto.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache


def element(tag: int, content: bytes) -> bytes:
    """Return tag, definite length and content (X.690 clauses 8.1 and 10.1)."""
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(size))) + size + content


def sequence(*parts: bytes) -> bytes:
    return element(0x30, b"".join(parts))


def set_of(parts: Iterable[bytes]) -> bytes:
    """Return a SET OF with its members in ascending order (X.690 clause 11.6)."""
    return element(0x31, b"".join(sorted(parts)))


def octet_string(content: bytes) -> bytes:
    return element(0x04, content)


def bit_string(content: bytes) -> bytes:
    """Encode whole octets: no bit of the last one is unused."""
    return element(0x03, b"\0" + content)


def integer(value: int) -> bytes:
    """Encode a non-negative integer."""
    return element(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


@cache
def object_identifier(dotted: str) -> bytes:
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    encoded = bytearray()
    for arc in (first * 40 + second, *rest):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(0x80 | (arc & 0x7F))
        encoded += bytes(reversed(groups))
    return element(0x06, bytes(encoded))


def explicit(number: int, content: bytes) -> bytes:
    """Wrap the content in an explicit context-specific tag; for an implicit SET, pass the members alone."""
    return element(0xA0 | number, content)


NULL = b"\x05\x00"
