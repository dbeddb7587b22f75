"""A document with bytes appended in memory: how a revision is written without copying what it stands on.

A PDF revision is an incremental update (ISO 32000-2, 7.5.6): bytes after the end of the file. Every function
that makes a revision takes the document as a seekable stream, never changes it, and returns the appended bytes.
"""

from __future__ import annotations

import io
from typing import BinaryIO


class AppendingStream(io.RawIOBase):
    """Reads through to `document`; whatever is written at its end stays in memory as `appended`."""

    def __init__(self, document: BinaryIO) -> None:
        super().__init__()
        self._document = document
        self._length = document.seek(0, io.SEEK_END)
        self._tail = bytearray()
        self._position = 0

    @property
    def appended(self) -> bytes:
        return bytes(self._tail)

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._length + len(self._tail)}[whence]
        if base + offset < 0:
            raise ValueError(f"negative seek position {base + offset}")
        self._position = base + offset
        return self._position

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        view = memoryview(buffer).cast("B")
        if self._position < self._length:
            self._document.seek(self._position)
            chunk = self._document.read(min(len(view), self._length - self._position))
        else:
            start = self._position - self._length
            chunk = bytes(self._tail[start : start + len(view)])
        view[: len(chunk)] = chunk
        self._position += len(chunk)
        return len(chunk)

    def write(self, data: bytes | bytearray | memoryview) -> int:  # type: ignore[override]
        start = self._position - self._length
        if start < 0:
            raise io.UnsupportedOperation("the document itself is never rewritten")
        view = memoryview(data).cast("B")
        if start > len(self._tail):
            self._tail.extend(bytes(start - len(self._tail)))  # as in a file, a gap reads as zeros
        self._tail[start : start + len(view)] = view
        self._position += len(view)
        return len(view)


def open_for_appending(document: BinaryIO) -> tuple[io.BufferedRandom, AppendingStream]:
    """Return a buffered view for a PDF writer, and the stream that holds what was appended.

    Flush the view before taking `appended`.
    """
    raw = AppendingStream(document)
    return io.BufferedRandom(raw, buffer_size=64 * 1024), raw
