"""Rows of figures as CSV that a spreadsheet opens as it is."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

BYTE_ORDER_MARK: Final = "\ufeff"
"""By which a spreadsheet knows that the file is UTF-8, and shows Chinese as Chinese."""
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A spreadsheet in Chinese or Japanese takes the wide forms for the narrow ones."""


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str | int | None]]) -> str:
    """Return the rows as CSV by RFC 4180: lines end in CRLF, None is empty.

    A text that a spreadsheet would take for a formula stands behind an apostrophe. Raises `ValueError` for a row that
    has not as many cells as the header.
    """
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([_cell(value) for value in header])
    for row in rows:
        if len(row) != len(header):
            raise ValueError("a row has another number of cells than the header")
        writer.writerow([_cell(value) for value in row])
    return written.getvalue()


def _cell(value: str | int | None) -> str | int:
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULAS) else value
