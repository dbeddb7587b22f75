"""What every page of figures shows: large figures, charts beside their tables, months and days as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from markupsafe import Markup

from esign.figures.months import Month
from esign.web.rendering import words

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Charted:
    """A chart with its title and table; `key` explains tones, where there are several."""

    id: str
    title: str
    chart: Markup
    head: Sequence[str]
    body: Sequence[Sequence[str]]
    key: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Tile:
    """One large figure, with what is said below it."""

    label: str
    value: str
    below: str


def number_said(count: int) -> str:
    """Return a count as people read it, such as `12,345`."""
    return f"{count:,}"


def day_said(day: date) -> str:
    """Return a day as people read it."""
    return words().choose(
        f"{day.year} 年 {day.month} 月 {day.day} 日", f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    )


def month_said(month: Month) -> str:
    """Return a month as people read it."""
    year, number = int(month[:4]), int(month[5:])
    return words().choose(f"{year} 年 {number} 月", f"{_MONTHS[number - 1]} {year}")


def month_short(month: Month) -> str:
    """Return a month as it stands below a line."""
    number = int(month[5:])
    return words().choose(f"{number} 月", _MONTHS[number - 1])
