"""Figures as rows of one long table, the same for CSV and JSON: by what, of which, which figure, its value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from delivery.figures.figures import Figures, Report
from esign.public.figures import csv_text, percent

HEADER: Final = ("by", "of", "provisional", "figure", "value")


@dataclass(frozen=True)
class Row:
    """`by` is all, month, institution, channel or product, `of` the key there. Times are hours, shares percent."""

    by: str
    of: str
    is_provisional: bool
    figure: str
    value: int | str | None


def rows_of(report: Report) -> Iterator[Row]:
    """Yield every figure of the report."""
    yield from _figures("all", "", report.whole)
    for by, found in lots_of(report):
        for key, figures in found.items():
            yield from _figures(by, key, figures)


def lots_of(report: Report) -> tuple[tuple[str, Mapping[str, Figures]], ...]:
    """Return the figures by month, institution, channel and product, each under its name."""
    return (
        ("month", {str(month): one for month, one in report.months.items()}),
        ("institution", report.institutions),
        ("channel", report.channels),
        ("product", report.products),
    )


def csv_of(report: Report) -> str:
    """Return the report as CSV."""
    return csv_text(
        HEADER,
        ((one.by, one.of, "yes" if one.is_provisional else "no", one.figure, one.value) for one in rows_of(report)),
    )


def _figures(by: str, of: str, figures: Figures) -> Iterator[Row]:
    def row(figure: str, value: int | str | None) -> Row:
        return Row(by, of, figures.is_provisional, figure, value)

    rate = figures.rate
    yield row("rate-percent", _percent(figures.rate_share))
    for name, count in (
        ("in-time", rate.in_time),
        ("late", rate.late),
        ("open", rate.open),
        ("left-out", rate.left_out),
    ):
        yield row(name, count)
    for way, count in figures.ways.items():
        yield row(f"receipts-{way.value}", count)
    yield row("receipts-self-percent", _percent(figures.self_share))
    for leg, spread in figures.legs.items():
        yield row(f"{leg.value}-count", spread.count)
        yield row(f"{leg.value}-median-hours", spread.median)
        yield row(f"{leg.value}-ninth-hours", spread.ninth)
    for days, count in enumerate(figures.ages):
        if count:
            yield row(f"open-days-{days}" if days < len(figures.ages) - 1 else f"open-days-{days}-more", count)
    for reason, count in figures.reasons.items():
        yield row(f"late-{reason}", count)


def _percent(share: int | None) -> str | None:
    return None if share is None else percent(share).removesuffix("%")
