"""Reads the ZIP of a set of bundles, strictly: it must be, byte for byte, the archive that is written of its entries.

A set may be larger than four gigabytes, so ZIP64 is read where, and only where, it must be (PKWARE's APPNOTE 6.3,
4.3.14 to 4.3.16 and 4.5.3). Nothing is unpacked or copied: an entry is stored, and told by where its bytes lie.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NoReturn

from esign.bundle.checking.container import Buffer
from esign.bundle.checking.errors import ContainerRefused
from esign.bundle.layout import EXTENSION, MANIFEST
from esign.bundle.set_index import INDEX_LINES, INDEX_TABLE
from esign.bundle.zip_stream import STORED, ZipEntry, central_header, end_of_directory, local_header


@dataclass(frozen=True)
class SetLimits:
    """What a set may hold: members, bytes of one bundle, and bytes of each form of the index."""

    members: int = 40_002
    bundle_bytes: int = 2 * 1024 * 1024 * 1024
    index_bytes: int = 64 * 1024 * 1024


@dataclass(frozen=True)
class StoredMember:
    """A member of a set: where in the file its bytes begin, how many they are, and their CRC-32."""

    name: str
    start: int
    size: int
    crc: int


_LOCAL: Final = struct.Struct("<4s H H H H H L L L H H")
_CENTRAL: Final = struct.Struct("<4s H H H H H H L L L H H H H H L L")
_OFFSET_64: Final = struct.Struct("<H H Q")
_END: Final = struct.Struct("<4s H H H H L L H")
_END_64: Final = struct.Struct("<4s Q H H L L Q Q Q Q")
_LOCATOR: Final = struct.Struct("<4s L Q L")
_LOCAL_MARK, _CENTRAL_MARK, _END_MARK = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_END_64_MARK, _LOCATOR_MARK = b"PK\x06\x06", b"PK\x06\x07"
_LARGE: Final = 0xFFFFFFFF
_ENCRYPTED: Final = 0x0001 | 0x0040 | 0x2000
_REGULAR, _KIND = 0o100000, 0o170000
_NAME: Final = re.compile(rb"[A-Za-z0-9_-][A-Za-z0-9._-]{0,250}", re.ASCII)
_SHOWN_AT_MOST: Final = 255

USUAL: Final = SetLimits()


def is_set(data: Buffer, limits: SetLimits = USUAL) -> bool:
    """Tell whether a file is meant as a set: by its directory, or by its first member where it has none to be read."""
    try:
        names = [entry.name.decode("ascii", "replace") for entry in _entries(data, limits)[0]]
    except ContainerRefused:
        names = [_first_name(data)]
    if MANIFEST in names:
        return False
    return any(name in {INDEX_LINES, INDEX_TABLE} or name.endswith(EXTENSION) for name in names)


def open_set(data: Buffer, limits: SetLimits = USUAL) -> tuple[StoredMember, ...]:
    """Return the members of a set, in the order of the file, every byte of which belongs to one of them.

    Raises `ContainerRefused`, naming the member where there is one: `container-form`, `container-too-large`,
    `container-hidden-data`, `container-headers-differ`, `member-encrypted`, `member-link`, `member-name-unsafe` (in
    another folder, with a backslash, a dot in front), `member-doubled` (also in another case).
    """
    entries, directory = _entries(data, limits)
    _require_names(entries)
    return tuple(_placed(data, entries, directory, limits))


def part(data: Buffer, member: StoredMember) -> memoryview:
    """Return the member's bytes where they lie in the file, without a copy."""
    return memoryview(data)[member.start : member.start + member.size]


def require_whole(data: Buffer, member: StoredMember) -> None:
    """Raise `ContainerRefused` (`member-damaged`) unless the member's bytes have the CRC-32 that its entry tells."""
    if zlib.crc32(part(data, member)) != member.crc:
        _refuse("member-damaged", member.name, "its bytes are not those that its entry tells of")


def _entries(data: Buffer, limits: SetLimits) -> tuple[list[ZipEntry], int]:
    """Return the entries of the directory, and where it begins."""
    count, length, start = _end_record(data)
    if count > limits.members:
        _refuse("container-too-large", "", f"it says that it has {count} members; at most {limits.members} are read")
    entries: list[ZipEntry] = []
    position = start
    for _ in range(count):
        if position + _CENTRAL.size > start + length:
            _refuse("container-form", "", "its directory is shorter than it says")
        entry, position = _central(data, position)
        entries.append(entry)
    if position != start + length:
        _refuse("container-hidden-data", "", "its directory holds bytes that belong to no member")
    return entries, start


def _end_record(data: Buffer) -> tuple[int, int, int]:
    """Return the count of members, and length and start of the directory; the end must be as it is written of those."""
    end = len(data) - _END.size
    if end < 0 or data[end : end + 4] != _END_MARK:
        _refuse("container-form", "", "it does not end as a ZIP without a comment ends")
    _, _, _, _, count, length, start, _ = _END.unpack(data[end:])
    locator = end - _LOCATOR.size
    place = locator - _END_64.size
    if place >= 0 and data[locator : locator + 4] == _LOCATOR_MARK and data[place : place + 4] == _END_64_MARK:
        *_, count, length, start = _END_64.unpack(data[place : place + _END_64.size])
    written = end_of_directory(count, length, start) if max(count, length, start) <= len(data) else b""
    if not written or start + length + len(written) != len(data) or data[start + length :] != written:
        _refuse("container-hidden-data", "", "between its directory and its end lie other bytes")
    return count, length, start


def _central(data: Buffer, position: int) -> tuple[ZipEntry, int]:
    """Read a record of the directory; it must be written as that of a stored file is."""
    found = _CENTRAL.unpack(data[position : position + _CENTRAL.size])
    mark, _, _, flags, method, _, _, crc, packed, size, name_length, extra, _, _, _, external, offset = found
    begin = position + _CENTRAL.size
    name = bytes(data[begin : begin + name_length])
    shown = _shown(name)
    if mark != _CENTRAL_MARK or len(name) != name_length:
        _refuse("container-form", shown, "its directory is not one")
    if flags & _ENCRYPTED:
        _refuse("member-encrypted", shown, "it is encrypted")
    if (external >> 16) & _KIND not in {0, _REGULAR} or external & 0x10 or name.endswith(b"/"):
        _refuse("member-link", shown, "it is a link, folder or device, not a file")
    if method != STORED:
        _refuse("container-form", shown, "it is compressed; what is in a set lies there as it is")
    if _LARGE in (packed, size):
        _refuse("container-too-large", shown, "it is larger than a bundle may be")
    if offset == _LARGE and extra == _OFFSET_64.size:
        behind = bytes(data[begin + name_length : begin + name_length + extra])
        offset = _OFFSET_64.unpack(behind.ljust(extra, b"\0"))[2]
    entry = ZipEntry(name, STORED, crc, packed, size, offset)
    written = central_header(entry)
    if data[position : position + len(written)] != written:
        _refuse("container-hidden-data", shown, "its entry is not written as one of a set is")
    return entry, position + len(written)


def _require_names(entries: Sequence[ZipEntry]) -> None:
    known: set[bytes] = set()
    for entry in entries:
        if not _NAME.fullmatch(entry.name):
            _refuse("member-name-unsafe", _shown(entry.name), "it could lead out of the folder it is unpacked to")
        folded = entry.name.lower()
        if folded in known:
            _refuse("member-doubled", _shown(entry.name), "its name is there twice, perhaps in another case")
        known.add(folded)


def _placed(data: Buffer, entries: Sequence[ZipEntry], directory: int, limits: SetLimits) -> Iterator[StoredMember]:
    """Yield the members; their local headers and data fill the file up to the directory, in the order of that."""
    position = 0
    for entry in entries:
        name = _shown(entry.name)
        if entry.packed != entry.size:
            _refuse("container-headers-differ", name, "it is stored, and yet has two sizes")
        at_most = limits.index_bytes if name in {INDEX_LINES, INDEX_TABLE} else limits.bundle_bytes
        if entry.size > at_most:
            _refuse("container-too-large", name, f"it has {entry.size} bytes; at most {at_most} are read")
        if entry.offset != position:
            _refuse("container-hidden-data", name, "between it and what lies before it are bytes of no member")
        written = local_header(entry)
        start = position + len(written)
        if data[position:start] != written:
            _refuse("container-headers-differ", name, "its header says something else than the directory")
        if start + entry.size > directory:
            _refuse("container-form", name, "it is longer than the file")
        yield StoredMember(name, start, entry.size, entry.crc)
        position = start + entry.size
    if position != directory:
        _refuse("container-hidden-data", "", "behind its last member lie bytes of no member")


def _first_name(data: Buffer) -> str:
    if len(data) < _LOCAL.size or data[:4] != _LOCAL_MARK:
        return ""
    length = _LOCAL.unpack(data[: _LOCAL.size])[-2]
    return bytes(data[_LOCAL.size : _LOCAL.size + min(length, _SHOWN_AT_MOST)]).decode("ascii", "replace")


def _shown(name: bytes) -> str:
    """Return a name as it may be shown, whatever it holds."""
    return name[: 2 * _SHOWN_AT_MOST].decode("ascii", "backslashreplace")


def _refuse(code: str, member: str, cause: str) -> NoReturn:
    raise ContainerRefused(code, member, cause)
