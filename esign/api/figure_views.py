"""Figures of a room as the API tells them: the rows of its CSV, whichever the room."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from pydantic import BaseModel, Field

from esign.figures.figure_rows import FigureRow


class FigureView(BaseModel):
    """One figure."""

    by: str = Field(description="`all`, `month`, `institution`, or what else the room counts by.")
    of: str = Field(description="Which of them: a month, an id, a code; empty for all.")
    provisional: bool = Field(description="Whether it can still change: something of it is not over.")
    figure: str = Field(description="Its name, as the room's document on its figures explains it.")
    value: int | str | None = Field(
        description="Counts, hours and minutes are numbers; shares in percent, means and yuan are text."
    )


class FiguresView(BaseModel):
    """All of them."""

    on: date | None = Field(description="The day of the last event that was counted.")
    figures: list[FigureView]

    @staticmethod
    def of(on: date | None, rows: Iterable[FigureRow]) -> FiguresView:
        """Return the rows as they are told."""
        figures = [
            FigureView(by=one.by, of=one.of, provisional=one.is_provisional, figure=one.figure, value=one.value)
            for one in rows
        ]
        return FiguresView(on=on, figures=figures)
