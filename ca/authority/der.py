"""Writing DER (Rec. ITU-T X.690): the few forms that a timestamp token needs."""

from __future__ import annotations

NULL = b"\x05\x00"


def tlv(tag: int, content: bytes) -> bytes:
    """Return tag, definite length in its shortest form (clause 10.1), content."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def sequence(*parts: bytes) -> bytes:
    return tlv(0x30, b"".join(parts))


def set_of(*members: bytes) -> bytes:
    """Return a SET OF, its members in ascending order of their encodings (clause 11.6)."""
    return tlv(0x31, b"".join(sorted(members)))


def octet_string(content: bytes) -> bytes:
    return tlv(0x04, content)


def integer(value: int) -> bytes:
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def constructed(number: int, *parts: bytes) -> bytes:
    """Return a context-specific, constructed element `[number]`."""
    return tlv(0xA0 | number, b"".join(parts))
