"""What was appended after the last signature and nothing in the file accounts for.

A viewer that repairs files finds such objects and sections and may show them; one that follows the
cross-reference sections does not. A file that two viewers show differently is not evidence.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Container
from typing import Final

from esign.verify.reading.document import PdfFile
from esign.verify.reading.lexer import skip_space
from esign.verify.reading.objects import Stream

_OBJECT: Final = re.compile(rb"(?<![0-9])(\d{1,10})[\x00\t\n\x0c\r ]++(\d{1,5})[\x00\t\n\x0c\r ]++obj(?![a-zA-Z])")
_KEYWORD: Final = re.compile(rb"(?<![A-Za-z])(?:obj|xref|trailer|startxref)(?![A-Za-z])")
_STARTXREF: Final = re.compile(rb"startxref[\x00\t\n\x0c\r ]++(\d{1,12})(?!\d)")

_Spans = list[tuple[int, int]]


def unexplained_parts(file: PdfFile, start: int) -> list[int]:
    """Return the offsets, from `start` on, of objects, sections and ends that the sections in force do not name."""
    named = _named_objects(file)
    in_force = _positions_in_force(file)
    bodies, explained = _spans(file, named, in_force, start)
    found = []
    position = start
    while match := _OBJECT.search(file.data, position):
        position = match.end()
        if (end := _end_of_span(bodies, match.start())) is not None:
            position = max(position, end)
        elif not (_is_named(file, match, named) or _is_section_of_its_own(file, match, in_force)):
            found.append(match.start())
    return found + _unexplained_keywords(file, explained, start)


def _named_objects(file: PdfFile) -> dict[int, set[tuple[int, int]]]:
    """The objects (number and generation) that sections name, by the offset that they name."""
    named: dict[int, set[tuple[int, int]]] = {}
    for section in file.present.sections:
        for number, entry in section.in_use.items():
            if entry.container is None:
                named.setdefault(entry.offset, set()).add((number, entry.generation))
    return named


def _spans(
    file: PdfFile, named: dict[int, set[tuple[int, int]]], in_force: set[int], start: int
) -> tuple[_Spans, _Spans]:
    """Where the data of streams lies (what looks like an object in there is none), and all that is accounted for.

    A cross-reference stream that is not in force is not accounted for, though a section may name it as an object.
    """
    sections = file.present.sections
    bodies: _Spans = []
    explained = [(section.position, section.end) for section in sections if section.end > start]
    for offset in {*named, *in_force}:
        read = file.present.object_at(offset) if offset + file.shift >= start else None
        if read is None:
            continue
        begin, ref, value, end = read
        is_section = begin in in_force
        if not is_section and (ref.number, ref.generation) not in named.get(offset, ()):
            continue
        if isinstance(value, Stream):
            if value.dictionary.get("Type") == "XRef" and not is_section:
                continue
            bodies.append((value.start, value.start + value.length))
        explained.append((begin, end))
    return sorted(bodies), sorted(explained)


def _end_of_span(spans: _Spans, position: int) -> int | None:
    nearest = bisect_right(spans, (position, float("inf"))) - 1
    return spans[nearest][1] if nearest >= 0 and position < spans[nearest][1] else None


def _is_named(file: PdfFile, match: re.Match[bytes], named: dict[int, set[tuple[int, int]]]) -> bool:
    """Whether a section names this object at this offset, or at white space that leads to it."""
    offset, identity = match.start(), (int(match.group(1)), int(match.group(2)))
    before = bytes(file.data[max(0, offset - 8) : offset])
    blank = len(before) - len(before.rstrip(b"\x00\t\n\x0c\r "))
    return any(
        identity in named.get(offset - step - shift, ()) for step in range(blank + 1) for shift in {0, file.shift}
    )


def _is_section_of_its_own(file: PdfFile, match: re.Match[bytes], in_force: set[int]) -> bool:
    """Whether this is a cross-reference stream in force whose number no section gives to another object.

    Some writers do not list the stream among the objects that it lists (iText 5), which takes nothing from anybody.
    """
    if match.start() not in in_force:
        return False
    entry = file.present.entries.get(int(match.group(1)))
    if entry is None:
        return True
    read = file.present.object_at(entry.offset) if entry.container is None else None
    return read is not None and read[0] in in_force


def _positions_in_force(file: PdfFile) -> set[int]:
    """Where the cross-reference sections and streams in force begin."""
    return {
        skip_space(file.data, position)
        for section in file.present.sections
        for position in (section.position, *section.stream_offsets)
    }


def _unexplained_keywords(file: PdfFile, explained: _Spans, start: int) -> list[int]:
    """Sections that are not in force, and ends that lead to none that is; the last must lead to the newest one."""
    data, sections = file.data, file.present.sections
    in_force = {id(section) for section in sections}
    leading = {declared: section for declared, section in file.sections_at.items() if id(section) in in_force}
    newest = {declared for declared, section in leading.items() if section is sections[0]}
    last = data.rfind(b"startxref", start)
    found = [] if last < 0 or _leads_to(file, last, newest) else [last]
    position = start
    while match := _KEYWORD.search(data, position):
        position = match.end()
        if (end := _end_of_span(explained, match.start())) is not None:
            position = max(position, end)
        elif match.group() == b"obj":
            if not _OBJECT.search(data, max(start, match.start() - 32), match.end()):
                found.append(match.start())
        elif match.group() != b"startxref" or not _leads_to(file, match.start(), leading.keys()):
            found.append(match.start())
    return found


def _leads_to(file: PdfFile, position: int, declared: Container[int]) -> bool:
    match = _STARTXREF.match(file.data, position)
    return match is not None and int(match.group(1)) in declared
