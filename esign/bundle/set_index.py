"""The index of a set of bundles, as lines of JSON and as a table: what is in it, and what could not be exported."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from esign.bundle.description import time_text
from esign.bundle.layout import EXTENSION
from esign.canonical_json import encode_canonical
from esign.evidence.strict_json import StrictJson

INDEX_LINES: Final = "index.jsonl"
INDEX_TABLE: Final = "index.csv"
COLUMNS: Final = (*("envelope", "file", "size", "sha256", "state", "created_at", "ended_at", "external_id", "problem"),)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet would run."""
_LINE_BYTES_AT_MOST: Final = 8 * 1024
_SIZE_AT_MOST: Final = 1 << 53
_ENVELOPE: Final = re.compile(r"[a-z]{2,8}_[0-9A-Za-z_-]{1,64}", re.ASCII)
_SHA256: Final = re.compile(r"sha256:([0-9a-f]{64})", re.ASCII)
_WORD: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_json: Final = StrictJson("bundle-index", "get the set again from whoever exported it")


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
        return dict(zip(COLUMNS, (*told, self.problem), strict=True))


def file_name(envelope: str) -> str:
    """Return the name of an envelope's bundle."""
    return f"{envelope}{EXTENSION}"


def parse_index_line(line: bytes) -> IndexRow:
    """Read a line of `index.jsonl` without its end, strictly: `index_lines` of the row is the line again.

    Raises `EvidenceError`: `bundle-index-size`, `-json`, `-form`, `-range`, `-not-canonical`.
    """
    told = _json.members(_json.load(line, bytes_at_most=_LINE_BYTES_AT_MOST), COLUMNS, "a line of the index")
    size, sha256, problem = told["size"], _matched(told["sha256"], _SHA256, "sha256"), told["problem"]
    row = IndexRow(
        _matched(told["envelope"], _ENVELOPE, "envelope") or _json.refuse("form", "envelope must be there"),
        None if size is None else _json.integer(size, "size", 0, _SIZE_AT_MOST),
        None if sha256 is None else sha256.removeprefix("sha256:"),
        None,
        _matched(told["state"], _WORD, "state"),
        _time(told["created_at"], "created_at"),
        _time(told["ended_at"], "ended_at"),
        None if told["external_id"] is None else _json.text(told["external_id"], "external_id"),
        _matched(problem, _WORD, "problem"),
    )
    if row.problem is None and (row.size is None or row.sha256 is None):
        _json.refuse("form", "a bundle must have size and sha256")
    if encode_canonical(row.values()) != line:
        _json.refuse("not-canonical", "the line is not written as it must be, or names another file")
    return row


def _matched(value: object, form: re.Pattern[str], where: str) -> str | None:
    if value is not None and (not isinstance(value, str) or not form.fullmatch(value)):
        _json.refuse("form", f"{where} has another form")
    return value


def _time(value: object, where: str) -> datetime | None:
    if value is None:
        return None
    try:
        return datetime.fromisoformat(_json.text(value, where, at_most=40)).astimezone(UTC)
    except (ValueError, OverflowError):
        _json.refuse("form", f"{where} must be a time in UTC with six decimals")


def index_lines(rows: Iterable[IndexRow]) -> bytes:
    """Return `index.jsonl`."""
    return b"".join(encode_canonical(row.values()) + b"\n" for row in rows)


def index_table(rows: Iterable[IndexRow]) -> bytes:
    """Return `index.csv`: RFC 4180, a header, UTF-8; no text in it is a formula."""
    written = io.StringIO(newline="")
    table = csv.writer(written)
    table.writerow(COLUMNS)
    for row in rows:
        table.writerow([plain_cell(value) for value in row.values().values()])
    return written.getvalue().encode("utf-8")


def plain_cell(value: str | int | None) -> str | int:
    """Return a value for a table in CSV: no text in it is a formula."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value
