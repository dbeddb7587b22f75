"""Embedded CMaps: how bytes become codes, codes CIDs, and codes Unicode (ISO 32000-2, 9.7.5, 9.10.3)."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from esign.pades.admission.syntax import hex_string

_SECTION = re.compile(rb"begin(codespacerange|cidrange|cidchar|bfrange|bfchar|notdefrange)\b(.*?)end\1\b", re.DOTALL)
_ITEM = re.compile(rb"<([0-9A-Fa-f\s]*)>|(\[)|(\])|(-?\d+)")
_USES_ANOTHER = re.compile(rb"\busecmap\b")
_MAX_RANGES = 100_000
_MAX_SPACES = 64


@dataclass
class CMap:
    """A CMap that was read; codes are paired with their length, since <20> and <0020> are different codes."""

    complete: bool = True
    lengths: set[int] = field(default_factory=set)
    spaces: list[tuple[bytes, bytes]] = field(default_factory=list)
    ranges: list[tuple[int, int, int]] = field(default_factory=list)
    texts: list[tuple[int, int, str]] = field(default_factory=list)

    def codes(self, shown: Iterable[bytes]) -> set[int]:
        """Split shown strings into codes by the codespace ranges (9.7.6.3)."""
        found: set[int] = set()
        for string in set(shown):
            at = 0
            while at < len(string):
                length = self._length_at(string, at)
                found.add(int.from_bytes(string[at : at + length], "big"))
                at += length
        return found

    def _length_at(self, string: bytes, at: int) -> int:
        for low, high in self.spaces:
            piece = string[at : at + len(low)]
            if len(piece) == len(low) and all(
                lower <= byte <= upper for lower, byte, upper in zip(low, piece, high, strict=True)
            ):
                return len(low)
        return min(self.lengths, default=1)

    def cid(self, code: int) -> int | None:
        """Return the CID of `code`, or None if the CMap has none for it."""
        at = bisect_right(self.ranges, code, key=_first_code) - 1
        if at < 0 or code > self.ranges[at][1]:
            return None
        return self.ranges[at][2] + code - self.ranges[at][0]

    def text(self, code: int) -> str:
        """Return the Unicode text of `code`, empty if the CMap has none for it."""
        at = bisect_right(self.texts, code, key=_first_code) - 1
        if at < 0 or code > self.texts[at][1] or not self.texts[at][2]:
            return ""
        return _advanced(self.texts[at][2], code - self.texts[at][0])


def read_cmap(data: bytes) -> CMap:
    """Read an embedded CMap or a ToUnicode CMap; `complete` is false if it builds on another one."""
    cmap = CMap(complete=_USES_ANOTHER.search(data) is None)
    for section in _SECTION.finditer(data):
        kind = section[1]
        items = list(_ITEM.finditer(section[2]))[: 3 * _MAX_RANGES]
        if kind == b"codespacerange":
            _read_spaces(cmap, items)
        elif kind == b"cidrange":
            for low, high, first in zip(items[::3], items[1::3], items[2::3], strict=False):
                cmap.ranges.append((_code(low), _code(high), int(first[4] or 0)))
        elif kind == b"cidchar":
            for low, first in zip(items[::2], items[1::2], strict=False):
                cmap.ranges.append((_code(low), _code(low), int(first[4] or 0)))
        elif kind == b"bfchar":
            for low, first in zip(items[::2], items[1::2], strict=False):
                cmap.texts.append((_code(low), _code(low), _text(first)))
        elif kind == b"bfrange":
            _read_text_ranges(cmap, items)
    cmap.ranges.sort()
    cmap.texts.sort()
    cmap.lengths = {len(low) for low, _ in cmap.spaces}
    return cmap


def _read_spaces(cmap: CMap, items: list[re.Match[bytes]]) -> None:
    for low, high in zip(items[: 2 * _MAX_SPACES : 2], items[1::2], strict=False):
        first, last = hex_string(low[1] or b""), hex_string(high[1] or b"")
        if 1 <= len(first) == len(last) <= 4:
            cmap.spaces.append((first, last))


def _read_text_ranges(cmap: CMap, items: list[re.Match[bytes]]) -> None:
    at = 0
    while at + 2 < len(items):
        low, high = _code(items[at]), _code(items[at + 1])
        at += 2
        if items[at][2] is None:
            cmap.texts.append((low, high, _text(items[at])))
            at += 1
            continue
        at += 1
        while at < len(items) and items[at][3] is None:
            cmap.texts.append((low, low, _text(items[at])))
            low += 1
            at += 1
        at += 1


def _code(item: re.Match[bytes]) -> int:
    return int.from_bytes(hex_string(item[1] or b""), "big")


def _text(item: re.Match[bytes]) -> str:
    return hex_string(item[1] or b"").decode("utf-16-be", "replace")


def _advanced(text: str, steps: int) -> str:
    return text[:-1] + chr(min(0x10FFFF, ord(text[-1]) + steps))


def _first_code(entry: tuple[int, int, object]) -> int:
    return entry[0]
