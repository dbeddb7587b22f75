"""What an update writes in two ways, so that two viewers may read two things (ISO 32000-2 clause 7.3.7).

A key or an object number that is written twice, an object stream that does not hold what the cross-reference
section says: one viewer takes the first, another the last. A reference of another generation than the object's is
null to one and the object to another (clause 7.3.10; browsers take the number alone). In the signed revision such
oddities are the signer's own; an honest update has none.
"""

from __future__ import annotations

from collections.abc import Iterator

from esign.verify.changes.regularity import is_closed
from esign.verify.reading.cross_reference import Entry, Section
from esign.verify.reading.objects import Stream
from esign.verify.reading.revision import Revision
from esign.verify.reading.stream_decoding import has_plain_coding


def ambiguous_parts(old: Revision, new: Revision) -> Iterator[str]:
    """Yield where what was written after `old` can be read in two ways. Raises `LimitReached`.

    Only references that were followed are judged: this comes after the comparison.
    """
    known = {section.position for section in old.sections}
    for section in new.sections:
        if section.position not in known and _is_ambiguous(new, section):
            yield f"cross-reference section at {section.position}"
    if "Root" in old.sections[0].trailer and "Root" not in new.sections[0].trailer:
        yield "trailer/Root"
    for ref in sorted(new.of_other_generation):
        if ref not in old.of_other_generation or old.entries.get(ref.number) != new.entries.get(ref.number):
            yield f"reference {ref.number} {ref.generation}"
    new.file.budget.spend_merged(len(new.entries))
    for number, entry in new.entries.items():
        if _is_later(old, new, number, entry) and _is_object_ambiguous(new, number, entry):
            yield f"object {number}"


def _is_object_ambiguous(revision: Revision, number: int, entry: Entry) -> bool:
    """Whether readers may read the object in two ways; each is looked at once."""
    known = revision.known_ambiguous
    if number not in known:
        known[number] = revision.is_ambiguous(number) or (
            entry.container is None and not is_closed(revision, entry.offset)
        )
    return known[number]


def _is_ambiguous(revision: Revision, section: Section) -> bool:
    if section.is_ambiguous:
        return True
    for position in (section.position, *section.stream_offsets):
        if position in revision.file.ambiguous_at:
            return True
        _, value, _ = revision.file.objects_at.get(position, (None, None, 0))
        if isinstance(value, Stream) and not has_plain_coding(value, revision.resolve):
            return True
    return False


def _is_later(old: Revision, new: Revision, number: int, entry: Entry) -> bool:
    """Whether the object is not the one that stands at this place in the older revision."""
    if old.entries.get(number) != entry:
        return True
    return entry.container is not None and old.entries.get(entry.container) != new.entries.get(entry.container)
