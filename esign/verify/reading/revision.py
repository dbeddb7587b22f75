"""One revision of a file: the document that its first bytes, up to an end, are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from esign.verify.errors import MALFORMED, LimitReached, Malformed
from esign.verify.reading.cross_reference import Entry, Section, SectionReader, merged
from esign.verify.reading.lexer import Lexer, skip_space
from esign.verify.reading.objects import PdfDict, PdfValue, Ref, Stream
from esign.verify.reading.stream_decoding import decode_stream, has_plain_coding

if TYPE_CHECKING:
    from esign.verify.reading.document import PdfFile
    from esign.verify.reading.fields import Field

_OBJECT_HEADER: Final = re.compile(rb"[\x00\t\n\x0c\r ]*+(\d{1,10})[\x00\t\n\x0c\r ]++(\d{1,5})[\x00\t\n\x0c\r ]++obj")
_STREAM: Final = re.compile(rb"stream(?:\r\n|\n|\r)")
_ENDSTREAM: Final = re.compile(rb"(?:\r\n|\n|\r)?endstream")


class PackedObjects(NamedTuple):
    """The objects of an object stream in their order.

    `is_plain`: no number is written twice, nothing is in doubt, and all readers undo the stream's coding alike.
    """

    numbers: list[int]
    values: list[PdfValue]
    is_plain: bool


class Revision:
    """The document that the first `end` bytes of the file are."""

    def __init__(self, file: PdfFile, end: int) -> None:
        self.file = file
        self.end = end
        self._lexer = Lexer(file.data, file.limits, file.budget)
        self._resolving: set[int] = set()
        self.of_other_generation: set[Ref] = set()
        """References that were followed, to a number in use with another generation: null, which some viewers show."""
        self.known_ambiguous: dict[int, bool] = {}
        """Objects that `changes.ambiguity` has looked at, by number."""
        self.followed: set[Ref] | None = None
        """What was asked for, and what holds it, while somebody is `noting`."""
        self.form_fields: list[Field] | None = None
        """What `fields.form_fields` found, so that it is looked for once."""
        self.entries: dict[int, Entry] = {}
        reader = SectionReader(
            file.data, end, file.budget, self._read_stream_at, self.decoded, file.sections_at, file.shift
        )
        self.sections: list[Section] = reader.chain()
        file.budget.spend_merged(sum(len(section.in_use) + len(section.freed) for section in self.sections))
        self.entries, self.trailer = merged(self.sections)

    @cached_property
    def catalog(self) -> PdfDict:
        """The document catalog. Raises `Malformed` if there is none."""
        catalog = self.resolve(self.trailer.get("Root"))
        if not isinstance(catalog, dict):
            raise Malformed("the document has no catalog")
        return catalog

    def location(self, ref: Ref) -> Entry | None:
        """Return where the object is, or None if this revision has no such object."""
        entry = self.entries.get(ref.number)
        if self.followed is not None:
            self.note(ref)
        if entry and entry.generation != ref.generation:
            self.of_other_generation.add(ref)
            return None
        return entry

    def note(self, ref: Ref) -> None:
        """Put the object, and what holds it, among those that were asked for, where somebody wants to know."""
        if self.followed is not None:
            self.followed.add(ref)
            entry = self.entries.get(ref.number)
            if entry and entry.container is not None:
                self.followed.add(Ref(entry.container, 0))

    @contextmanager
    def noting(self) -> Iterator[set[Ref]]:
        """Give what is asked for meanwhile."""
        self.followed = followed = set[Ref]()
        try:
            yield followed
        finally:
            self.followed = None

    def resolve(self, value: PdfValue) -> PdfValue:
        """Return the value, or what it refers to; an object that is missing or unreadable is null."""
        for _ in range(16):
            if not isinstance(value, Ref):
                return value
            value = self.get(value)
        return None

    def get(self, ref: Ref) -> PdfValue:
        """Return the object; null if it is missing, freed, beyond the end, or unreadable."""
        entry = self.location(ref)
        if entry is None:
            return None
        try:
            if entry.container is not None:
                return self._packed(entry.container, ref.number)
            found, value = self._object_at(entry.offset)
        except LimitReached:
            raise
        except MALFORMED:
            return None
        return value if found.number == ref.number else None

    def dictionary(self, value: PdfValue) -> PdfDict:
        """Return the dictionary that the value is or refers to (of a stream: its own), or an empty one."""
        resolved = self.resolve(value)
        if isinstance(resolved, Stream):
            return resolved.dictionary
        return resolved if isinstance(resolved, dict) else {}

    def array(self, value: PdfValue) -> list[PdfValue]:
        """Return the array that the value is or refers to, or an empty one."""
        resolved = self.resolve(value)
        return resolved if isinstance(resolved, list) else []

    def decoded(self, stream: Stream) -> bytes:
        """Return the stream's data with its filters undone. Raises `Malformed`."""
        return decode_stream(stream, self.file.budget, self.resolve)

    def object_span(self, ref: Ref) -> tuple[int, int] | None:
        """Return where the object's value begins and ends in the file, or None if it lies in an object stream."""
        entry = self.location(ref)
        if entry is None or entry.container is not None:
            return None
        offset = self._header(entry.offset).end()
        return offset, self._parsed(entry.offset)[2]

    def object_at(self, offset: int) -> tuple[int, Ref, PdfValue, int] | None:
        """Return where the object at `offset` begins, what it is, and where its value ends; None if there is none."""
        try:
            begin = skip_space(self.file.data, self._header(offset).start())
            return begin, *self._parsed(offset)
        except LimitReached:
            raise
        except MALFORMED:
            return None

    def is_ambiguous(self, number: int) -> bool:
        """Whether readers may differ on what the object is: see `ambiguity`. Raises `LimitReached`."""
        entry = self.entries[number]
        try:
            if entry.container is not None:
                held = self.packed_objects(entry.container)
                at_index = held.numbers[entry.offset : entry.offset + 1] if held else [number]
                return at_index != [number] or (held is not None and not held.is_plain)
            header = self._header(entry.offset)
        except LimitReached:
            raise
        except MALFORMED:
            return entry.container is not None
        if int(header.group(1)) != number:
            return False
        is_read = self.object_at(entry.offset) is not None
        return not is_read or int(header.group(2)) != entry.generation or entry.offset in self.file.ambiguous_at

    def _header(self, offset: int) -> re.Match[bytes]:
        for position in (offset, offset + self.file.shift):
            if 0 <= position < self.end and (found := _OBJECT_HEADER.match(self.file.data, position)):
                return found
        raise Malformed("an object is not where the cross-reference section says it is")

    def _object_at(self, offset: int) -> tuple[Ref, PdfValue]:
        ref, value, end = self._parsed(offset)
        if end > self.end:
            raise Malformed("an object reaches beyond the end of its revision")
        return ref, value

    def _parsed(self, offset: int) -> tuple[Ref, PdfValue, int]:
        if offset not in self.file.objects_at:
            self.file.objects_at[offset] = self._parse(offset)
        return self.file.objects_at[offset]

    def _parse(self, offset: int) -> tuple[Ref, PdfValue, int]:
        """Read the object at `offset`: its number, its value, and where its value ends."""
        header = self._header(offset)
        ref = Ref(int(header.group(1)), int(header.group(2)))
        self.file.budget.spend_object()
        self.file.budget.spend_value(header.end() - header.start())
        doubts = self._lexer.doubts
        value, end = self._lexer.read(header.end())
        if self._lexer.doubts > doubts:
            self.file.ambiguous_at.add(offset)
        decipher = self.file.decipher
        if isinstance(value, dict):
            opening = _STREAM.match(self.file.data, skip_space(self.file.data, end))
            if opening:
                length = self._stream_length(value, offset, opening.end())
                unsealed = decipher.stream(ref, value) if decipher else None
                plain = decipher.dictionary(ref, value) if decipher and value.get("Type") != "XRef" else value
                stream = Stream(plain, self.file.data, opening.end(), length, unsealed)
                return ref, stream, opening.end() + length
        return ref, decipher.strings(ref, value) if decipher else value, end

    def _stream_length(self, dictionary: PdfDict, offset: int, start: int) -> int:
        declared = dictionary.get("Length")
        if isinstance(declared, Ref) and offset not in self._resolving:
            self._resolving.add(offset)
            try:
                declared = self.resolve(declared)
            finally:
                self._resolving.discard(offset)
        data = self.file.data
        if isinstance(declared, int) and declared >= 0 and _ENDSTREAM.match(data, start + declared):
            return declared
        end = -1
        if start < self.file.open_streams_from:
            end = data.find(b"endstream", start, self.file.size)
        if end < 0:
            self.file.open_streams_from = min(start, self.file.open_streams_from)
            raise Malformed("a stream is not closed")
        for line_end in (b"\r\n", b"\n", b"\r"):
            if data[max(start, end - len(line_end)) : end] == line_end:
                return end - len(line_end) - start
        return end - start

    def _read_stream_at(self, position: int) -> tuple[Stream, int]:
        _, value, end = self._parsed(position)
        if not isinstance(value, Stream):
            raise Malformed("a cross-reference stream is not a stream")
        if value.decipher:
            value = Stream(value.dictionary, value.buffer, value.start, value.length)
        return value, end

    def packed_objects(self, container: int) -> PackedObjects | None:
        """Return what an object stream holds, or None if there is no such stream. Raises `Malformed`."""
        entry = self.entries.get(container)
        if entry is None or entry.container is not None:
            return None
        if entry.offset not in self.file.packed:
            _, stream = self._object_at(entry.offset)
            if not isinstance(stream, Stream):
                raise Malformed("an object stream is not a stream")
            self.file.packed[entry.offset] = self._unpack(stream)
        return self.file.packed[entry.offset]

    def _packed(self, container: int, number: int) -> PdfValue:
        """Return an object of an object stream: the one at the index that the cross-reference section gives."""
        held = self.packed_objects(container)
        if held is None:
            return None
        index = self.entries[number].offset
        if index < len(held.numbers) and held.numbers[index] == number:
            return held.values[index]
        return held.values[held.numbers.index(number)] if number in held.numbers else None

    def _unpack(self, stream: Stream) -> PackedObjects:
        """Read all objects of an object stream (ISO 32000-2 clause 7.5.7)."""
        data = self.decoded(stream)
        count, first = self.resolve(stream.dictionary.get("N")), self.resolve(stream.dictionary.get("First"))
        if not (isinstance(count, int) and isinstance(first, int)):
            raise Malformed("an object stream does not say what it holds")
        header = data[:first].split()
        lexer = Lexer(data, self.file.limits, self.file.budget)
        numbers: list[int] = []
        values: list[PdfValue] = []
        for number, offset in zip(header[: 2 * count : 2], header[1 : 2 * count : 2], strict=False):
            self.file.budget.spend_object()
            numbers.append(int(number))
            values.append(lexer.read(first + int(offset))[0])
        is_plain = len(set(numbers)) == len(numbers) and not lexer.doubts
        return PackedObjects(numbers, values, is_plain and has_plain_coding(stream, self.resolve))
