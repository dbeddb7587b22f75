"""Reads the cross-reference sections that one revision of a file rests on (ISO 32000-2 clause 7.5.4 and 7.5.8).

Tables, streams and hybrid files are read. A section that is a few bytes off is found; a file whose sections
cannot be read at all is refused (`Malformed`), never guessed together from its objects: a signature over
such a file does not say what it signs.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from esign.verify.errors import LimitReached, Malformed
from esign.verify.limits import Budget
from esign.verify.reading.lexer import Lexer, skip_space
from esign.verify.reading.objects import Buffer, PdfDict, Stream

_STARTXREF: Final = re.compile(rb"startxref[\x00\t\n\x0c\r ]*+(\d{1,12})")
_SUBSECTION: Final = re.compile(rb"[\x00\t\n\x0c\r ]*+(\d{1,10})[\x00\t\x0c ]++(\d{1,10})[\x00\t\n\x0c\r ]*+")
_ENTRY: Final = re.compile(rb"[\x00\t\n\x0c\r ]*+(\d{1,10})[ \t]++(\d{1,5})[ \t]*+([nf])")
_TABLE: Final = re.compile(rb"[\x00\t\n\x0c\r ]*+xref(?=[\x00\t\n\x0c\r ])")
_OBJECT: Final = re.compile(rb"[\x00\t\n\x0c\r ]*+\d{1,10}[\x00\t\n\x0c\r ]++\d{1,5}[\x00\t\n\x0c\r ]++obj")
_TRAILER: Final = re.compile(rb"[\x00\t\n\x0c\r ]*+trailer")
_NEARBY: Final = re.compile(rb"(?<!start)xref[\x00\t\n\x0c\r ]|\d{1,10}[ ]\d{1,5}[ ]obj")


class Entry(NamedTuple):
    """Where an object is: at a byte offset, or (`container`) at an index inside an object stream."""

    offset: int
    generation: int
    container: int | None = None


@dataclass
class Section:
    """One cross-reference section: objects in use, object numbers it frees, and its trailer.

    `is_ambiguous`: it says two things of one object, or of one key of its trailer. `is_whole`: a stream holds as many
    rows as it says.
    """

    position: int
    end: int
    trailer: PdfDict
    in_use: dict[int, Entry] = field(default_factory=dict)
    freed: dict[int, int] = field(default_factory=dict)
    stream_offsets: list[int] = field(default_factory=list)
    is_ambiguous: bool = False
    is_whole: bool = True

    def add(self, number: int, entry: Entry | None, generation: int = 0) -> None:
        """Note where an object is, or (None) that its number is free."""
        known = self.in_use.get(number)
        if (known and known != entry) or (number in self.freed and entry):
            self.is_ambiguous = True
        if entry:
            self.in_use[number] = entry
        else:
            self.freed[number] = generation


ReadStream = Callable[[int], tuple[Stream, int]]
DecodeStream = Callable[[Stream], bytes]


class SectionReader:
    """Follows the chain of sections of the revision that ends at `end`."""

    def __init__(
        self,
        data: Buffer,
        end: int,
        budget: Budget,
        read_stream: ReadStream,
        decode: DecodeStream,
        known: dict[int, Section],
        shift: int = 0,
    ) -> None:
        """`known` keeps the sections that were read, by the position that the file declares for them."""
        self._data = data
        self._end = end
        self._budget = budget
        self._limits = budget.limits
        self._lexer = Lexer(data, budget.limits, budget)
        self._read_stream = read_stream
        self._decode = decode
        self._known = known
        self._shift = shift

    def chain(self) -> list[Section]:
        """Return the sections, newest first. Raises `Malformed`."""
        start = self._last_startxref()
        seen: set[int] = set()
        sections: list[Section] = []
        following: int | None = start
        while following is not None and following not in seen:
            if len(seen) >= self._limits.cross_reference_sections:
                raise LimitReached("the file has more cross-reference sections than the limit allows")
            seen.add(following)
            if following not in self._known:
                self._known[following] = self._section(following)
            section = self._known[following]
            if section.end > self._end:
                raise Malformed("a cross-reference section reaches beyond the end of its revision")
            sections.append(section)
            previous = section.trailer.get("Prev")
            following = previous if isinstance(previous, int) and previous > 0 else None
        return sections

    def _last_startxref(self) -> int:
        window = max(0, self._end - 4096)
        found = list(_STARTXREF.finditer(self._data, window, self._end))
        if not found:
            raise Malformed("the end of the revision names no cross-reference section")
        return int(found[-1].group(1))

    def _section(self, declared: int) -> Section:
        for position in self._candidates(declared):
            if not 0 <= position < self._end:
                continue
            table = _TABLE.match(self._data, position)
            if table:
                return self._table(position, table.end())
            if _OBJECT.match(self._data, position):
                return self._stream(position)
        raise Malformed("a cross-reference section is not where the file says it is")

    def _candidates(self, declared: int) -> list[int]:
        if not 0 <= declared < self._end:
            return []
        candidates = [declared, declared + self._shift]
        near = max(0, declared + self._shift - 24)
        candidates += [found.start() for found in _NEARBY.finditer(self._data, near, min(self._end, near + 64))]
        return candidates

    def _table(self, position: int, after_keyword: int) -> Section:
        data, cursor = self._data, after_keyword
        section = Section(position, position, {})
        rows = 0
        while not (trailer_keyword := _TRAILER.match(data, cursor)):
            subsection = _SUBSECTION.match(data, cursor)
            if not subsection:
                raise Malformed("a cross-reference table is cut off")
            first, count, cursor = int(subsection.group(1)), int(subsection.group(2)), subsection.end()
            for number in range(first, first + count):
                entry = _ENTRY.match(data, cursor)
                if not entry:
                    break
                cursor = entry.end()
                in_use = Entry(int(entry.group(1)), int(entry.group(2))) if entry.group(3) == b"n" else None
                section.add(number, in_use, int(entry.group(2)))
                rows += 1
                if rows > self._limits.objects:
                    raise LimitReached("the document has more objects than the limit allows")
        self._budget.spend_merged(rows)
        doubts = self._lexer.doubts
        section.trailer, section.end, _ = self._lexer.read_dictionary(skip_space(data, trailer_keyword.end()))
        section.is_ambiguous |= self._lexer.doubts > doubts
        hybrid = section.trailer.get("XRefStm")
        if isinstance(hybrid, int):
            self._add_hybrid(section, hybrid)
        return section

    def _add_hybrid(self, section: Section, declared: int) -> None:
        """Objects hidden from old readers: the table's own entries in use come first (clause 7.5.8.4)."""
        for position in self._candidates(declared):
            if 0 <= position < self._end and _OBJECT.match(self._data, position):
                hidden = self._stream(position)
                section.is_ambiguous |= hidden.is_ambiguous or any(
                    hidden.in_use[number] != section.in_use[number]
                    for number in hidden.in_use.keys() & section.in_use.keys()
                )
                section.in_use = {**hidden.in_use, **section.in_use}
                section.freed = {n: g for n, g in section.freed.items() if n not in hidden.in_use}
                section.stream_offsets += hidden.stream_offsets
                return

    def _stream(self, position: int) -> Section:
        stream, end = self._read_stream(position)
        trailer = stream.dictionary
        widths = trailer.get("W")
        size = trailer.get("Size")
        if not (
            isinstance(widths, list) and len(widths) >= 3 and all(isinstance(w, int) and 0 <= w <= 8 for w in widths)
        ):
            raise Malformed("a cross-reference stream does not say how wide its entries are")
        index = trailer.get("Index", [0, size])
        if not (isinstance(index, list) and all(isinstance(value, int) and value >= 0 for value in index)):
            raise Malformed("a cross-reference stream does not say which objects it lists")
        section = Section(position, end, trailer, stream_offsets=[skip_space(self._data, position)])
        rows = self._decode(stream)
        _read_rows(section, rows, [int(str(w)) for w in widths[:3]], [int(str(value)) for value in index], self._budget)
        return section


def _read_rows(section: Section, rows: bytes, widths: list[int], index: list[int], budget: Budget) -> None:
    width, cursor = sum(widths), 0
    budget.spend_merged(len(rows) // max(1, width))
    if not width:
        raise Malformed("a cross-reference stream's entries have no width")
    section.is_whole = len(rows) == width * sum(index[1::2]) and len(index) % 2 == 0
    for first, count in zip(index[::2], index[1::2], strict=False):
        for number in range(first, first + count):
            row = rows[cursor : cursor + width]
            if len(row) < width:
                return
            cursor += width
            kind = int.from_bytes(row[: widths[0]], "big") if widths[0] else 1
            second = int.from_bytes(row[widths[0] : widths[0] + widths[1]], "big")
            third = int.from_bytes(row[widths[0] + widths[1] :], "big")
            if kind == 0:
                section.add(number, None, third)
            elif kind == 1:
                section.add(number, Entry(second, third))
            elif kind == 2:
                section.add(number, Entry(third, 0, container=second))
            if cursor // width > budget.limits.objects:
                raise LimitReached("the document has more objects than the limit allows")


def merged(sections: list[Section]) -> tuple[dict[int, Entry], PdfDict]:
    """Return the entries and the trailer that hold when `sections` (newest first) are read together."""
    entries: dict[int, Entry] = {}
    trailer: PdfDict = {}
    for section in reversed(sections):
        for number in section.freed:
            entries.pop(number, None)
        entries.update(section.in_use)
        trailer.update(section.trailer)
    return entries, trailer
