"""PDF objects from bytes (ISO 32000-2, 7.3), as plain Python values and without touching stream data.

pyHanko decides where an object is (its cross-reference table is the one that signing uses); this reader turns
the bytes there into values. It exists because admission reads thousands of objects of a file it does not trust:
stream data stays in the file, nesting is bounded, and nothing is cached that the caller did not ask for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias


class Name(str):
    """A name without its slash, `#xx` escapes resolved, bytes read as Latin-1."""

    __slots__ = ()


class UnclearNumber(int):
    """A number written as no number is ("--5", "1e400"): its value is 0 here, and viewers differ on it."""

    __slots__ = ()


class Ref(NamedTuple):
    """An indirect reference."""

    number: int
    generation: int


@dataclass(frozen=True)
class Stream:
    """A stream dictionary and where its raw data begins, as an offset in the file."""

    entries: dict[str, PdfValue]
    start: int


PdfValue: TypeAlias = "bool | int | float | bytes | Name | Ref | list[PdfValue] | dict[str, PdfValue] | Stream | None"


class SyntaxBroken(ValueError):
    """The bytes are not a PDF object, or the object goes on after the end of the buffer."""


class KeyWrittenTwice(SyntaxBroken):
    """A dictionary has a key twice: some readers keep the first value, others the last (7.3.7 forbids it)."""


TOKEN = re.compile(
    rb"""[\x00\t\n\x0c\r ]*+(?:%[^\r\n]*+[\x00\t\n\x0c\r ]*+)*+(?:
      (?P<ref>(\d{1,10})[\x00\t\n\x0c\r ]++(\d{1,5})[\x00\t\n\x0c\r ]++R(?![^\x00\t\n\x0c\r ()<>\[\]{}/%]))
    | (?P<name>/[^\x00\t\n\x0c\r ()<>\[\]{}/%]*+)
    | (?P<number>[-+]?(?:\d++\.?\d*+|\.\d++)(?![^\x00\t\n\x0c\r ()<>\[\]{}/%]))
    | (?P<open><<|\[)
    | (?P<close>>>|\])
    | (?P<string>\()
    | (?P<hex><[^<>]*+>)
    | (?P<word>[^\x00\t\n\x0c\r ()<>\[\]{}/%]++)
    )""",
    re.VERBOSE,
)
_NAME_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_STRING_PIECE = re.compile(rb"[^()\\]*+(?:\\.[^()\\]*+)*+", re.DOTALL)
_STRING_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.DOTALL)
_NOT_HEX = bytes(set(range(256)) - set(b"0123456789ABCDEFabcdef"))
_SIMPLE_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_WORDS: dict[bytes, bool | None] = {b"null": None, b"true": True, b"false": False}


def name_of(raw: bytes) -> Name:
    """Return the name for its bytes after the slash."""
    if b"#" in raw:
        raw = _NAME_ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), raw)
    return Name(raw.decode("latin-1"))


def literal_string(raw: bytes) -> bytes:
    """Resolve the escapes of a literal string, given without its outer parentheses (7.3.4.2)."""
    if b"\\" not in raw:
        return raw

    def resolve(found: re.Match[bytes]) -> bytes:
        escaped = found[1]
        if escaped.isdigit() and escaped < b"8":
            return bytes([int(escaped, 8) & 0xFF])
        if escaped in (b"\r\n", b"\r", b"\n"):
            return b""
        return _SIMPLE_ESCAPES.get(escaped, escaped)

    return _STRING_ESCAPE.sub(resolve, raw)


def hex_string(raw: bytes) -> bytes:
    """Decode a hexadecimal string, given without its angle brackets (7.3.4.3)."""
    digits = raw.translate(None, _NOT_HEX)
    return bytes.fromhex((digits + b"0" if len(digits) % 2 else digits).decode("ascii"))


def end_of_literal(data: bytes, start: int) -> int:
    """Return the offset of the parenthesis that closes the literal string whose content begins at `start`.

    Raises `SyntaxBroken` if it is not in the buffer.
    """
    depth = 1
    position = start
    while True:
        piece = _STRING_PIECE.match(data, position)
        position = piece.end() if piece else position
        character = data[position : position + 1]
        if character == b"(":
            depth += 1
        elif character == b")":
            depth -= 1
            if depth == 0:
                return position
        else:
            raise SyntaxBroken("a string does not end")
        position += 1


def parse_value(data: bytes, position: int, *, nesting: int) -> tuple[PdfValue, int]:
    """Return the object that begins at `position` and the offset after it.

    Raises `SyntaxBroken` if there is no whole object in the buffer, `KeyWrittenTwice` if one of its dictionaries
    can be read in two ways.
    """
    found = TOKEN.match(data, position)
    if found is None:
        raise SyntaxBroken("no object")
    after = found.end()
    if found.lastgroup == "open":
        if nesting <= 0:
            raise SyntaxBroken("objects are nested too deeply")
        within = _array if found["open"] == b"[" else _dictionary
        return within(data, after, nesting - 1)
    if found.lastgroup == "string":
        end = end_of_literal(data, after)
        return literal_string(data[after:end]), end + 1
    return _simple(found), after


def _simple(found: re.Match[bytes]) -> PdfValue:
    kind = found.lastgroup
    if kind == "ref":
        return Ref(int(found[2]), int(found[3]))
    if kind == "name":
        return name_of(found["name"][1:])
    if kind == "number":
        return _number(found["number"])
    if kind == "hex":
        return hex_string(found["hex"][1:-1])
    word = found["word"]
    if word in _WORDS:
        return _WORDS[word]
    if word is not None and word[:1] in b"0123456789+-.":
        return UnclearNumber(0)  # "--5", "1.-2": written by old producers, read as nothing by viewers
    raise SyntaxBroken("an unexpected word stands where an object should be")


def _number(raw: bytes) -> int | float:
    if b"." in raw:
        return float(raw[:40])
    if len(raw) > 20:
        raise SyntaxBroken("a number has too many digits")
    return int(raw)


def _array(data: bytes, position: int, nesting: int) -> tuple[PdfValue, int]:
    items: list[PdfValue] = []
    while True:
        closing = TOKEN.match(data, position)
        if closing is not None and closing.lastgroup == "close":
            return items, closing.end()
        item, position = parse_value(data, position, nesting=nesting)
        items.append(item)


def _dictionary(data: bytes, position: int, nesting: int) -> tuple[PdfValue, int]:
    entries: dict[str, PdfValue] = {}
    while True:
        key = TOKEN.match(data, position)
        if key is None:
            raise SyntaxBroken("a dictionary does not end")
        if key.lastgroup == "close":
            return entries, key.end()
        if key.lastgroup != "name":
            raise SyntaxBroken("a dictionary key is not a name")
        name = str(name_of(key["name"][1:]))
        value, position = parse_value(data, key.end(), nesting=nesting)
        if name in entries:
            raise KeyWrittenTwice("a dictionary has a key twice")
        entries[name] = value
