"""What is counted of a lot of claims: counts that can be added, taken away again, kept and read.

Nothing of it depends on the day at which it is read: a claim is counted from its report on, and anew with every event
that changes how it counts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, cast

from claims.figures.courses import Block, Call, Course, Standing
from claims.figures.stretches import (
    CALLED_WITHIN,
    CYCLE_FEN,
    REAL_TIME,
    SMALL_FEN,
    WITHIN_A_DAY,
    minutes_of,
    score_class,
)
from esign.public.figures import Month
from esign.public.rows import JsonValue

PAYMENT, CLOSING, SMALL_CLOSING = "payment", "closing", "closing-upto-10000"
"""Times that are told beside those of steps: report to payment, report to closing, and that up to 10,000 yuan."""
SMALL_IN_TIME, SMALL_LATE, SMALL_WAITING = "small-in-time", "small-late", "small-waiting"
CALLS_IN_TIME, CALLS_LATE, CALLS_WAITING = "calls-in-time", "calls-late", "calls-waiting"


class Key(NamedTuple):
    """The smallest lots that are told apart."""

    month: Month
    institution: str
    tier: str
    lane: str


@dataclass
class Tally:
    """`counts` are claims, amounts in fen and seconds, each under its name; `times` how often each number of minutes
    (`claims.figures.stretches.minutes_of`) was there."""

    counts: Counter[str] = field(default_factory=Counter)
    times: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))

    def count(self, course: Course, times: int = 1) -> None:
        """Count a claim as it stands; `times` is -1 to take it away as it was counted."""
        counts, standing = self.counts, course.standing
        counts[standing.value] += times
        if standing is Standing.JOINED:
            return
        if course.end is None:
            counts["running"] += times
        self._paid(course, times)
        self._risk(course, times)
        self._tools(course, times)
        for call in course.calls.values():
            counts[_called(call)] += times
        if course.stars is not None:
            counts[f"stars-{course.stars}"] += times

    def _paid(self, course: Course, times: int) -> None:
        counts, took = self.counts, course.took
        counts["fen-paid"] += times * course.paid_fen
        if not course.injured and 0 < course.fen <= SMALL_FEN:
            if took is not None:
                counts[SMALL_IN_TIME if minutes_of(took) <= WITHIN_A_DAY else SMALL_LATE] += times
            elif course.standing is Standing.OPEN:
                counts[SMALL_WAITING] += times
        if took is None:
            return
        counts["seconds"] += times * took
        if minutes_of(took) <= REAL_TIME:
            counts["real-time-seconds"] += times * took
        if course.is_same_day:
            counts["same-day"] += times
        self.times[PAYMENT][minutes_of(took)] += times
        for step, seconds in course.steps().items():
            self.times[step.value][minutes_of(seconds)] += times
        if course.closed_at is not None:
            minutes = minutes_of(course.closed_at - course.reported_at)
            self.times[CLOSING][minutes] += times
            if course.fen <= CYCLE_FEN:
                self.times[SMALL_CLOSING][minutes] += times

    def _risk(self, course: Course, times: int) -> None:
        counts, released = self.counts, course.block is Block.RELEASED
        counts["unscored" if course.score is None else f"score-{score_class(course.score)}"] += times
        for point in course.points:
            counts[f"hit-{point}"] += times
            if course.block is not None:
                counts[f"hit-blocked-{point}"] += times
            if released:
                counts[f"hit-overturned-{point}"] += times
        if course.hard_stop:
            counts["hard-stops"] += times
        if course.block is None:
            return
        counts[f"block-{course.block.value}"] += times
        counts["fen-blocked"] += times * course.fen
        if released:
            counts["fen-overturned"] += times * course.fen
        if course.paid_at is not None:
            counts["blocked-paid"] += times
            counts["fen-blocked-paid"] += times * course.paid_fen

    def _tools(self, course: Course, times: int) -> None:
        counts = self.counts
        for tool, (forms, seconds) in course.forms.items():
            counts[f"tool-{tool}"] += times
            counts[f"forms-{tool}"] += times * forms
            counts[f"seconds-{tool}"] += times * seconds
        for act in course.phone:
            counts[f"phone-{act}"] += times
        if course.forms:
            counts["by-staff"] += times
        if course.phone:
            counts["by-phone"] += times
        if course.forms or course.phone:
            counts["by-tools"] += times

    def add(self, other: Tally) -> None:
        """Add what another tally counted."""
        self.counts.update(other.counts)
        for name, times in other.times.items():
            self.times[name].update(times)

    def kept(self) -> JsonValue:
        """Return the counts as JSON, without what is zero."""
        times = {name: {str(at): n for at, n in one.items() if n} for name, one in self.times.items()}
        told = {
            "counts": {name: n for name, n in self.counts.items() if n},
            "times": {name: one for name, one in times.items() if one},
        }
        return cast("JsonValue", told)


def _called(call: Call) -> str:
    """Return the name under which a call is counted."""
    if call.made_at is None:
        return CALLS_WAITING
    return CALLS_IN_TIME if call.made_at - call.asked_at <= CALLED_WITHIN else CALLS_LATE


def key_of(course: Course) -> Key:
    """Return the lot that a claim belongs to."""
    return Key(course.month, course.institution, course.tier, course.lane)


def read_tally(kept: JsonValue) -> Tally:
    """Return the tally that was kept so."""
    told = cast("Mapping[str, Any]", kept)
    times = {name: Counter({int(at): n for at, n in one.items()}) for name, one in told["times"].items()}
    return Tally(Counter(told["counts"]), defaultdict(Counter, times))


STANDINGS: Final = tuple(one for one in Standing if one is not Standing.JOINED)
"""How claims stand that are counted; those that were joined to another one stand aside."""
