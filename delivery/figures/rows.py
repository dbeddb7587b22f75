"""Figures of deliveries as rows: by month, institution, channel and product. Times are hours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from delivery.figures.figures import Figures, Report
from esign.public.figures import FigureRow, csv_of_rows, percent_value


def rows_of(report: Report) -> Iterator[FigureRow]:
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
    return csv_of_rows(rows_of(report))


def _figures(by: str, of: str, figures: Figures) -> Iterator[FigureRow]:
    def row(figure: str, value: int | str | None) -> FigureRow:
        return FigureRow(by, of, figures.is_provisional, figure, value)

    rate = figures.rate
    yield row("rate-percent", percent_value(figures.rate_share))
    for name, count in (
        ("in-time", rate.in_time),
        ("late", rate.late),
        ("open", rate.open),
        ("left-out", rate.left_out),
    ):
        yield row(name, count)
    for way, count in figures.ways.items():
        yield row(f"receipts-{way.value}", count)
    yield row("receipts-self-percent", percent_value(figures.self_share))
    for leg, spread in figures.legs.items():
        yield row(f"{leg.value}-count", spread.count)
        yield row(f"{leg.value}-median-hours", spread.median)
        yield row(f"{leg.value}-ninth-hours", spread.ninth)
    for days, count in enumerate(figures.ages):
        if count:
            yield row(f"open-days-{days}" if days < len(figures.ages) - 1 else f"open-days-{days}-more", count)
    for reason, count in figures.reasons.items():
        yield row(f"late-{reason}", count)
