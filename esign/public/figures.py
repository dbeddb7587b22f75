"""What figures of a room are made of, so that all rooms count alike: months, spreads, shares, rows of CSV.

    spread_of([3600, 7200, 90000]).median                # nearest rank, in whole seconds
    percent(per_mille(21, 25))                           # 84.0%

Figures are computed by pure functions over events, so that the same code counts what a consumer took down and what an
exported trail holds (`esign.public.figures_command`).
"""

from __future__ import annotations

from esign.figures.chosen_months import ChosenMonths
from esign.figures.counted_spread import CountedSpread, counted_spread
from esign.figures.csv_text import BYTE_ORDER_MARK, csv_text
from esign.figures.figure_rows import FigureRow, csv_of_rows, form_of_rows, percent_value
from esign.figures.months import ZONE, Month, bounds_of, month_of, read_month, seconds_of
from esign.figures.shares import per_mille, percent
from esign.figures.spread import HOUR, HOURS, Spread, ranked, spread_of

__all__ = [
    "BYTE_ORDER_MARK",
    "HOUR",
    "HOURS",
    "ZONE",
    "ChosenMonths",
    "CountedSpread",
    "FigureRow",
    "Month",
    "Spread",
    "bounds_of",
    "counted_spread",
    "csv_of_rows",
    "csv_text",
    "form_of_rows",
    "month_of",
    "per_mille",
    "percent",
    "percent_value",
    "ranked",
    "read_month",
    "seconds_of",
    "spread_of",
]
