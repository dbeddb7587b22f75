"""A set of bundles as one archive: each bundle stored whole, and an index of all of them behind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from esign.bundle.set_index import INDEX_LINES, INDEX_TABLE, IndexRow, index_lines, index_table
from esign.bundle.zip_stream import STORED, ZipStream


def set_chunks(rows: Sequence[IndexRow], content: Callable[[IndexRow], Iterable[bytes]]) -> Iterator[bytes]:
    """Yield the archive of these rows' bundles, whose bytes `content` gives, and of the index."""
    stream = ZipStream()
    for row in rows:
        if row.file is not None and row.size is not None and row.crc is not None:
            yield from stream.stored(row.file, content(row), size=row.size, crc=row.crc)
    yield from ended(stream, rows)


def ended(stream: ZipStream, rows: Sequence[IndexRow]) -> Iterator[bytes]:
    """Yield the index and the end of an archive that has every bundle."""
    yield from stream.entry(INDEX_TABLE, index_table(rows), method=STORED)
    yield from stream.entry(INDEX_LINES, index_lines(rows), method=STORED)
    yield from stream.end()


def size_of_set(rows: Sequence[IndexRow]) -> int:
    """Return the size of that archive in bytes."""
    bundles = [(row.file, row.size) for row in rows if row.file is not None and row.size is not None]
    indexes = [(INDEX_TABLE, len(index_table(rows))), (INDEX_LINES, len(index_lines(rows)))]
    return ZipStream.size_of((*bundles, *indexes))
