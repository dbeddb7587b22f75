"""Figures of proposals as rows: by month, product, institution and channel. Times are seconds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from esign.public.figures import FigureRow, Spread, csv_of_rows, percent_value
from policy.figures.figures import Figures, Report
from policy.figures.steps import STEPS, Delivery


def rows_of(report: Report) -> Iterator[FigureRow]:
    """Yield every figure of the report."""
    yield from _figures("all", "", report.whole)
    lots: tuple[tuple[str, Mapping[str, Figures]], ...] = (
        ("month", {str(month): one for month, one in report.months.items()}),
        ("product", report.products),
        ("institution", report.institutions),
        ("channel", {channel.value: one for channel, one in report.channels.items()}),
    )
    for by, found in lots:
        for key, figures in found.items():
            yield from _figures(by, key, figures)


def csv_of(report: Report) -> str:
    """Return the report as CSV."""
    return csv_of_rows(rows_of(report))


def _figures(by: str, of: str, figures: Figures) -> Iterator[FigureRow]:
    def row(figure: str, value: int | str | None) -> FigureRow:
        return FigureRow(by, of, figures.is_provisional, figure, value)

    for name, count in (
        ("sent", figures.sent),
        ("signed", figures.signed),
        ("issued", figures.issued),
        ("open", figures.open),
    ):
        yield row(name, count)
    for name, spread in (
        ("sent-to-signed", figures.to_signed),
        ("signed-to-issued", figures.to_issued),
        ("sent-to-issued", figures.whole),
    ):
        yield row(f"{name}-median-seconds", spread.median)
        yield row(f"{name}-ninth-seconds", spread.ninth)
        for label, count in zip(class_names(spread), spread.classes, strict=True):
            yield row(f"{name}-hours-{label}", count)
    for mode, count in figures.modes.items():
        yield row(f"signatures-{mode.value}", count)
    yield row("signatures-remote-percent", percent_value(figures.remote_share))
    for delivery in Delivery:
        yield row(f"delivery-{delivery.value}", figures.deliveries[delivery])
    yield row("delivery-untold", figures.untold)
    yield row("delivery-electronic-percent", percent_value(figures.paperless_share))
    for step in STEPS:
        yield row(f"reached-{step.value}", figures.funnel[step])
    for end, steps in figures.ends.items():
        for step, count in steps.items():
            if count:
                yield row(f"ended-{end.value}-at-{step.value}", count)


def class_names(spread: Spread) -> list[str]:
    """Return what the classes of a spread are called: `under-1`, `1-2`, ..., `72-more`."""
    ends = spread.hours
    return [
        f"under-{ends[0]}",
        *(f"{low}-{high}" for low, high in pairwise(ends)),
        f"{ends[-1]}-more",
    ]
