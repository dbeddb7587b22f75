"""Reads one PDF object from bytes (ISO 32000-2 clauses 7.2 and 7.3), under limits of depth and size."""

from __future__ import annotations

import re
from typing import Final

from esign.verify.errors import LimitReached, Malformed
from esign.verify.limits import Budget, Limits
from esign.verify.reading.objects import Buffer, Name, PdfDict, PdfValue, Ref

_BLANKS: Final = rb"(?:[\x00\t\n\x0c\r ]++|%[^\r\n]*+)*+"
_SPACE: Final = re.compile(_BLANKS)
_BLANK: Final = frozenset(bytes([value]) for value in b"\x00\t\n\x0c\r %")
_IN_NAME: Final = rb"/([^\x00\t\n\x0c\r ()<>\[\]{}/%]*+)"
_VALUE: Final = (
    rb"()(?:(<<)"
    rb"|" + _IN_NAME + rb"|(\[)"
    rb"|(\()"
    rb"|<([^<>]*+)>"
    rb"|(\d{1,10})[\x00\t\n\x0c\r ]++(\d{1,5})[\x00\t\n\x0c\r ]++R(?![^\x00\t\n\x0c\r ()<>\[\]{}/%])"
    rb"|([+-]*+(?:\d++\.?+\d*+|\.\d++)(?:-\d*+)?+)"
    rb"|([A-Za-z0-9*'\"]++))"
)
_ITEM: Final = re.compile(_BLANKS + rb"(?:(\])|()" + _VALUE + rb")")
_ENTRY: Final = re.compile(_BLANKS + rb"(?:(>>)|" + _IN_NAME + _BLANKS + _VALUE + rb")")
_END, _KEY, _BEGIN = 1, 2, 3
_DICTIONARY, _NAME, _ARRAY, _LITERAL, _HEX, _NUMBER_OF_REFERENCE, _REFERENCE, _NUMBER, _KEYWORD = range(4, 13)
"""The groups of `_ITEM` and `_ENTRY`: the end of what holds them; or the key, where the value begins, what it is."""
_NOT_HEX: Final = bytes(set(range(256)) - set(b"0123456789ABCDEFabcdef"))
_IN_HEX: Final = b"0123456789ABCDEFabcdef\x00\t\n\x0c\r "
_PLAIN_NUMBER: Final = re.compile(rb"[+-]?(?:0*+(?:\d{0,9}|1\d{9})|\d+\.\d*|\.\d+)")
"""An integer of 31 bits at the most, or a real number (clause 7.3.3): readers cut off and wrap what is larger."""
_PLAIN_NAME: Final = re.compile(rb"(?:[^#]|#[0-9A-Fa-f]{2})*")
_LITERAL_RUN: Final = re.compile(rb"[^()\\]*+")
_NAME_ESCAPE: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_ESCAPE: Final = re.compile(rb"\\(?:([0-7]{1,3})|(\r\n|[\r\n])|(.))", re.DOTALL)
_ESCAPED: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_KEYWORDS: Final[dict[bytes, PdfValue]] = {b"true": True, b"false": False, b"null": None}

Spans = dict[str, list[tuple[int, int]]]
"""Where the values of each key begin and end, in bytes."""


def skip_space(data: Buffer, position: int) -> int:
    """Return the position after white space and comments."""
    if data[position : position + 1] not in _BLANK:
        return position
    found = _SPACE.match(data, position)
    return found.end() if found else position


class Lexer:
    """Reads objects from `data`; positions are byte offsets into it."""

    def __init__(self, data: Buffer, limits: Limits, budget: Budget | None = None) -> None:
        """`budget` is the document's, which every value read is charged to.

        `doubts` counts what readers read in different ways: keys that are written twice, and numbers, names and
        strings in forms that the standard does not have.
        """
        self._data = data
        self._limits = limits
        self._budget = budget or Budget(limits)
        self.doubts = 0

    def read(self, position: int) -> tuple[PdfValue, int]:
        """Return the object that starts at `position` and the position after it. Raises `Malformed`."""
        found = _ITEM.match(self._data, position)
        if not found or found.lastindex == _END:
            raise Malformed("an object is missing")
        return self._value(found, 0)

    def _value(  # noqa: PLR0911  # one per type
        self, found: re.Match[bytes], depth: int
    ) -> tuple[PdfValue, int]:
        """Return the value that an item or entry holds, and the position after it."""
        if depth > self._limits.depth:
            raise LimitReached("objects are nested deeper than the limit allows")
        kind, end = found.lastindex, found.end()
        self._budget.spend_value(found.start(_BEGIN) - found.start())
        if kind == _NAME:
            return self._name(found.group(_NAME)), end
        if kind == _NUMBER:
            return self._number(found.group(_NUMBER)), end
        if kind == _REFERENCE:
            return Ref(int(found.group(_NUMBER_OF_REFERENCE)), int(found.group(_REFERENCE))), end
        if kind == _DICTIONARY:
            return self._dictionary(end, depth)
        if kind == _ARRAY:
            return self._array(end, depth)
        if kind == _LITERAL:
            return self._literal_string(end)
        if kind == _HEX:
            return self._hex_string(found.group(_HEX)), end
        keyword = found.group(_KEYWORD)
        if keyword not in _KEYWORDS:
            raise Malformed("an object is missing")
        return _KEYWORDS[keyword], end

    def read_dictionary(self, position: int) -> tuple[PdfDict, int, Spans]:
        """Return the dictionary at `position`, the position after it, and the byte spans of every value.

        A key that is written twice keeps its first value; its spans name every occurrence.
        """
        if self._data[position : position + 2] != b"<<":
            raise Malformed("a dictionary is missing")
        spans: Spans = {}
        values, end = self._dictionary(position + 2, 0, spans)
        return values, end, spans

    def _dictionary(self, position: int, depth: int, spans: Spans | None = None) -> tuple[PdfDict, int]:
        values: PdfDict = {}
        while entry := _ENTRY.match(self._data, position):
            if entry.lastindex == _END:
                return values, entry.end()
            key = self._name(entry.group(_KEY))
            value, position = self._value(entry, depth + 1)
            if spans is not None:
                spans.setdefault(key, []).append((entry.start(_BEGIN), position))
            if key in values:
                self.doubts += 1
            else:
                values[key] = value
        raise Malformed("a name or its value is missing")

    def _array(self, position: int, depth: int) -> tuple[list[PdfValue], int]:
        items: list[PdfValue] = []
        while item := _ITEM.match(self._data, position):
            if item.lastindex == _END:
                return items, item.end()
            value, position = self._value(item, depth + 1)
            items.append(value)
        raise Malformed("an object is missing")

    def _name(self, written: bytes) -> Name:
        if b"#" in written:
            if not _PLAIN_NAME.fullmatch(written):
                self.doubts += 1
            written = _NAME_ESCAPE.sub(lambda escape: bytes([int(escape.group(1), 16)]), written)
        return Name(written.decode("latin-1"))

    def _number(self, text: bytes) -> int | float:
        if (len(text) > 9 or not text.isdigit()) and not _PLAIN_NUMBER.fullmatch(text):
            self.doubts += 1
        return _to_number(text)

    def _hex_string(self, written: bytes) -> bytes:
        # Viewers skip what is no digit, so a stray byte must not hide a value from us that they show.
        self._budget.spend_value(len(written) + 2)
        digits = written.translate(None, _NOT_HEX)
        if len(digits) != len(written) and written.translate(None, _IN_HEX):
            self.doubts += 1
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))

    def _literal_string(self, position: int) -> tuple[bytes, int]:
        start, nesting = position, 1
        data = self._data
        while nesting:
            run = _LITERAL_RUN.match(data, position)
            position = run.end() if run else position
            char = data[position : position + 1]
            if not char or position - start > self._limits.string_bytes:
                raise Malformed("a string is not closed")
            position += 2 if char == b"\\" else 1
            nesting += (char == b"(") - (char == b")")
        self._budget.spend_value(position - start)
        raw = bytes(data[start : position - 1])
        return (_ESCAPE.sub(_unescape, raw) if b"\\" in raw else raw), position


def _unescape(escape: re.Match[bytes]) -> bytes:
    octal, line_end, char = escape.groups()
    if octal:
        return bytes([int(octal, 8) & 0xFF])
    return b"" if line_end else _ESCAPED.get(char, char)


def _to_number(text: bytes) -> int | float:
    if text.isdigit() and len(text) <= 400:
        return int(text)
    if len(text) > 400:
        raise LimitReached("a number has more digits than the limit allows")
    negative = text.startswith(b"-") or text.startswith(b"+-")
    digits = text.lstrip(b"+-").split(b"-")[0]
    value = float(digits) if b"." in digits else int(digits)
    return -value if negative else value
