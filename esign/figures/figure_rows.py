"""Figures as rows of one long table, the same for CSV and JSON in every room: by what, of which, which, its value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from esign.figures.csv_text import csv_text
from esign.figures.shares import percent

HEADER: Final = ("by", "of", "provisional", "figure", "value")


@dataclass(frozen=True)
class FigureRow:
    """`by` is all, month or whatever else a room counts by, `of` the key there. Shares are percent as text."""

    by: str
    of: str
    is_provisional: bool
    figure: str
    value: int | str | None


def csv_of_rows(rows: Iterable[FigureRow]) -> str:
    """Return the rows as CSV."""
    return csv_text(
        HEADER, ((one.by, one.of, "yes" if one.is_provisional else "no", one.figure, one.value) for one in rows)
    )


def form_of_rows(rows: Iterable[FigureRow]) -> list[dict[str, object]]:
    """Return the rows as a command prints them in JSON."""
    return [
        {"by": one.by, "of": one.of, "provisional": one.is_provisional, "figure": one.figure, "value": one.value}
        for one in rows
    ]


def percent_value(share: int | None) -> str | None:
    """Return a share in tenths of a percent as the value of a row: without the sign; None where there is none."""
    return None if share is None else percent(share).removesuffix("%")
