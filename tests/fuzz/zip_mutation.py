"""Changes archives by their structure: entries, their two headers and the end, each apart or all to agree again."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field, replace
from random import Random
from typing import Final

_LOCAL: Final = "<4sHHHHHIIIHH"
_CENTRAL: Final = "<4sHHHHHHIIIHHHHHII"
_END: Final = "<4sHHHHIIH"
_STORED, _DEFLATED = 0, 8
_DATE: Final = 1 << 5 | 1
_ENTRIES_AT_MOST: Final = 40
_NAMES: Final = (
    b"../out", b"/etc/passwd", b"a/../../b", b"C:x", b"a\\b", b".x", b"con", b"", b"a/", b"mimetype", b"MIMETYPE",
    b"META-INF", b"META-INF/ASiCManifest.xml", b"index.jsonl", b"index.csv", b"env_a.asice", b"\xff\xfe", b"x" * 300,
)  # fmt: skip
_NUMBERS: Final = (0, 1, 2, 8, 20, 45, 0x0801, 0x7FFF, 0xFFFE, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF)
_EXTRAS: Final = (b"\x01\x00\x08\x00" + bytes(8), b"\x01\x00\x10\x00" + b"\xff" * 16, b"UT\x05\x00\x01" + bytes(4))
_CENTRAL_FIELDS: Final = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)
_LOCAL_FIELDS: Final = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
_END_FIELDS: Final = (1, 2, 3, 4, 5, 6, 7)


@dataclass
class _Entry:
    """An entry as it is to be written; `local` and `central` are fields that lie, by their place in the header."""

    name: bytes
    packed: bytes
    size: int
    crc: int
    method: int
    extra: bytes = b""
    before: bytes = b""
    local: dict[int, int] = field(default_factory=dict)
    central: dict[int, int] = field(default_factory=dict)


def mutate_zip(data: bytes, rng: Random) -> bytes:
    """Return the archive with one to three things changed."""
    entries = _entries(data)
    if not entries:
        return _any_byte(data, rng)
    end: dict[int, int] = {}
    for _ in range(rng.choice((1, 1, 2, 3))):
        _change(entries, end, rng)
    return _written(entries[:_ENTRIES_AT_MOST], end, rng)


def _entries(data: bytes) -> list[_Entry]:
    """Read entries by their local headers; what is none ends the list."""
    found: list[_Entry] = []
    position, size = 0, struct.calcsize(_LOCAL)
    while data[position : position + 4] == b"PK\3\4" and position + size <= len(data):
        _, _, _, method, _, _, crc, packed, unpacked, name, extra = struct.unpack_from(_LOCAL, data, position)
        start = position + size + name + extra
        content = data[start : start + packed]
        found.append(_Entry(data[position + size : position + size + name], content, unpacked, crc, method))
        position = start + packed
    return found


def _change(entries: list[_Entry], end: dict[int, int], rng: Random) -> None:
    one = rng.choice(entries)
    way = rng.randrange(12)
    if way == 0:
        one.name = rng.choice((*_NAMES, one.name.swapcase(), one.name + b"/x", rng.choice(entries).name))
    elif way == 1:
        one.central[rng.choice(_CENTRAL_FIELDS)] = rng.choice(_NUMBERS)
    elif way == 2:
        one.local[rng.choice(_LOCAL_FIELDS)] = rng.choice(_NUMBERS)
    elif way == 3:
        end[rng.choice(_END_FIELDS)] = rng.choice(_NUMBERS)
    elif way == 4 and len(entries) > 1:
        entries.remove(one)
    elif way == 5:
        entries.insert(rng.randrange(len(entries) + 1), replace(one, local={}, central={}))
    elif way == 6:
        rng.shuffle(entries)
    elif way == 7:
        other = rng.choice(entries)
        one.packed, one.size, one.crc, one.method = other.packed, other.size, other.crc, other.method
    elif way == 8:
        _pack(one, rng.choice((b"", bytes(200_000), _unpacked(one), _any_byte(_unpacked(one), rng))), rng)
    elif way == 9:
        one.packed = _any_byte(one.packed, rng)
    elif way == 10:
        one.extra, one.before = rng.choice(((rng.choice(_EXTRAS), b""), (b"", b"hidden")))
    else:  # an archive in an archive, so sets of sets too
        content = _unpacked(one)
        _pack(one, mutate_zip(content, rng) if content[:2] == b"PK" else _written(entries[:3], {}, rng), rng)


def _pack(one: _Entry, content: bytes, rng: Random) -> None:
    packer = zlib.compressobj(rng.choice((1, 9)), zlib.DEFLATED, -zlib.MAX_WBITS)
    one.method = rng.choice((_STORED, _DEFLATED))
    one.packed = packer.compress(content) + packer.flush() if one.method == _DEFLATED else content
    one.size, one.crc = len(content), zlib.crc32(content)


def _unpacked(one: _Entry) -> bytes:
    if one.method == _STORED:
        return one.packed
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(one.packed, 1 << 18)
    except zlib.error:
        return b""


def _written(entries: list[_Entry], end: dict[int, int], rng: Random) -> bytes:
    """Return the archive: every size and place agrees but for what lies."""
    made, directory = b"", b""
    for one in entries:
        made += one.before
        told = (0, one.method, 0, _DATE, one.crc, len(one.packed), one.size, len(one.name), len(one.extra))
        head = _lied((b"PK\3\4", 20, *told), one.local, _LOCAL)
        central = (b"PK\1\2", 3 << 8 | 20, 20, *told, 0, 0, 0, 0o100644 << 16, len(made))
        directory += _lied(central, one.central, _CENTRAL) + one.name + one.extra
        made += head + one.name + one.extra + one.packed
    count = len(entries)
    last = _lied((b"PK\5\6", 0, 0, count, count, len(directory), len(made), 0), end, _END)
    behind = rng.choice((b"",) * 20 + (b"more", last))
    return made + directory + last + behind


def _lied(values: tuple[bytes | int, ...], lies: dict[int, int], form: str) -> bytes:
    """Return the header with the fields that lie in it, each cut to its width."""
    widths = [2 if letter == "H" else 4 for letter in form.removeprefix("<4s")]
    told = list(values)
    for place, value in lies.items():
        told[place] = value & ((1 << 8 * widths[place - 1]) - 1)
    return struct.pack(form, *told)


def _any_byte(data: bytes, rng: Random) -> bytes:
    if not data:
        return bytes((rng.randrange(256),))
    out = bytearray(data)
    out[rng.randrange(len(out))] = rng.randrange(256)
    return bytes(out)
