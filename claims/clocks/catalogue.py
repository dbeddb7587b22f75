"""A version of the clocks, and when a span of one ends. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Protocol

from claims.domain.table import Actor
from claims.domain.values import INSURERS_ZONE, day_of
from claims.wording import Words

CLOCKS: Final = (
    *("call-back", "triage", "review-block", "dispatch", "survey", "self-service", "assess", "verify", "adjudicate"),
    *("offer", "agreement", "answer-dispute", "quotation", "approve", "decide", "certain", "pay", "notify-refusal"),
    *("parts-order", "parts-delivery"),
)
"""Every clock that there is, in the order of the path. What each one runs from is `claims.clocks.deadlines`."""


class WorkingDays(Protocol):
    """Tells working days (`claims.clocks.days`)."""

    def is_working(self, day: date) -> bool: ...


@dataclass(frozen=True)
class Span:
    """How long a clock runs: so many seconds, or until the end of the `working_days`-th working day after."""

    seconds: int
    working_days: int


@dataclass(frozen=True)
class Clock:
    """One clock. `warn_seconds` before its end whoever acts is reminded. `statutory` names the clause, if the law
    sets it."""

    code: str
    owner: Actor
    span: Span
    warn_seconds: int
    statutory: str | None
    words: Words


@dataclass(frozen=True)
class Clocks:
    """A version of all clocks. `closing` is when a working day ends, in China."""

    version: str
    effective_from: date
    closing: time
    clocks: tuple[Clock, ...]

    def get(self, code: str) -> Clock:
        """Return a clock, which must be one of `CLOCKS`."""
        return next(one for one in self.clocks if one.code == code)


def end_of(span: Span, since: datetime, closing: time, days: WorkingDays) -> datetime:
    """Return when a span that began at `since` (timezone-aware) ends."""
    if not span.working_days:
        return since + timedelta(seconds=span.seconds)
    day, left = day_of(since), span.working_days
    while left:
        day += timedelta(days=1)
        left -= days.is_working(day)
    return datetime.combine(day, closing, INSURERS_ZONE)
