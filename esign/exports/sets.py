"""A set of bundles as one archive: each bundle stored whole, and an index of all of them behind."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from esign.bundle.description import time_text
from esign.bundle.layout import EXTENSION
from esign.bundle.zip_stream import STORED, ZipStream
from esign.canonical_json import encode_canonical

INDEX_LINES: Final = "index.jsonl"
INDEX_TABLE: Final = "index.csv"
_COLUMNS: Final = (
    *("envelope", "file", "size", "sha256", "state", "created_at", "ended_at", "external_id", "problem"),
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet would run."""


@dataclass(frozen=True)
class IndexRow:
    """What the index says of an envelope. Without a bundle, `problem` is the code of why, and the rest may be None."""

    envelope: str
    size: int | None = None
    sha256: str | None = None
    crc: int | None = None
    state: str | None = None
    created_at: datetime | None = None
    ended_at: datetime | None = None
    external_id: str | None = None
    problem: str | None = None

    @property
    def file(self) -> str | None:
        return None if self.problem is not None else file_name(self.envelope)

    def values(self) -> dict[str, str | int | None]:
        moments = (self.created_at, self.ended_at)
        created_at, ended_at = (None if moment is None else time_text(moment) for moment in moments)
        sha256 = None if self.sha256 is None else f"sha256:{self.sha256}"
        told = (self.envelope, self.file, self.size, sha256, self.state, created_at, ended_at, self.external_id)
        return dict(zip(_COLUMNS, (*told, self.problem), strict=True))


def file_name(envelope: str) -> str:
    """Return the name of an envelope's bundle."""
    return f"{envelope}{EXTENSION}"


def index_lines(rows: Iterable[IndexRow]) -> bytes:
    """Return `index.jsonl`."""
    return b"".join(encode_canonical(row.values()) + b"\n" for row in rows)


def index_table(rows: Iterable[IndexRow]) -> bytes:
    """Return `index.csv`: RFC 4180, a header, UTF-8; no text in it is a formula."""
    written = io.StringIO(newline="")
    table = csv.writer(written)
    table.writerow(_COLUMNS)
    for row in rows:
        table.writerow([plain_cell(value) for value in row.values().values()])
    return written.getvalue().encode("utf-8")


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


def plain_cell(value: str | int | None) -> str | int:
    """Return a value for a table in CSV: no text in it is a formula."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value
