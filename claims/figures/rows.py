"""Figures of claims as rows: by month, institution, tier and lane.

Times are minutes, begun ones whole, beyond a day whole hours in minutes; means are minutes with one digit. Amounts are
yuan with two digits, shares percent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from claims.figures.figures import Figures, Report
from claims.figures.stretches import class_names, score_names
from esign.public.figures import CountedSpread, FigureRow, csv_of_rows, percent_value


def rows_of(report: Report) -> Iterator[FigureRow]:
    """Yield every figure of the report."""
    yield from _figures("all", "", report.whole)
    for by, found in lots_of(report):
        for key, figures in found.items():
            yield from _figures(by, key, figures)


def lots_of(report: Report) -> tuple[tuple[str, Mapping[str, Figures]], ...]:
    """Return the figures by month, institution, tier and lane, each under its name."""
    return (
        ("month", {str(month): one for month, one in report.months.items()}),
        ("institution", report.institutions),
        ("tier", report.tiers),
        ("lane", report.lanes),
    )


def csv_of(report: Report) -> str:
    """Return the report as CSV."""
    return csv_of_rows(rows_of(report))


def minutes_value(seconds: int | None) -> str | None:
    """Return a mean in seconds as minutes with one digit, rounded half up."""
    if seconds is None:
        return None
    tenths = (seconds + 3) // 6
    return f"{tenths // 10}.{tenths % 10}"


def yuan_value(fen: int) -> str:
    """Return an amount in yuan."""
    return f"{fen // 100}.{fen % 100:02d}"


def _figures(by: str, of: str, figures: Figures) -> Iterator[FigureRow]:
    for name, value in (*_paid(figures), *_tools(figures), *_risk(figures)):
        yield FigureRow(by, of, figures.is_provisional, name, value)


Named = Iterator[tuple[str, int | str | None]]


def _paid(one: Figures) -> Named:
    yield "reported", one.reported
    yield from ((standing.value, count) for standing, count in one.standings.items())
    yield "joined", one.joined
    yield "paid-yuan", yuan_value(one.paid_fen)
    yield from _spread("report-to-payment", one.payment)
    yield "report-to-payment-fastest-minutes", one.fastest
    yield "report-to-payment-mean-minutes", minutes_value(one.mean_seconds)
    for name, count in zip(class_names(), one.classes, strict=True):
        yield f"report-to-payment-minutes-{name}", count
    yield "real-time", one.real_time
    yield "real-time-percent", percent_value(one.real_time_share)
    yield "real-time-mean-minutes", minutes_value(one.real_time_mean_seconds)
    yield "same-day", one.same_day
    yield "small-within-a-day", one.small_in_time
    yield "small-later", one.small_late
    yield "small-waiting", one.small_waiting
    yield "small-within-a-day-percent", percent_value(one.small_share)
    for step, spread in one.steps.items():
        yield from _spread(f"step-{step.value}", spread)
    yield from _spread("report-to-closing", one.closing)
    yield from _spread("report-to-closing-upto-10000", one.small_closing)


def _tools(one: Figures) -> Named:
    yield "by-tools", one.by_tools
    yield "by-tools-percent", percent_value(one.coverage)
    yield "by-staff", one.by_staff
    yield "by-phone", one.by_phone
    for tool, use in one.tools.items():
        yield f"tool-{tool}", use.claims
        yield f"tool-{tool}-forms", use.forms
        yield f"tool-{tool}-mean-minutes", minutes_value(use.mean_seconds)
    for act, count in one.phone.items():
        yield f"phone-{act}", count
    yield "calls-in-time", one.calls_in_time
    yield "calls-late", one.calls_late
    yield "calls-waiting", one.calls_waiting
    yield "calls-in-time-percent", percent_value(one.calls_share)
    for number, count in enumerate(one.stars, 1):
        yield f"stars-{number}", count
    tenths = one.mean_tenths_of_stars
    yield "stars-mean", None if tenths is None else f"{tenths // 10}.{tenths % 10}"


def _risk(one: Figures) -> Named:
    yield "unscored", one.unscored
    for name, count in zip(score_names(), one.scores, strict=True):
        yield f"score-{name}", count
    yield "hard-stops", one.hard_stops
    yield "blocked", one.blocked
    yield from ((f"blocked-{block.value}", count) for block, count in one.blocks.items())
    yield "overturned-percent", percent_value(one.overturned_share)
    yield "blocked-yuan", yuan_value(one.blocked_fen)
    yield "overturned-yuan", yuan_value(one.overturned_fen)
    yield "blocked-paid", one.blocked_paid
    yield "blocked-paid-yuan", yuan_value(one.blocked_paid_fen)
    for point, hits in one.hits.items():
        yield f"hit-{point}", hits.claims
        yield f"hit-{point}-blocked", hits.blocked
        yield f"hit-{point}-overturned", hits.overturned


def _spread(name: str, spread: CountedSpread) -> Named:
    yield f"{name}-count", spread.count
    yield f"{name}-median-minutes", spread.median
    yield f"{name}-ninth-minutes", spread.ninth
