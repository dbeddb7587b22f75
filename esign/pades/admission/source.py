"""A foreign PDF under limits: objects by reference, stream data on demand, images left where they are."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import BinaryIO

from pyhanko.pdf_utils.generic import Reference
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.xref import ObjStreamRef

from esign.pades.admission import refusals
from esign.pades.admission.decoding import StreamTooLong, StreamUndecodable, decode
from esign.pades.admission.limits import AdmissionLimits
from esign.pades.admission.parser_errors import refused_as_broken
from esign.pades.admission.syntax import KeyWrittenTwice, Name, PdfValue, Ref, Stream, SyntaxBroken, parse_value

_OBJECT_HEADER = re.compile(rb"[\x00\t\n\x0c\r ]*+(\d{1,10})[\x00\t\n\x0c\r ]++(\d{1,5})[\x00\t\n\x0c\r ]++obj")
_STREAM_KEYWORD = re.compile(rb"[\x00\t\n\x0c\r ]*+(?:%[^\r\n]*+[\r\n]++)*+stream(?:\r\n|\n|\r)?")
_WINDOW = 2048
_MARGIN = 64
_MAX_REFERENCE_CHAIN = 16


def _trailer(reader: PdfFileReader) -> dict[str, PdfValue]:
    found: dict[str, PdfValue] = {}
    for key in ("/Root", "/Encrypt"):
        if key in reader.trailer:
            reference = getattr(reader.trailer.raw_get(key), "reference", None)
            found[key[1:]] = Ref(reference.idnum, reference.generation) if reference is not None else True
    found["Size"] = int(reader.trailer["/Size"])
    return found


class PdfSource:
    """Objects of the newest revision of `document`, a seekable file whose position is not kept.

    Cross-references are read by pyHanko (leniently: the hybrid ones that office programs write are accepted), so
    admission and signing see the same objects. Everything else is read here; see `syntax`. `trailer` has the entries
    Root, Encrypt and Size. What `get` returns for a reference is the same Python object every time, so that
    identity tells whether two places share an object.
    Methods raise `DocumentRefused` when the file cannot be followed or a limit is reached.
    """

    def __init__(self, document: BinaryIO, limits: AdmissionLimits) -> None:
        self.limits = limits
        self._file = document
        self._size = document.seek(0, os.SEEK_END)
        with refused_as_broken("its structure cannot be read"):
            self.reader = PdfFileReader(document, strict=False)
            self.trailer = _trailer(self.reader)
        self.first_free_number = self.integer(self.trailer["Size"]) or 0
        self._objects: dict[Ref, PdfValue] = {}
        self._object_streams: dict[int, tuple[bytes, dict[int, int]]] = {}
        self._left_to_decode = limits.decoded_bytes

    def get(self, value: PdfValue) -> PdfValue:
        """Return what `value` refers to, or `value` itself if it is no reference; a missing object is None."""
        for _ in range(_MAX_REFERENCE_CHAIN):
            if not isinstance(value, Ref):
                return value
            value = self._object(value)
        raise refusals.broken("an object refers to itself")

    def dictionary(self, value: PdfValue) -> dict[str, PdfValue]:
        """Return the dictionary behind `value` (of a stream: its entries), or an empty one."""
        found = self.get(value)
        if isinstance(found, Stream):
            return found.entries
        return found if isinstance(found, dict) else {}

    def array(self, value: PdfValue) -> list[PdfValue]:
        """Return the array behind `value`, or an empty one."""
        found = self.get(value)
        return found if isinstance(found, list) else []

    def name(self, value: PdfValue) -> str | None:
        """Return the name behind `value` without its slash, or None."""
        found = self.get(value)
        return str(found) if isinstance(found, Name) else None

    def integer(self, value: PdfValue) -> int | None:
        """Return the number behind `value` as an integer, or None."""
        found = self.get(value)
        return int(found) if isinstance(found, int | float) and not isinstance(found, bool) else None

    def stream(self, value: PdfValue) -> Stream | None:
        """Return the stream behind `value`, or None."""
        found = self.get(value)
        return found if isinstance(found, Stream) else None

    def decoded(self, stream: Stream, limit: int) -> bytes:
        """Return the stream's data with its filters undone.

        Raises `StreamUndecodable` if it cannot be, `DocumentRefused` if it has more than `limit` bytes or all
        streams together have too many.
        """
        names = self._listed(stream.entries.get("Filter"))
        parameters = self._listed(stream.entries.get("DecodeParms"))
        filters: list[tuple[str, dict[str, PdfValue]]] = []
        for index, entry in enumerate(names[:8]):
            given = self.dictionary(parameters[index]) if index < len(parameters) else {}
            filters.append((self.name(entry) or "", {key: self.get(item) for key, item in given.items()}))
        limit = min(limit, self._left_to_decode)
        try:
            data = decode(self._raw(stream, limit), filters, limit)
        except StreamTooLong as error:
            raise refusals.too_complex("compressed data grows too large") from error
        self._left_to_decode -= len(data)
        return data

    def _listed(self, value: PdfValue) -> list[PdfValue]:
        found = self.get(value)
        if found is None:
            return []
        return found if isinstance(found, list) else [found]

    def _raw(self, stream: Stream, limit: int) -> bytes:
        length = self.integer(stream.entries.get("Length"))
        if length is None or length < 0 or not self._ends_at(stream.start + length):
            length = self._search_end(stream.start, limit)
        if length > limit:
            raise refusals.too_complex("a stream of text or fonts is too large")
        self._file.seek(stream.start)
        return self._file.read(length)

    def _ends_at(self, end: int) -> bool:
        if end > self._size:
            return False
        self._file.seek(end)
        return self._file.read(16).lstrip(b"\x00\t\n\x0c\r ").startswith((b"endstream", b"endobj"))

    def _search_end(self, start: int, limit: int) -> int:
        self._file.seek(start)
        data = self._file.read(limit)
        end = data.find(b"endstream")
        if end < 0:
            raise refusals.broken("a stream does not end")
        return end

    def _object(self, ref: Ref) -> PdfValue:
        try:
            return self._objects[ref]
        except KeyError:
            pass
        if ref.number >= self.first_free_number:
            # revisions number their objects from Size on: one of them would become what this reference means
            raise refusals.broken(f"it refers to object {ref.number}, beyond the objects that it counts")
        if len(self._objects) >= self.limits.objects:
            raise refusals.too_complex("it has too many objects")
        self._objects[ref] = None  # an object stream that names itself must not be followed for ever
        try:
            self._objects[ref] = found = self._read(ref)
        except KeyWrittenTwice as error:
            raise refusals.ambiguous(f"object {ref.number} has an entry twice") from error
        except SyntaxBroken as error:
            raise refusals.broken(f"object {ref.number} cannot be read") from error
        return found

    def _read(self, ref: Ref) -> PdfValue:
        with refused_as_broken("its cross-reference table cannot be read"):
            place = self.reader.xrefs[Reference(ref.number, ref.generation, self.reader)]
        if place is None:
            return None
        if isinstance(place, ObjStreamRef):
            return self._packed_object(ref, place.obj_stream_id)
        if not 0 <= place < self._size:
            raise SyntaxBroken("the cross-reference table points outside the file")
        return self._object_at(ref, place)

    def require_clear_dictionary(self, offset: int, ref: Ref | None) -> None:
        """Raise `DocumentRefused` unless at `offset` in the file there is a dictionary without a key given twice.

        With `ref`, it is the dictionary of that object; without, it stands by itself, as a trailer does.
        """
        nesting = self.limits.nesting
        try:
            if ref is None:
                self._parsed_at(offset, lambda data: parse_value(data, 0, nesting=nesting))
            else:
                self._object_at(ref, offset)
        except KeyWrittenTwice as error:
            raise refusals.ambiguous("its trailer has an entry twice") from error
        except SyntaxBroken as error:
            raise refusals.broken("its trailer cannot be read") from error

    def _object_at(self, ref: Ref, offset: int) -> PdfValue:
        value, data, after = self._parsed_at(offset, lambda data: self._numbered(ref, data))
        return self._with_stream(value, data, after, offset)

    def _parsed_at(self, offset: int, parse: Callable[[bytes], tuple[PdfValue, int]]) -> tuple[PdfValue, bytes, int]:
        """Return what `parse` makes of the bytes at `offset`, the bytes that were enough for it, and where it ended."""
        window = _WINDOW
        while True:
            self._file.seek(offset)
            data = self._file.read(window)
            whole = offset + len(data) >= self._size or window >= self.limits.object_bytes
            try:
                value, after = parse(data)
            except KeyWrittenTwice:
                raise
            except SyntaxBroken:
                if whole:
                    raise
            else:
                if whole or after + _MARGIN <= len(data):
                    return value, data, after
            window *= 8

    def _numbered(self, ref: Ref, data: bytes) -> tuple[PdfValue, int]:
        header = _OBJECT_HEADER.match(data)
        if header is None or Ref(int(header[1]), int(header[2])) != ref:
            raise SyntaxBroken("the cross-reference table points to the wrong place")
        if data.startswith(b"endobj", header.end() + 1):
            return None, header.end() + 1
        return parse_value(data, header.end(), nesting=self.limits.nesting)

    def _with_stream(self, value: PdfValue, data: bytes, after: int, offset: int) -> PdfValue:
        if isinstance(value, dict):
            keyword = _STREAM_KEYWORD.match(data, after)
            if keyword is not None:
                return Stream(value, offset + keyword.end())
        return value

    def _packed_object(self, ref: Ref, container: int) -> PdfValue:
        """Read an object of an object stream (7.5.7); the decoded stream is kept, many objects live in it."""
        if container not in self._object_streams:
            self._object_streams[container] = self._unpack(container)
        data, offsets = self._object_streams[container]
        offset = offsets.get(ref.number)
        if offset is None:
            return None
        return parse_value(data, offset, nesting=self.limits.nesting)[0]

    def _unpack(self, container: int) -> tuple[bytes, dict[int, int]]:
        stream = self.stream(Ref(container, 0))
        if stream is None:
            raise refusals.broken(f"object stream {container} is missing")
        try:
            data = self.decoded(stream, self.limits.font_bytes)
        except StreamUndecodable as error:
            raise refusals.broken(f"object stream {container} cannot be read") from error
        first = self.integer(stream.entries.get("First")) or 0
        header = data[:first].split()
        if not all(number.isdigit() and len(number) <= 10 for number in header):
            raise refusals.broken(f"object stream {container} cannot be read")
        numbers = [int(number) for number in header]
        return data, {number: first + offset for number, offset in zip(numbers[::2], numbers[1::2], strict=False)}
