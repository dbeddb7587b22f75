"""A file as a sequence of revisions, each read as the document that ended there.

A revision is a prefix of the file. Reading the prefix on its own, with nothing that came later in sight, is
what "the signed document" means; it needs no reasoning about which later section overrides what. Objects
that lie at the same place in two revisions are parsed once.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from mmap import ACCESS_READ, MADV_DONTNEED, PAGESIZE, mmap
from typing import TYPE_CHECKING, BinaryIO, Final

from esign.verify.cms.certificates import CertificateReader
from esign.verify.errors import LimitReached, Malformed, UnreadableDocument
from esign.verify.limits import Budget, Limits
from esign.verify.reading.cross_reference import Section
from esign.verify.reading.encryption import Decipher, open_encrypted
from esign.verify.reading.lexer import Spans
from esign.verify.reading.objects import Buffer, PdfValue, Ref
from esign.verify.reading.revision import PackedObjects, Revision

if TYPE_CHECKING:
    from esign.verify.reading.fields import Field

_HEADER: Final = re.compile(rb"%PDF-\d\.\d")
_REVISION_END: Final = re.compile(rb"startxref[\x00\t\n\x0c\r ]*+(\d{1,12})[\x00\t\n\x0c\r ]*+%%EOF(?:\r\n|\r|\n)?")
_CHUNK: Final = 1 << 20
_OVERLAP: Final = 256
_BLANK_AT_MOST: Final = 1 << 20
_REVISIONS_KEPT: Final = 24


class PdfFile:
    """The bytes of one file, and what has been parsed of them."""

    def __init__(self, document: BinaryIO | mmap, limits: Limits, password: str | None = None) -> None:
        """Raises `UnreadableDocument` if this is no PDF, too large, or does not open with the password."""
        self.limits = limits
        self.budget = Budget(limits)
        document.seek(0, 2)
        self.size = document.tell()
        if self.size > limits.document_bytes:
            raise UnreadableDocument(
                "document-too-large", "the file is larger than the limit", "raise the limit or split the file"
            )
        self._document = document
        self.data = _map(document, self.size)
        header = _HEADER.search(self.data, 0, min(self.size, 1024))
        if not header:
            raise UnreadableDocument("not-a-pdf", "the file does not begin as a PDF does", "give a PDF file")
        self.shift = header.start()
        self.objects_at: dict[int, tuple[Ref, PdfValue, int]] = {}
        self.packed: dict[int, PackedObjects] = {}
        self.references: dict[int, tuple[tuple[str, Ref], ...]] = {}
        """What each parsed object refers to, by the object's identity."""
        self.plain_fields: dict[tuple[Ref, int], Field] = {}
        """Fields that their own object tells wholly, by reference and the identity of what it refers to."""
        self.ambiguous_at: set[int] = set()
        """Offsets of objects in which something is written that readers read in different ways."""
        self.decoded_streams: dict[tuple[int, int], bytes] = {}
        self.certificates = CertificateReader()
        """What reads the certificates that lie in the file."""
        self.spans_at: dict[int, Spans] = {}
        """Where the values of signature dictionaries lie, by where the dictionary begins."""
        self.sections_at: dict[int, Section] = {}
        self.open_streams_from = self.size
        """No stream that begins from here on is closed."""
        self._revisions: dict[int, Revision] = {}
        self.decipher: Decipher | None = None
        self.present = self._last_readable()
        self.decipher = open_encrypted(self.present, password)
        if self.decipher:
            self.objects_at.clear()
            self.packed.clear()
            self.references.clear()
            self.decoded_streams.clear()
            self.sections_at.clear()
            self._revisions.clear()
            self.plain_fields.clear()
            self.present = self._last_readable()

    @property
    def ends_readable(self) -> bool:
        """Whether the last update of the file can be read; if not, `present` is the last revision that can."""
        end = self.present.end
        if self.size - end > _BLANK_AT_MOST:
            return False
        return not bytes(self.data[end : self.size]).strip(b"\0\t\n\x0c\r ")

    def _last_readable(self) -> Revision:
        reason: Exception | None = None
        for end in (self.size, *reversed(self.revision_ends)):
            try:
                revision = self.revision(end)
                if revision.catalog:
                    return revision
            except LimitReached:
                raise
            except Malformed as error:
                reason = reason or error
        raise UnreadableDocument(
            "not-readable", f"the file cannot be read as a PDF ({reason})", "give the whole, undamaged file"
        ) from reason

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the whole file, lower-case hex."""
        return self.digest("sha256", [(0, self.size)]).hex()

    @cached_property
    def revision_ends(self) -> tuple[int, ...]:
        """Byte offsets at which a revision ends (after `%%EOF` and its line end), oldest first.

        The first section of a linearized file ends no revision: its `startxref` is 0 or points onwards.
        """
        ends = set()
        overlap, offset = b"", 0
        for piece in self._pieces(0, self.size):
            window = overlap + piece
            for found in _REVISION_END.finditer(window):
                declared = int(found.group(1))
                if declared and declared + self.shift <= offset - len(overlap) + found.start():
                    ends.add(offset - len(overlap) + found.end())
            if len(ends) > 3 * self.limits.revisions:
                raise LimitReached("the file has more revisions than the limit allows")
            offset += len(piece)
            overlap = window[-_OVERLAP:]
        return tuple(sorted(end for end in ends if not {end + 1, end + 2} & ends))

    @cached_property
    def prefix_digests(self) -> dict[int, bytes]:
        """SHA-256 of the file up to the end of each revision, with and without the line end after `%%EOF`."""
        ends = set(self.revision_ends)
        ends |= {
            end - blank for end in self.revision_ends for blank in range(1, 3) if self.data[end - blank : end].isspace()
        }
        digests: dict[int, bytes] = {}
        state, position = hashlib.sha256(), 0
        for end in sorted(ends):
            for piece in self._pieces(position, end):
                state.update(piece)
            position = end
            digests[end] = state.copy().digest()
        return digests

    def revision(self, end: int) -> Revision:
        """Return the document that ends at byte `end`. Raises `Malformed`."""
        revision = self._revisions.pop(end, None) or Revision(self, end)
        self._revisions[end] = revision
        while len(self._revisions) > _REVISIONS_KEPT:
            self._revisions.pop(next(iter(self._revisions)))
        return revision

    def digest(self, algorithm: str, ranges: Iterable[tuple[int, int]]) -> bytes:
        """Return the digest over byte ranges (start, end), read piece by piece. Raises `Malformed`."""
        state = hashlib.new(algorithm)
        for start, end in ranges:
            self.budget.spend_hashed(max(0, end - start))
            for piece in self._pieces(start, end):
                state.update(piece)
        return state.digest()

    def _pieces(self, start: int, end: int) -> Iterator[bytes]:
        """Read the bytes from `start` to `end` piece by piece. Raises `Malformed` if the file is shorter."""
        if isinstance(self._document, mmap):
            yield from _mapped_pieces(self._document, start, end)
            return
        while start < end:
            self._document.seek(start)
            piece = self._document.read(min(_CHUNK, end - start))
            if not piece:
                raise Malformed("the file ended while it was read")
            start += len(piece)
            yield piece


def _mapped_pieces(mapped: mmap, start: int, end: int) -> Iterator[bytes]:
    """Read a mapped file piece by piece; what was read is let go, so that reading it whole fills no memory."""
    while start < end:
        piece = mapped[start : min(start + _CHUNK, end)]
        if not piece:
            raise Malformed("the file ended while it was read")
        begin = start - start % PAGESIZE
        start += len(piece)
        yield piece
        mapped.madvise(MADV_DONTNEED, begin, start - begin)


def _map(document: BinaryIO | mmap, size: int) -> Buffer:
    """Map a real file into memory; what is in memory already, or has no file behind it, is taken whole."""
    if not size:
        return b""
    if isinstance(document, mmap):
        return document
    if isinstance(document, io.BytesIO):
        return document.getvalue()
    try:
        document.flush()  # a file that was just written may still hold bytes back from the mapping
        return mmap(document.fileno(), size, access=ACCESS_READ)
    except (OSError, AttributeError, ValueError):
        document.seek(0)
        return document.read()
