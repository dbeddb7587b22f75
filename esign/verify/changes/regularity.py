"""Whether all readers find in a file what its cross-reference sections say.

A reader that stumbles over an update puts the file together anew from all objects that lie in it, the last of each
number counting, and so brings up what lay unused in the part that was signed. Where exactly readers stumble differs
from one to the next; none stumbles over an update that is written strictly as ISO 32000-2 clauses 7.3 and 7.5 say.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from esign.verify.reading.cross_reference import Section
from esign.verify.reading.document import PdfFile
from esign.verify.reading.objects import Buffer, PdfValue, Ref, Stream
from esign.verify.reading.revision import Revision

_REACH: Final = 1024
"""Readers look for the end of the file in so many last bytes (ISO 32000-1, implementation note on clause 7.5.5)."""

_EOL: Final = rb"(?:\r\n|\n|\r)"
_END: Final = re.compile(rb"startxref" + _EOL + rb"([1-9]\d*)" + _EOL + rb"%%EOF[\x00\t\n\x0c\r ]*\Z")
_TABLE: Final = re.compile(rb"xref[ ]?" + _EOL)
_SUBSECTION: Final = re.compile(rb"\d{1,10} (\d{1,10}) ?" + _EOL)
_ROW: Final = re.compile(rb"\d{10} \d{5} [nf](?: \n| \r|\r\n)")
_TRAILER: Final = re.compile(rb"trailer[\x00\t\n\x0c\r ]*+")
_HEADER: Final = re.compile(rb"([1-9]\d*) (0|[1-9]\d*) obj(?![A-Za-z0-9])")
_CLOSED: Final = re.compile(rb"[\x00\t\n\x0c\r ]*+endobj(?![A-Za-z0-9])")
_CLOSED_STREAM: Final = re.compile(rb"(?:\r\n|\n|\r)?endstream[\x00\t\n\x0c\r ]++endobj(?![A-Za-z0-9])")
_SPACE: Final = rb"[\x00\t\n\x0c\r ]"
_REFERENCE: Final = rb"[1-9]\d*+" + _SPACE + rb"++(?:0|[1-9]\d*+)" + _SPACE + rb"++R"
_PLAIN: Final = rb"[+-]?+(?:\d++(?:\.\d*+)?+|\.\d++)|true|false|null"
_TOKEN: Final = re.compile(
    _SPACE + rb"++|<<|>>|[\[\]]|/[^\x00\t\n\x0c\r ()<>\[\]{}/%]*+|<[0-9A-Fa-f\x00\t\n\x0c\r ]*+>"
    + rb"|(?:" + _REFERENCE + rb"|" + _PLAIN + rb")(?=[\x00\t\n\x0c\r ()<>\[\]/]|\Z)",
)  # fmt: skip
"""One token but a literal string. Tokens, and rows, are counted here and not by a group that is repeated possessively:
Python before 3.11.5 takes too much where the last round of such a group fails midway (gh-106052)."""
_IN_STRING: Final = re.compile(rb"([()])[^()\\]*+(?:\\.[^()\\]*+)*+", re.DOTALL)
_PAIRS_AT_MOST: Final = 2
"""Pairs of parentheses in each other in a literal string, its own among them."""
_BETWEEN: Final = re.compile(rb"(?:[\x00\t\n\x0c\r ]++|%[^\r\n]*+)*+")
_ENDING: Final = re.compile(rb"(?:[\x00\t\n\x0c\r ]++|%[^\r\n]*+)*+startxref" + _EOL + rb"\d+" + _EOL + rb"%%EOF")
_ANY_OBJECT: Final = re.compile(rb"(?<![0-9])(\d{1,10})[\x00\t\n\x0c\r ]++(\d{1,5})[\x00\t\n\x0c\r ]++obj(?![a-zA-Z])")


def is_strict(file: PdfFile, start: int) -> bool:
    """Whether all from `start` on is written strictly, and leads into what lies before. Raises `LimitReached`."""
    data = file.data
    end = _END.search(data, max(0, file.size - _REACH))
    if end is None or file.shift or file.present.end != file.size:
        return False
    declared, spans = int(end.group(1)), [(0, start)]
    for section in file.present.sections:
        if section.position != declared:
            return False
        if section.position < start:
            break
        places = _objects_of(file, section)
        listed = _section_end(file, section)
        if places is None or listed is None:
            return False
        spans += [*places, (section.position, listed)]
        previous = section.trailer.get("Prev")
        if type(previous) is not int:
            return False
        declared = previous
    return _fills(file, sorted(set(spans)))


def is_put_together_otherwise(file: PdfFile) -> bool:
    """Whether a reader that puts the file together from its objects finds others than those in force."""
    last: dict[int, int] = {}
    for found in _ANY_OBJECT.finditer(file.data):
        last[int(found.group(1))] = found.start()
    sections = {
        position for section in file.present.sections for position in (section.position, *section.stream_offsets)
    }
    for number, position in last.items():
        entry = file.present.entries.get(number)
        if entry is None or entry.container is not None:
            if position not in sections:
                return True
        elif position not in {entry.offset, entry.offset + file.shift}:
            read = file.present.object_at(entry.offset)
            if read is None or read[0] != position:
                return True
    return False


def _section_end(file: PdfFile, section: Section) -> int | None:
    """Return where a section ends: a table's trailer, or a stream's object. None if it is not strictly written."""
    trailer = section.trailer
    numbers = [*section.in_use, *section.freed]
    size = trailer.get("Size")
    if type(size) is not int or size <= max(numbers, default=0) or not isinstance(trailer.get("Root"), Ref):
        return None
    if section.is_ambiguous or not section.is_whole:
        return None
    table = _TABLE.match(file.data, section.position)
    if table is None:
        return _object_end(file, section.position) if trailer.get("Type") == "XRef" else None
    table_end = _table_end(file.data, table.end())
    if table_end is None:
        return None
    if "XRefStm" in trailer and not section.stream_offsets:
        return None
    return section.end if _is_plain(file, table_end, section.end) else None


def _table_end(data: Buffer, position: int) -> int | None:
    """Return where the value of the trailer begins behind the subsections, of which the first is at `position`; None
    where one has not as many rows as it tells, or there is none."""
    subsections = 0
    while (subsection := _SUBSECTION.match(data, position)) is not None:
        position, subsections = subsection.end(), subsections + 1
        rows = 0
        while (row := _ROW.match(data, position)) is not None:
            position, rows = row.end(), rows + 1
        if rows == 0 or rows != int(subsection[1]):
            return None
    trailer = _TRAILER.match(data, position)
    return trailer.end() if trailer is not None and subsections else None


def _objects_of(file: PdfFile, section: Section) -> list[tuple[int, int]] | None:
    """Return where the section's objects lie, each strictly written where it says; None if one is not."""
    spans: list[tuple[int, int]] = []
    for number, entry in section.in_use.items():
        if entry.container is not None:
            continue
        header = _HEADER.match(file.data, entry.offset)
        if header is None or (int(header.group(1)), int(header.group(2))) != (number, entry.generation):
            return None
        end = _object_end(file, entry.offset)
        if end is None:
            return None
        spans.append((entry.offset, end))
    for position in section.stream_offsets:
        end = _object_end(file, position)
        if end is None:
            return None
        spans.append((position, end))
    return spans


def is_closed(revision: Revision, offset: int) -> bool:
    """Whether the object at `offset` ends where all readers end it; one that cannot be read at all does not matter.

    A stream whose Length is not what lies there is cut, emptied or mended, as readers like.
    """
    read = revision.object_at(offset)
    return read is None or _closing(revision, read[2], read[3]) is not None


def _closing(revision: Revision, value: PdfValue, end: int) -> int | None:
    """Return where `endobj` ends that closes an object whose value ends at `end`, or None if it is not closed so."""
    is_stream = isinstance(value, Stream)
    closed = (_CLOSED_STREAM if is_stream else _CLOSED).match(revision.file.data, end)
    if closed is None or (
        isinstance(value, Stream) and revision.resolve(value.dictionary.get("Length")) != value.length
    ):
        return None
    return closed.end()


def _object_end(file: PdfFile, offset: int) -> int | None:
    """Return where `endobj` of the object at `offset` ends, or None if the object is not strictly written."""
    header, read = _HEADER.match(file.data, offset), file.present.object_at(offset)
    if header is None or read is None:
        return None
    _, _, value, end = read
    head = file.data.rfind(b"stream", header.end(), value.start) if isinstance(value, Stream) else end
    return _closing(file.present, value, end) if head >= 0 and _is_plain(file, header.end(), head) else None


def _is_plain(file: PdfFile, start: int, end: int) -> bool:
    """Whether there is nothing but the tokens of clause 7.3, in their usual forms, without comments."""
    position: int | None = start
    while position is not None and position < end:
        token = _TOKEN.match(file.data, position, end)
        position = _string_end(file.data, position, end) if token is None else token.end()
    return position == end


def _string_end(data: Buffer, position: int, end: int) -> int | None:
    """Return where the literal string ends that begins at `position`, None where none does, or one too much nested."""
    depth = 0
    while (part := _IN_STRING.match(data, position, end)) is not None:
        depth += 1 if part[1] == b"(" else -1
        if not 0 < depth <= _PAIRS_AT_MOST:
            return part.start() + 1 if depth == 0 else None
        position = part.end()
    return None


def _fills(file: PdfFile, spans: list[tuple[int, int]]) -> bool:
    """Whether the spans, the ends of revisions and white space are all there is."""
    for (_, before), (after, _) in pairwise([*spans, (file.size, file.size)]):
        position = before
        while ending := _ENDING.match(file.data, position, max(position, after)):
            position = ending.end()
        between = _BETWEEN.match(file.data, position, max(position, after))
        if between is None or between.end() < after:
            return False
    return True
