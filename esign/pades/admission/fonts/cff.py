"""The few facts of a Compact Font Format program that tell whether a code has a glyph (Adobe Technical Note 5176)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from fontTools.cffLib import cffExpertSubsetStrings, cffIExpertStrings, cffISOAdobeStrings, cffStandardStrings

from esign.pades.admission.fonts.encodings import BASE_ENCODINGS

_CHARSET, _ENCODING, _CHARSTRINGS, _ROS = 15, 16, 17, 0x0C1E
_PREDEFINED_CHARSETS = {0: cffISOAdobeStrings, 1: cffIExpertStrings, 2: cffExpertSubsetStrings}


@dataclass(frozen=True)
class CffProgram:
    """`glyph_count` includes .notdef. A CID-keyed font has `cids` and no names, any other the reverse.

    `builtin` holds the codes that the font's own encoding leads to a glyph, or None if it is an expert one.
    """

    glyph_count: int
    cids: frozenset[int] | None
    names: frozenset[str]
    builtin: frozenset[int] | None


def read_cff(data: bytes) -> CffProgram:
    """Read the first font of a CFF font set.

    Raises ValueError or IndexError if it is not one.
    """
    if len(data) < 4 or data[0] != 1:
        raise ValueError("not a CFF font set")
    _, position = _index(data, data[2])
    tops, position = _index(data, position)
    strings, _ = _index(data, position)
    top = _top_dict(data[slice(*tops[0])])
    count, _, _ = _offsets(data, top[_CHARSTRINGS][0])
    offset = top.get(_CHARSET, [0])[0]
    if _ROS in top:
        cids = range(1, count) if offset in _PREDEFINED_CHARSETS else _charset(data, offset, count)
        return CffProgram(count, frozenset(cids), frozenset(), None)
    if offset in _PREDEFINED_CHARSETS:
        names = list(_PREDEFINED_CHARSETS[offset])[1:count]
    else:
        names = [_string(data, strings, sid) for sid in _charset(data, offset, count)]
    return CffProgram(count, None, frozenset(names), _builtin(data, top.get(_ENCODING, [0])[0], names, count))


def _index(data: bytes, position: int) -> tuple[list[tuple[int, int]], int]:
    """Return the slices of the INDEX at `position`, and the offset after it (clause 5)."""
    count, size, first = _offsets(data, position)
    if count == 0:
        return [], first
    base = first + (count + 1) * size - 1
    ends = [base + int.from_bytes(data[at : at + size], "big") for at in range(first, first + (count + 1) * size, size)]
    return list(pairwise(ends)), ends[-1]


def _offsets(data: bytes, position: int) -> tuple[int, int, int]:
    """Return how many objects the INDEX at `position` has, the size of their offsets, and where these begin."""
    count = int.from_bytes(data[position : position + 2], "big")
    if count == 0:
        return 0, 0, position + 2
    size = data[position + 2]
    first = position + 3
    if not 1 <= size <= 4 or first + (count + 1) * size - 1 > len(data):
        raise ValueError("a CFF INDEX is cut short")
    return count, size, first


def _top_dict(data: bytes) -> dict[int, list[int]]:
    """Return the operands by operator; real numbers, which are not needed, read as 0 (clause 4)."""
    entries: dict[int, list[int]] = {}
    operands: list[int] = []
    at = 0
    while at < len(data):
        byte = data[at]
        at += 1
        if byte <= 21:
            if byte == 12:
                byte = 0x0C00 | data[at]
                at += 1
            entries[byte] = operands
            operands = []
        elif byte == 28:
            operands.append(int.from_bytes(data[at : at + 2], "big", signed=True))
            at += 2
        elif byte == 29:
            operands.append(int.from_bytes(data[at : at + 4], "big", signed=True))
            at += 4
        elif byte == 30:
            while data[at] & 0x0F != 0x0F and data[at] >> 4 != 0x0F:
                at += 1
            at += 1
            operands.append(0)
        elif byte <= 246:
            operands.append(byte - 139)
        elif byte <= 250:
            operands.append((byte - 247) * 256 + data[at] + 108)
            at += 1
        else:
            operands.append(-(byte - 251) * 256 - data[at] - 108)
            at += 1
    return entries


def _charset(data: bytes, offset: int, count: int) -> list[int]:
    """Return the SID or CID of each glyph but .notdef (clause 13)."""
    kind = data[offset]
    at = offset + 1
    found: list[int] = []
    while len(found) < count - 1:
        first = int.from_bytes(data[at : at + 2], "big")
        if at + 2 > len(data):
            raise ValueError("a CFF charset is cut short")
        at += 2
        left = 0
        if kind in (1, 2):
            left = int.from_bytes(data[at : at + kind], "big")
            at += kind
        elif kind != 0:
            raise ValueError("a CFF charset has an unknown format")
        found.extend(range(first, first + left + 1))
    return found[: count - 1]


def _string(data: bytes, strings: list[tuple[int, int]], sid: int) -> str:
    if sid < len(cffStandardStrings):
        return str(cffStandardStrings[sid])
    return data[slice(*strings[sid - len(cffStandardStrings)])].decode("latin-1")


def _builtin(data: bytes, offset: int, names: list[str], count: int) -> frozenset[int] | None:
    """Return the codes of the font's own encoding (clause 12)."""
    if offset == 0:
        known = set(names)
        return frozenset(code for code, name in BASE_ENCODINGS["StandardEncoding"].items() if name in known)
    if offset == 1:
        return None
    kind, length = data[offset], data[offset + 1]
    at = offset + 2
    codes: list[int] = []
    if kind & 0x7F == 0:
        codes.extend(data[at : at + length])
        at += length
    else:
        for first, left in zip(data[at : at + 2 * length : 2], data[at + 1 : at + 2 * length : 2], strict=False):
            codes.extend(range(first, first + left + 1))
        at += 2 * length
    codes = codes[: count - 1]
    if kind & 0x80:
        codes.extend(data[at + 1 : at + 1 + 3 * data[at] : 3])
    return frozenset(codes)
