"""The few operators of a content stream that decide which text is shown in which font (ISO 32000-2, 7.8.2, 9.4).

A tolerant scan instead of a full parse: paths, colours and positions are passed over without looking at them,
which is what makes a page cheap. Honest oddities (no white space, unbalanced q and Q, binary inline images) do not
stop it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from esign.pades.admission.syntax import SyntaxBroken, end_of_literal, hex_string, literal_string, name_of

Operation = tuple[str, str | list[bytes]]
"""Operator and its operand: the strings of Tj TJ ' " (all called Tj), the name of Tf Do gs scn OC, the digit of Tr."""

_SCAN = re.compile(
    rb"""[(<>%/TqQDgBsS'"](?:
      (?<=\()(?P<literal>(?:[^()\\]++|\\.)*+)\)
    | (?<=/)(?P<name>[^\x00\t\n\x0c\r ()<>\[\]{}/%]*+)
    | (?P<operator>(?<=T)[jJfr]|(?<=[qQ'"])|(?<=D)o|(?<=g)s|(?<=B)(?:I|DC)|(?<=s)cn|(?<=S)CN)(?![A-Za-z0-9*])
    | (?<=<)(?P<hex>[0-9A-Fa-f\x00\t\n\x0c\r ]*+)>
    | (?<=<)(?P<open><)
    | (?<=>)(?P<close>>)
    | (?<=%)(?P<comment>[^\r\n]*+)
    | (?<=\()(?P<nested>)
    )""",
    re.VERBOSE | re.DOTALL,
)
"""It begins with a set of bytes, so that the engine leaps over numbers and path operators."""
_MODE = re.compile(rb"[0-7](?=[\x00\t\n\x0c\r ]*+\Z)")
_INLINE_DATA = re.compile(rb"(?<=[\x00\t\n\x0c\r >\]])ID[\x00\t\n\x0c\r ]")
_INLINE_END = re.compile(rb"EI(?=[\x00\t\n\x0c\r /]|\Z)")
_INLINE_MASK = re.compile(rb"/(?:IM|ImageMask)[\x00\t\n\x0c\r ]++true")
_INLINE_FILTER = re.compile(rb"/F(?:ilter)?[^A-Za-z]")
_INLINE_SIZE = re.compile(rb"/(W|Width|H|Height)[\x00\t\n\x0c\r ]++(\d{1,6})")
_INLINE_EDGE = re.compile(
    rb"""BI(?![A-Za-z0-9*])
    | /(?P<key>[WH#][0-9A-Za-z#]*+)[\x00\t\n\x0c\r ]*+(?:%|(?<=[\x00\t\n\x0c\r ])[-+]*+0*+(?P<number>\d{1,12}))""",
    re.VERBOSE,
)
_BEHIND_COMMENTS = re.compile(rb"(?P<comments>(?:[\x00\t\n\x0c\r ]++|%[^\r\n]*+)*+)(?:[-+]*+0*+(?P<number>\d{1,12}))?")
_COMMENTED_EDGES_AT_MOST = 1000
_COMMENT_BYTES_AT_MOST = 4096
_UNKNOWN_EDGE = 10**12
_EDGES = {"W": "W", "Width": "W", "H": "H", "Height": "H"}
_MAX_INLINE_ENTRIES = 4096
_TEXTUAL = re.compile(rb"[\t\n\x0c\r\x20-\x7e\x00]*\Z")
_SHOWING = frozenset((b"Tj", b"TJ", b"'", b'"'))
_OPERATORS = {b"Tf": "Tf", b"Do": "Do", b"gs": "gs", b"scn": "scn", b"SCN": "scn", b"q": "q", b"Q": "Q", b"BDC": "OC"}


def operations(data: bytes) -> Iterator[Operation]:
    """Yield the operations of the decoded content stream `data` in order; see `Operation`."""
    strings: list[bytes] = []
    name = before = ""
    names = _Names()
    depth = 0
    position: int | None = 0
    while position is not None:
        start, position = position, None
        for found in _SCAN.finditer(data, start):
            kind = found.lastgroup
            if kind == "operator":
                operator = found[0]
                if operator == b"BI":
                    position = _after_inline_image(data, found.end())
                    break
                if operator in _SHOWING:
                    yield "Tj", strings
                elif operator == b"Tr":
                    yield "Tr", _mode_before(data, found.start())
                elif operator != b"BDC" or before == "OC":
                    yield _OPERATORS[operator], name
                strings, name = [], ""
            elif kind == "name":
                before, name = name, names[found["name"]]
            elif kind == "open":
                depth += 1
            elif kind == "close":
                depth = max(0, depth - 1)
            elif kind == "nested":
                position = _after_nested_string(data, found.end(), [] if depth else strings)
                break
            elif kind != "comment" and not depth:
                strings.append(_string(found))


def vast_inline_picture(data: bytes, pixels_at_most: int) -> tuple[int, int] | None:
    """Return width and height of an inline picture (8.9.7) of decoded content that has more pixels, None without one.

    Every BI is looked at, wherever it stands and however long its dictionary is: readers differ on where the data of a
    picture ends. Of an edge that is written twice the longer one counts: some reader may take it.
    """
    width = height = commented = 0
    for found in _INLINE_EDGE.finditer(data):
        if found["key"] is None:
            width = height = 0
            continue
        edge = _EDGES.get(name_of(found["key"]))
        if edge is None:
            continue
        commented += found["number"] is None
        if commented > _COMMENTED_EDGES_AT_MOST:
            return _UNKNOWN_EDGE, _UNKNOWN_EDGE
        length = _edge_behind_comments(data, found.end() - 1) if found["number"] is None else int(found["number"])
        width, height = (max(width, length), height) if edge == "W" else (width, max(height, length))
        if width * height > pixels_at_most:
            return width, height
    return None


def _edge_behind_comments(data: bytes, start: int) -> int:
    """Return the number behind comments that begin at `start`; comments that do not end soon hide a vast one."""
    end = start + _COMMENT_BYTES_AT_MOST
    found = _BEHIND_COMMENTS.match(data, start, end)
    if found is None or found.end("comments") == end:
        return _UNKNOWN_EDGE
    return int(found["number"] or 0)


class _Names(dict[bytes, str]):
    """Names by their bytes after the slash: a page has few and says them often."""

    def __missing__(self, raw: bytes) -> str:
        self[raw] = name = name_of(raw)
        return name


def _mode_before(data: bytes, end: int) -> str:
    found = _MODE.search(data, max(0, end - 8), end)
    return found[0].decode("ascii") if found else "0"


def _string(found: re.Match[bytes]) -> bytes:
    literal = found["literal"]
    return hex_string(found["hex"]) if literal is None else literal_string(literal)


def _after_nested_string(data: bytes, start: int, strings: list[bytes]) -> int | None:
    """Add the string that contains parentheses and return the offset after it; None if it never ends."""
    try:
        end = end_of_literal(data, start)
    except SyntaxBroken:
        return None
    strings.append(literal_string(data[start:end]))
    return end + 1


def _after_inline_image(data: bytes, start: int) -> int | None:
    """Return the offset after the inline image whose BI ends at `start` (8.9.7), or None if it never ends."""
    opening = _INLINE_DATA.search(data, start, start + _MAX_INLINE_ENTRIES)
    if opening is None:
        return None
    entries = data[start : opening.start()]
    position = opening.end()
    if _INLINE_MASK.search(entries) and not _INLINE_FILTER.search(entries):
        size = {key[:1]: int(value) for key, value in _INLINE_SIZE.findall(entries)}
        position += (size.get(b"W", 0) + 7) // 8 * size.get(b"H", 0)
    for ending in _INLINE_END.finditer(data, position):
        if _TEXTUAL.match(data[ending.end() : ending.end() + 16]):
            return ending.end()
    return None
