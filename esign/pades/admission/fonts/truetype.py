"""Glyph count, character maps and glyph names of a TrueType or OpenType program (ISO/IEC 14496-22)."""

from __future__ import annotations

import struct
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from fontTools.encodings.MacRoman import MacRoman
from fontTools.ttLib.standardGlyphOrder import standardGlyphOrder

SIGNATURES = (b"\x00\x01\x00\x00", b"true", b"OTTO", b"ttcf", b"typ1")


class CharacterMap(Protocol):
    """One subtable of cmap."""

    def glyph(self, code: int) -> int:
        """Return the glyph index of `code`, 0 if it has none."""


@dataclass(frozen=True)
class _Dense:
    """Formats 0 and 6: an array of glyph indexes from a first code."""

    first: int
    glyphs: tuple[int, ...]

    def glyph(self, code: int) -> int:
        index = code - self.first
        return self.glyphs[index] if 0 <= index < len(self.glyphs) else 0


@dataclass(frozen=True)
class _Segments:
    """Format 4: segments with a delta, or an offset into the glyph array."""

    data: bytes
    ends: tuple[int, ...]
    starts: tuple[int, ...]
    deltas: tuple[int, ...]
    offsets: tuple[int, ...]
    offsets_at: int

    def glyph(self, code: int) -> int:
        for index, end in enumerate(self.ends):
            if self.starts[index] <= code <= end:
                return self._in_segment(index, code)
        return 0

    def _in_segment(self, index: int, code: int) -> int:
        if self.offsets[index] == 0:
            return (code + self.deltas[index]) & 0xFFFF
        at = self.offsets_at + 2 * index + self.offsets[index] + 2 * (code - self.starts[index])
        glyph = int.from_bytes(self.data[at : at + 2], "big")
        return (glyph + self.deltas[index]) & 0xFFFF if glyph else 0


@dataclass(frozen=True)
class _Groups:
    """Format 12: sorted groups of consecutive codes."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    glyphs: tuple[int, ...]

    def glyph(self, code: int) -> int:
        index = bisect_right(self.starts, code) - 1
        return self.glyphs[index] + code - self.starts[index] if index >= 0 and code <= self.ends[index] else 0


class TrueTypeProgram:
    """The tables that matter. Reading a damaged one raises struct.error, ValueError or IndexError.

    After `read_all` nothing is raised any more.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        at = struct.unpack_from(">I", data, 12)[0] if data[:4] == b"ttcf" else 0
        self._tables: dict[bytes, tuple[int, int]] = {}
        for index in range(min(256, struct.unpack_from(">H", data, at + 4)[0])):
            tag, _, offset, length = struct.unpack_from(">4sIII", data, at + 12 + 16 * index)
            self._tables[tag] = (offset, length)

    def table(self, tag: bytes) -> bytes | None:
        """Return the bytes of a table, or None if the font does not have it."""
        if tag not in self._tables:
            return None
        offset, length = self._tables[tag]
        return self._data[offset : offset + length]

    def read_all(self) -> None:
        """Read every table that is asked for later."""
        _ = self.glyph_count, self.maps, self.names

    @cached_property
    def glyph_count(self) -> int | None:
        """Number of glyphs, .notdef included; None if the font does not say."""
        maxp = self.table(b"maxp")
        return int(struct.unpack_from(">H", maxp, 4)[0]) if maxp else None

    @cached_property
    def maps(self) -> dict[tuple[int, int], CharacterMap]:
        """Character maps by platform and encoding id; formats that fonts in documents do not use are left out."""
        cmap = self.table(b"cmap")
        found: dict[tuple[int, int], CharacterMap] = {}
        if cmap is None:
            return found
        for index in range(min(64, struct.unpack_from(">H", cmap, 2)[0])):
            platform, encoding, offset = struct.unpack_from(">HHI", cmap, 4 + 8 * index)
            subtable = _character_map(cmap[offset:])
            if subtable is not None:
                found[platform, encoding] = subtable
        return found

    @cached_property
    def unicode_maps(self) -> list[CharacterMap]:
        """The maps whose codes are Unicode."""
        return [found for (platform, encoding), found in self.maps.items() if _is_unicode(platform, encoding)]

    @cached_property
    def names(self) -> frozenset[str]:
        """Glyph names from post, and those that a Macintosh map implies (ISO 32000-2, 9.6.5.4)."""
        names: set[str] = set(self._post_names())
        roman = self.maps.get((1, 0))
        if roman is not None:
            names.update(name for code, name in enumerate(MacRoman) if roman.glyph(code))
        return frozenset(names)

    def _post_names(self) -> list[str]:
        post = self.table(b"post")
        if post is None or len(post) < 34:
            return []
        version = struct.unpack_from(">I", post)[0]
        if version == 0x00010000:
            return list(standardGlyphOrder)[1:]
        if version != 0x00020000:
            return []
        count = struct.unpack_from(">H", post, 32)[0]
        indexes = struct.unpack_from(f">{count}H", post, 34)
        own: list[str] = []
        at = 34 + 2 * count
        while at < len(post):
            own.append(post[at + 1 : at + 1 + post[at]].decode("latin-1"))
            at += 1 + post[at]
        standard = len(standardGlyphOrder)
        return [
            standardGlyphOrder[index] if index < standard else own[index - standard]
            for index in indexes[1:]
            if index < standard + len(own)
        ]

    def symbol_glyph(self, code: int) -> int:
        """Return the glyph of a one-byte code in a symbolic font: the (3,0) or (1,0) map, else any map."""
        symbol = self.maps.get((3, 0))
        if symbol is not None:
            for base in (0xF000, 0, 0xF100, 0xF200):
                if glyph := symbol.glyph(base + code):
                    return glyph
        for found in self.maps.values():
            if glyph := found.glyph(code):
                return glyph
        return 0


def _is_unicode(platform: int, encoding: int) -> bool:
    return platform == 0 or (platform == 3 and encoding in (1, 10))


def _character_map(data: bytes) -> CharacterMap | None:
    kind = struct.unpack_from(">H", data)[0]
    if kind == 0:
        return _Dense(0, tuple(data[6:262]))
    if kind == 6:
        first, count = struct.unpack_from(">HH", data, 6)
        return _Dense(first, struct.unpack_from(f">{count}H", data, 10))
    if kind == 4:
        count = struct.unpack_from(">H", data, 6)[0] // 2
        row = f">{count}H"
        ends, starts, deltas, offsets = (
            struct.unpack_from(row, data, at) for at in (14, 16 + 2 * count, 16 + 4 * count, 16 + 6 * count)
        )
        return _Segments(data, ends, starts, deltas, offsets, 16 + 6 * count)
    if kind == 12:
        count = struct.unpack_from(">I", data, 12)[0]
        flat = struct.unpack_from(f">{3 * count}I", data, 16) if 16 + 12 * count <= len(data) else ()
        return _Groups(flat[::3], flat[1::3], flat[2::3])
    return None
