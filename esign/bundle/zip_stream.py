"""A ZIP archive as a stream: every entry's size is known before its header is written, and nothing is read back.

So there are no data descriptors, which some readers trip over, and the same entries are the same bytes. What it writes
is APPNOTE 6.3.10, clauses 4.3.7 (local header), 4.3.12 (central directory), 4.3.14 to 4.3.16 (its end), 4.5.3 (ZIP64).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from esign.bundle.layout import ENTRY_DATE

STORED: Final = 0
DEFLATED: Final = 8
_LEVEL: Final = 6
_LARGE: Final = 0xFFFFFFFF
_MANY: Final = 0xFFFF
_UNIX_FILE: Final = 0o100644 << 16
_VERSION, _VERSION_64 = 20, 45
_MADE_BY_UNIX: Final = 3 << 8
_DATE: Final = (ENTRY_DATE[0] - 1980) << 9 | ENTRY_DATE[1] << 5 | ENTRY_DATE[2]
_ZIP64: Final = 1


@dataclass(frozen=True)
class ZipEntry:
    """An entry: `packed` and `size` in bytes, and where in the archive its local header begins."""

    name: bytes
    method: int
    crc: int
    packed: int
    size: int
    offset: int

    @property
    def is_large(self) -> bool:
        return max(self.packed, self.size) >= _LARGE


class ZipStream:
    """Yields the bytes of an archive, entry by entry. Names are ASCII, and each comes once."""

    def __init__(self) -> None:
        self._entries: list[ZipEntry] = []
        self._names: set[str] = set()
        self._offset = 0

    def entry(self, name: str, data: bytes, *, method: int) -> Iterator[bytes]:
        """Yield an entry of this content, deflated or stored."""
        packed = data if method == STORED else _deflated(data)
        yield from self._entry(name, method, zlib.crc32(data), len(packed), len(data), (packed,))

    def stored(self, name: str, chunks: Iterable[bytes], *, size: int, crc: int) -> Iterator[bytes]:
        """Yield a stored entry whose content comes in pieces; `size` in bytes and `crc` (CRC-32) are known before.

        Raises `ValueError` where the pieces are not of that size: what was yielded is then of no use.
        """
        yield from self._entry(name, STORED, crc, size, size, chunks)

    def end(self) -> Iterator[bytes]:
        """Yield the central directory. Nothing can follow."""
        start = self._offset
        for entry in self._entries:
            yield self._counted(central_header(entry))
        yield self._counted(end_of_directory(len(self._entries), self._offset - start, start))

    @classmethod
    def size_of(cls, entries: Iterable[tuple[str, int]]) -> int:
        """Return the size in bytes of an archive of stored entries of these names and sizes."""
        stream = cls()
        for name, size in entries:
            entry = ZipEntry(name.encode("ascii"), STORED, 0, size, size, stream._offset)
            stream._entries.append(entry)
            stream._offset += len(local_header(entry)) + size
        for _directory in stream.end():
            pass
        return stream._offset

    def _entry(
        self, name: str, method: int, crc: int, packed: int, size: int, chunks: Iterable[bytes]
    ) -> Iterator[bytes]:
        if name in self._names:
            raise ValueError(f"the archive has an entry {name} already")
        self._names.add(name)
        entry = ZipEntry(name.encode("ascii"), method, crc, packed, size, self._offset)
        self._entries.append(entry)
        yield self._counted(local_header(entry))
        begun = self._offset
        for chunk in chunks:
            yield self._counted(chunk)
        if self._offset - begun != packed:
            raise ValueError(f"the entry {name} has another size than it was said to have")

    def _counted(self, data: bytes) -> bytes:
        self._offset += len(data)
        return data


def end_of_directory(count: int, size: int, start: int) -> bytes:
    """Return what follows a directory of so many entries and bytes that begins at `start`."""
    large = b""
    if start >= _LARGE or size >= _LARGE or count >= _MANY:
        versions = (_MADE_BY_UNIX | _VERSION_64, _VERSION_64)
        large = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, *versions, 0, 0, count, count, size, start)
        large += struct.pack("<4sIQI", b"PK\6\7", 0, start + size, 1)
    few = min(count, _MANY)
    told = (few, few, min(size, _LARGE), min(start, _LARGE), 0)
    return large + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, *told)


def _deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def local_header(entry: ZipEntry) -> bytes:
    """Return what lies before the entry's data."""
    extra = struct.pack("<HHQQ", _ZIP64, 16, entry.size, entry.packed) if entry.is_large else b""
    packed, size = (_LARGE, _LARGE) if entry.is_large else (entry.packed, entry.size)
    version = _VERSION_64 if entry.is_large else _VERSION
    fields = (b"PK\3\4", version, 0, entry.method, 0, _DATE, entry.crc, packed, size, len(entry.name), len(extra))
    return struct.pack("<4sHHHHHIIIHH", *fields) + entry.name + extra


def central_header(entry: ZipEntry) -> bytes:
    """Return the entry's record in the directory."""
    large = b""
    if entry.is_large:
        large += struct.pack("<QQ", entry.size, entry.packed)
    if entry.offset >= _LARGE:
        large += struct.pack("<Q", entry.offset)
    extra = struct.pack("<HH", _ZIP64, len(large)) + large if large else b""
    packed, size = (_LARGE, _LARGE) if entry.is_large else (entry.packed, entry.size)
    version = _VERSION_64 if large else _VERSION
    head = (b"PK\1\2", _MADE_BY_UNIX | version, version, 0, entry.method, 0, _DATE, entry.crc, packed, size)
    tail = (len(entry.name), len(extra), 0, 0, 0, _UNIX_FILE, min(entry.offset, _LARGE))
    return struct.pack("<4sHHHHHHIIIHHHHHII", *head, *tail) + entry.name + extra
