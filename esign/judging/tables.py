"""The two forms of a table of rows: CSV for people with a spreadsheet, and one JSON document a line for programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Final, Protocol

from esign.judging.rows import COLUMNS, Row

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_TYPES: Final = {"bytes": int, "readable": bool, "signatures": int, "seconds": float}
_WORDS: Final = {True: "yes", False: "no"}


class Table(Protocol):
    """How rows are written and read again; a whole row ends with a line feed."""

    def header(self) -> str: ...

    def line(self, row: Row) -> str: ...

    def rows(self, text: str) -> Iterator[Row]:
        """Yield the rows of a table; what is none is left out."""
        ...

    def kept_path(self, path: str) -> str:
        """Return a path in the way that the table shows it."""
        ...


class CsvTable:
    """RFC 4180, with a header. What a spreadsheet would take for a formula begins with an apostrophe."""

    def header(self) -> str:
        return _csv(COLUMNS)

    def line(self, row: Row) -> str:
        cells = (getattr(row, name) for name in COLUMNS)
        return _csv([_harmless(_WORDS[cell] if isinstance(cell, bool) else str(cell)) for cell in cells])

    def rows(self, text: str) -> Iterator[Row]:
        for cells in csv.reader(io.StringIO(text, newline="")):
            row = _row_of(dict(zip(COLUMNS, cells, strict=False))) if len(cells) == len(COLUMNS) else None
            if row is not None:
                yield row

    def kept_path(self, path: str) -> str:
        return _harmless(path)


class JsonLinesTable:
    """One JSON object a line: the row, with the whole report (esign-verification/1) in it."""

    def header(self) -> str:
        return ""

    def line(self, row: Row) -> str:
        form = {name: getattr(row, name) for name in (*COLUMNS, "report")}
        return json.dumps(form, ensure_ascii=False, separators=(",", ":")) + "\n"

    def rows(self, text: str) -> Iterator[Row]:
        for line in text.split("\n"):
            try:
                form = json.loads(line)
            except ValueError:
                continue
            if isinstance(form, dict) and _is_form_of_row(form):
                yield Row(**form)

    def kept_path(self, path: str) -> str:
        return path


def _is_form_of_row(form: dict[str, object]) -> bool:
    """Whether there is a member for each of a row's, of its type; somebody may have written into the file."""
    if set(form) != {*COLUMNS, "report"} or not isinstance(form["report"], dict | None):
        return False
    return all(type(form[name]) is _TYPES.get(name, str) for name in COLUMNS)


def _csv(cells: object) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerow(cells)  # type: ignore[arg-type]
    return out.getvalue()


def _harmless(cell: str) -> str:
    """Return the cell as text, also for a spreadsheet that takes some first characters for the begin of a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _row_of(cells: dict[str, str]) -> Row | None:
    try:
        return Row(
            path=cells["path"],
            bytes=int(cells["bytes"]),
            sha256=cells["sha256"],
            conclusion=cells["conclusion"],
            readable=cells["readable"] == _WORDS[True],
            signatures=int(cells["signatures"]),
            level=cells["level"],
            error=cells["error"],
            acceptance=cells["acceptance"],
            seconds=float(cells["seconds"]),
            judged_at=cells["judged_at"],
            question=cells["question"],
        )
    except ValueError:
        return None
