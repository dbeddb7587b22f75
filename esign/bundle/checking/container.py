"""Reads the ZIP of a bundle, strictly: every byte is accounted for, so that no two readers find different members.

The form is that of docs/evidence-bundle.md: local headers and their data side by side from the first byte, the central
directory behind them, its end record at the very end; stored or deflated, without encryption, data descriptors, extra
fields or comments. PKWARE's APPNOTE 6.3 is cited by its clauses. Nothing is ever written: members are read into memory.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from mmap import mmap
from typing import Final, NoReturn, TypeAlias

from esign.bundle.checking.errors import ContainerRefused

Buffer: TypeAlias = "bytes | mmap | memoryview"


@dataclass(frozen=True)
class ContainerLimits:
    """What a container may hold: members, bytes of one and of all when unpacked, and how far one may be compressed.

    `ratio` is unpacked to packed, asked of members beyond `ratio_from` bytes: text packs well, a bomb better.
    """

    members: int = 5_000
    member_bytes: int = 512 * 1024 * 1024
    total_bytes: int = 2 * 1024 * 1024 * 1024
    ratio: int = 250
    ratio_from: int = 1024 * 1024


@dataclass(frozen=True)
class Member:
    """One member: where its data lies in the file, how it is packed, and what it is when unpacked."""

    name: str
    start: int
    packed: int
    size: int
    crc: int
    deflated: bool


@dataclass(frozen=True)
class _Entry:
    """A record of the central directory (APPNOTE 4.3.12), and where it says the local header is."""

    name: bytes
    common: bytes
    crc: int
    packed: int
    size: int
    offset: int


_LOCAL: Final = struct.Struct("<4s H H H H H L L L H H")
_CENTRAL: Final = struct.Struct("<4s H H H H H H L L L H H H H H L L")
_END: Final = struct.Struct("<4s H H H H L L H")
_LOCAL_MARK, _CENTRAL_MARK, _END_MARK = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_ZIP64_LOCATOR: Final = b"PK\x06\x07"
_ZIP64_LOCATOR_BYTES: Final = 20
_STORED, _DEFLATED = 0, 8
_ENCRYPTED: Final = 0x0001 | 0x0040 | 0x2000
_DESCRIPTOR: Final = 0x0008
_LINK, _REGULAR, _KIND = 0o120000, 0o100000, 0o170000
_DATE, _TIME = (0 << 9) | (1 << 5) | 1, 0
"""1980-01-01 00:00 (APPNOTE 4.4.6): equal content is equal bytes."""
_AS_WRITTEN: Final = (3 << 8 | 20, 20, 0, 0o100644 << 16)
"""Made on Unix by version 2.0, which is needed to read it, binary, a file that all may read: no byte is left free."""
_ZIP64: Final = 0xFFFFFFFF
_NAME_AT_MOST: Final = 255
_PART: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")
_DEVICES: Final = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")
"""Names that Windows takes for devices in every folder."""
_PIECE: Final = 1 << 20

USUAL: Final = ContainerLimits()


class Container:
    """The members of a bundle, in the order in which they lie in the file."""

    def __init__(self, data: Buffer, members: tuple[Member, ...]) -> None:
        self._data = data
        self._members: Mapping[str, Member] = {member.name: member for member in members}

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._members)

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def size(self, name: str) -> int:
        """Return how many bytes the member has when unpacked."""
        return self._members[name].size

    def read(self, name: str) -> bytes:
        """Return the member's bytes. Raises `ContainerRefused` (`member-damaged`)."""
        return b"".join(self.pieces(name))

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yield the member's bytes piece by piece, never more than it says it has. Raises as `read` does."""
        member = self._members[name]
        crc, found = 0, 0
        for piece in self._inflated(member) if member.deflated else self._stored(member):
            found += len(piece)
            if found > member.size:
                _damaged(member)
            crc = zlib.crc32(piece, crc)
            yield piece
        if found != member.size or crc != member.crc:
            _damaged(member)

    def _stored(self, member: Member) -> Iterator[bytes]:
        for start in range(member.start, member.start + member.packed, _PIECE):
            yield bytes(self._data[start : min(start + _PIECE, member.start + member.packed)])

    def _inflated(self, member: Member) -> Iterator[bytes]:
        inflating = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            for packed in self._stored(member):
                left = packed
                while left:
                    yield inflating.decompress(left, _PIECE)
                    left = inflating.unconsumed_tail
        except zlib.error:
            _damaged(member)
        # The stream ends with the packed bytes, not before and not after (RFC 1951: the last block says that it is).
        if not inflating.eof or inflating.unused_data:
            _damaged(member)


def open_container(data: Buffer, limits: ContainerLimits = USUAL) -> Container:
    """Read the directory of a container and check that the whole file is what it says.

    Raises `ContainerRefused`, naming the member where there is one: `container-form` (not a ZIP of this form),
    `container-zip64`, `container-too-large` (members, bytes, or a member packed too far), `member-encrypted`,
    `member-link`, `member-name-unsafe` (absolute, with a backslash, a colon, an empty part, a dot in front),
    `member-doubled` (also in another case, or as a folder of another), `container-headers-differ` (local and central),
    `container-hidden-data` (bytes that belong to no member).
    """
    size = len(data)
    entries = list(_entries(data, size, limits))
    _require_names(entries)
    _require_sizes(entries, limits)
    return Container(data, tuple(_placed(data, entries, size)))


def _entries(data: Buffer, size: int, limits: ContainerLimits) -> Iterator[_Entry]:
    count, length, start = _end_record(data, size)
    if count > limits.members:
        _refuse("container-too-large", "", f"it says that it has {count} members; at most {limits.members} are read")
    position = start
    for _ in range(count):
        if position + _CENTRAL.size > start + length:
            _refuse("container-form", "", "its directory is shorter than it says")
        entry, position = _central(data, position)
        yield entry
    if position != start + length:
        _refuse("container-hidden-data", "", "its directory holds bytes that belong to no member")


def _end_record(data: Buffer, size: int) -> tuple[int, int, int]:
    """Return the count of members, and length and start of the directory (APPNOTE 4.3.16)."""
    if size < _END.size or data[size - _END.size : size - _END.size + 4] != _END_MARK:
        _refuse("container-form", "", "it does not end as a ZIP without a comment ends")
    _, disk, first_disk, here, count, length, start, comment = _END.unpack(data[size - _END.size : size])
    locator = size - _END.size - _ZIP64_LOCATOR_BYTES
    if (locator >= 0 and data[locator : locator + 4] == _ZIP64_LOCATOR) or _ZIP64 in (length, start) or count == 0xFFFF:
        _refuse("container-zip64", "", "it is in the form for more than four gigabytes")
    if disk or first_disk or here != count or comment:
        _refuse("container-form", "", "its end says that it is part of several files")
    if start + length != size - _END.size:
        _refuse("container-hidden-data", "", "between its directory and its end lie other bytes")
    return count, length, start


def _central(data: Buffer, position: int) -> tuple[_Entry, int]:
    found = _CENTRAL.unpack(data[position : position + _CENTRAL.size])
    mark, made_by, needed, flags, method, time, date, crc, packed, size = found[:10]
    name_length, extra, comment, disk, internal, external, offset = found[10:]
    name = bytes(data[position + _CENTRAL.size : position + _CENTRAL.size + name_length])
    shown = _shown(name)
    if mark != _CENTRAL_MARK or len(name) != name_length:
        _refuse("container-form", shown, "its directory is not one")
    if flags & _ENCRYPTED:
        _refuse("member-encrypted", shown, "it is encrypted")
    if _ZIP64 in (packed, size, offset):
        _refuse("container-zip64", shown, "it is in the form for more than four gigabytes")
    if (external >> 16) & _KIND == _LINK:
        _refuse("member-link", shown, "it is a link")
    if (external >> 16) & _KIND not in {0, _REGULAR} or external & 0x10 or name.endswith(b"/"):
        _refuse("member-link", shown, "it is a folder or device, not a file")
    if flags & _DESCRIPTOR or method not in {_STORED, _DEFLATED}:
        _refuse("container-form", shown, "it is packed in another way than a bundle's members are")
    if extra or comment or disk:
        _refuse("container-hidden-data", shown, "its entry holds extra fields or a comment")
    if (date, time) != (_DATE, _TIME):
        _refuse("container-form", shown, "its date is not 1980-01-01")
    if flags or (made_by, needed, internal, external) != _AS_WRITTEN:
        _refuse("container-form", shown, "its entry is not written as one of a bundle is")
    common = struct.pack("<H H H H H", needed, flags, method, time, date)
    return _Entry(name, common, crc, packed, size, offset), position + _CENTRAL.size + name_length


def _require_names(entries: list[_Entry]) -> None:
    known: set[str] = set()
    folders: set[str] = set()
    for entry in entries:
        name = _shown(entry.name)
        if not _is_safe(entry.name):
            _refuse("member-name-unsafe", name, "its name could lead out of the folder it is unpacked to")
        folded = name.lower()
        if folded in known:
            _refuse("member-doubled", name, "its name is there twice, perhaps in another case")
        known.add(folded)
        parts = folded.split("/")
        folders.update("/".join(parts[:count]) for count in range(1, len(parts)))
    if clash := sorted(known & folders):
        _refuse("member-doubled", clash[0], "it is a file, and a folder of others")


def _is_safe(name: bytes) -> bool:
    try:
        text = name.decode("ascii")
    except UnicodeDecodeError:
        return False
    parts = text.split("/")
    return len(text) <= _NAME_AT_MOST and all(
        _PART.fullmatch(part) and not part.endswith(".") and not _DEVICES.fullmatch(part) for part in parts
    )


def _require_sizes(entries: list[_Entry], limits: ContainerLimits) -> None:
    total = 0
    for entry in entries:
        total += entry.size
        name = _shown(entry.name)
        if entry.size > limits.member_bytes:
            _refuse("container-too-large", name, f"it has {entry.size} bytes; at most {limits.member_bytes} are read")
        if entry.size > limits.ratio_from and entry.size > limits.ratio * max(entry.packed, 1):
            _refuse("container-too-large", name, f"it unpacks to more than {limits.ratio} times its packed size")
        if total > limits.total_bytes:
            _refuse("container-too-large", name, f"with it, more than {limits.total_bytes} bytes are unpacked")


def _placed(data: Buffer, entries: list[_Entry], size: int) -> Iterator[Member]:
    """Yield the members; their local headers and data fill the file up to the directory, in the order of that."""
    _, _, directory = _end_record(data, size)
    position = 0
    for entry in entries:
        name = _shown(entry.name)
        if entry.offset != position:
            _refuse(
                "container-hidden-data", name, "between it and what lies before it are bytes of no member, or shared"
            )
        if position + _LOCAL.size > directory:
            _refuse("container-form", name, "it lies behind the directory")
        mark, needed, flags, method, time, date, crc, packed, unpacked, name_length, extra = _LOCAL.unpack(
            data[position : position + _LOCAL.size]
        )
        start = position + _LOCAL.size + name_length + extra
        there = bytes(data[position + _LOCAL.size : position + _LOCAL.size + name_length])
        common = struct.pack("<H H H H H", needed, flags, method, time, date)
        said = (entry.name, entry.common, entry.crc, entry.packed, entry.size)
        if mark != _LOCAL_MARK:
            _refuse("container-form", name, "it does not begin where the directory says")
        if extra:
            _refuse("container-hidden-data", name, "its header holds extra fields")
        if (there, common, crc, packed, unpacked) != said:
            _refuse("container-headers-differ", name, "its header says something else than the directory")
        if start + packed > directory:
            _refuse("container-form", name, "it is longer than the file")
        deflated = method == _DEFLATED
        if not deflated and packed != unpacked:
            _refuse("container-headers-differ", name, "it is stored, and yet has two sizes")
        yield Member(name, start, packed, unpacked, crc, deflated)
        position = start + packed
    if position != directory:
        _refuse("container-hidden-data", "", "behind its last member lie bytes of no member")


def _shown(name: bytes) -> str:
    """Return a name as it may be shown, whatever it holds."""
    return name[: 2 * _NAME_AT_MOST].decode("ascii", "backslashreplace")


def _damaged(member: Member) -> NoReturn:
    _refuse("member-damaged", member.name, "its bytes are not those that its entry tells of")


def _refuse(code: str, member: str, cause: str) -> NoReturn:
    raise ContainerRefused(code, member, cause)
