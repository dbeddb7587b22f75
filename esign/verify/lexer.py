"""Reads one PDF object from bytes (ISO 32000-2 clauses 7.2 and 7.3), under limits of depth and size."""

from __future__ import annotations

import re
from typing import Final

from esign.verify.errors import LimitReached, Malformed
from esign.verify.limits import Budget, Limits
from esign.verify.objects import Buffer, Name, PdfDict, PdfValue, Ref

_SPACE: Final = re.compile(rb"(?:[\x00\t\n\x0c\r ]++|%[^\r\n]*+)*+")
_BLANK: Final = frozenset(bytes([value]) for value in b"\x00\t\n\x0c\r %")
_REFERENCE: Final = re.compile(
    rb"(\d{1,10})[\x00\t\n\x0c\r ]++(\d{1,5})[\x00\t\n\x0c\r ]++R(?![^\x00\t\n\x0c\r ()<>\[\]{}/%])"
)
_NUMBER: Final = re.compile(rb"[+-]*+(?:\d++\.?+\d*+|\.\d++)(?:-\d*+)?+")
_NAME: Final = re.compile(rb"/([^\x00\t\n\x0c\r ()<>\[\]{}/%]*+)")
_KEYWORD: Final = re.compile(rb"[A-Za-z0-9*'\"]++")
_HEX: Final = re.compile(rb"<([^<>]*+)>")
_NOT_HEX: Final = bytes(set(range(256)) - set(b"0123456789ABCDEFabcdef"))
_LITERAL_RUN: Final = re.compile(rb"[^()\\]*+")
_NAME_ESCAPE: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_ESCAPE: Final = re.compile(rb"\\(?:([0-7]{1,3})|(\r\n|[\r\n])|(.))", re.DOTALL)
_ESCAPED: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_KEYWORDS: Final[dict[bytes, PdfValue]] = {b"true": True, b"false": False, b"null": None}


def skip_space(data: Buffer, position: int) -> int:
    """Return the position after white space and comments."""
    if data[position : position + 1] not in _BLANK:
        return position
    found = _SPACE.match(data, position)
    return found.end() if found else position


class Lexer:
    """Reads objects from `data`; positions are byte offsets into it."""

    def __init__(self, data: Buffer, limits: Limits, budget: Budget | None = None) -> None:
        """`budget` is the document's, which every value read is charged to; `repeats` counts keys written twice."""
        self._data = data
        self._limits = limits
        self._budget = budget or Budget(limits)
        self.repeats = 0

    def read(self, position: int, depth: int = 0) -> tuple[PdfValue, int]:
        """Return the object that starts at `position` and the position after it. Raises `Malformed`."""
        if depth > self._limits.depth:
            raise LimitReached("objects are nested deeper than the limit allows")
        data = self._data
        start, position = position, skip_space(data, position)
        self._budget.spend_value(position - start)
        head = data[position : position + 2]
        if head == b"<<":
            values, end, _ = self.read_dictionary(position, depth)
            return values, end
        first = head[:1]
        if first == b"/":
            return self._name(position)
        if first == b"[":
            return self._array(position + 1, depth)
        if first == b"(":
            return self._literal_string(position + 1)
        if first == b"<":
            return self._hex_string(position)
        return self._number_or_keyword(position)

    def read_dictionary(self, position: int, depth: int = 0) -> tuple[PdfDict, int, dict[str, list[tuple[int, int]]]]:
        """Return the dictionary at `position`, the position after it, and the byte spans of every value.

        A key that is written twice keeps its first value; its spans name every occurrence.
        """
        data = self._data
        if data[position : position + 2] != b"<<":
            raise Malformed("a dictionary is missing")
        position += 2
        values: PdfDict = {}
        spans: dict[str, list[tuple[int, int]]] = {}
        while True:
            position = skip_space(data, position)
            if data[position : position + 2] == b">>":
                return values, position + 2, spans
            key, position = self._name(position)
            start = skip_space(data, position)
            value, position = self.read(start, depth + 1)
            spans.setdefault(key, []).append((start, position))
            if key in values:
                self.repeats += 1
            else:
                values[key] = value

    def _name(self, position: int) -> tuple[Name, int]:
        found = _NAME.match(self._data, position)
        if not found:
            raise Malformed("a name is missing")
        raw = found.group(1)
        if b"#" in raw:
            raw = _NAME_ESCAPE.sub(lambda escape: bytes([int(escape.group(1), 16)]), raw)
        return Name(raw.decode("latin-1")), found.end()

    def _array(self, position: int, depth: int) -> tuple[list[PdfValue], int]:
        items: list[PdfValue] = []
        while True:
            position = skip_space(self._data, position)
            if self._data[position : position + 1] == b"]":
                return items, position + 1
            item, position = self.read(position, depth + 1)
            items.append(item)

    def _hex_string(self, position: int) -> tuple[bytes, int]:
        found = _HEX.match(self._data, position)
        if not found:
            raise Malformed("a hexadecimal string is not closed")
        # Viewers skip what is no digit, so a stray byte must not hide a value from us that they show.
        self._budget.spend_value(found.end() - position)
        digits = found.group(1).translate(None, _NOT_HEX)
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii")), found.end()

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

    def _number_or_keyword(self, position: int) -> tuple[PdfValue, int]:
        reference = _REFERENCE.match(self._data, position)
        if reference:
            return Ref(int(reference.group(1)), int(reference.group(2))), reference.end()
        number = _NUMBER.match(self._data, position)
        if number:
            return _to_number(number.group()), number.end()
        keyword = _KEYWORD.match(self._data, position)
        if keyword and keyword.group() in _KEYWORDS:
            return _KEYWORDS[keyword.group()], keyword.end()
        raise Malformed("an object is missing")


def _unescape(escape: re.Match[bytes]) -> bytes:
    octal, line_end, char = escape.groups()
    if octal:
        return bytes([int(octal, 8) & 0xFF])
    return b"" if line_end else _ESCAPED.get(char, char)


def _to_number(text: bytes) -> int | float:
    if len(text) > 400:
        raise LimitReached("a number has more digits than the limit allows")
    negative = text.startswith(b"-") or text.startswith(b"+-")
    digits = text.lstrip(b"+-").split(b"-")[0]
    value = float(digits) if b"." in digits else int(digits)
    return -value if negative else value
