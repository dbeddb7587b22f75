"""Objects that were appended after the last signature and that nothing in the file accounts for.

A viewer that repairs files finds such objects and may show them; one that follows the cross-reference
sections does not. A file that two viewers show differently is not evidence.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Final

from esign.verify.document import PdfFile

_OBJECT: Final = re.compile(rb"(?<![0-9])(\d{1,10})[\x00\t\n\x0c\r ]++(\d{1,5})[\x00\t\n\x0c\r ]++obj(?![a-zA-Z])")


def unexplained_objects(file: PdfFile, start: int) -> list[int]:
    """Return the offsets, from `start` on, of objects that no cross-reference section in force names."""
    offsets: set[int] = set()
    for section in file.present.sections:
        offsets.update(section.stream_offsets)
        offsets.update(entry.offset for entry in section.in_use.values() if entry.container is None)
    known = offsets | {offset + file.shift for offset in offsets}
    bodies = _stream_bodies(file, offsets, start)
    found = []
    position = start
    while match := _OBJECT.search(file.data, position):
        position = match.end()
        nearest = bisect_right(bodies, (match.start(), file.size)) - 1
        if nearest >= 0 and match.start() < bodies[nearest][1]:
            position = max(position, bodies[nearest][1])
        elif not _is_named(file, match.start(), known):
            found.append(match.start())
    return found


def _is_named(file: PdfFile, offset: int, known: set[int]) -> bool:
    """Whether a section names this offset, or white space that leads to it."""
    if offset in known:
        return True
    before = bytes(file.data[max(0, offset - 8) : offset])
    blank = len(before) - len(before.rstrip(b"\x00\t\n\x0c\r "))
    return any(offset - step in known for step in range(1, blank + 1))


def _stream_bodies(file: PdfFile, offsets: set[int], start: int) -> list[tuple[int, int]]:
    """Where the data of streams lies that a section names: what looks like an object in there is none."""
    spans = (file.present.stream_span(offset) for offset in offsets if offset + file.shift >= start)
    return sorted({span for span in spans if span is not None})
