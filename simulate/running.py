"""One scenario from its first day to its last, measured on the way."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from delivery.domain.values import RouteWay
from delivery.figures.reading import figures_of_service
from esign.public.calendars import load_calendar
from simulate.chances import Dice
from simulate.days import DAYS, TAIL, day_at, days_of
from simulate.measuring import collecting_seldom, database_size, resident_memory, spent
from simulate.playing import Year
from simulate.sequencing import Beside, keeping_up, place_and_read
from simulate.service import SQLITE, Service, service
from simulate.telling import Mark, Played, progress_line

TOLD_EVERY: Final = 15.0
"""Seconds after which a line tells how far it is, where no month has ended meanwhile."""
MARKS: Final = 8
"""So many times, of equally many policies each, it is noted what was taken: time and memory grow by a line."""


@dataclass(frozen=True)
class Scenario:
    """How paper goes, whether anybody acts upon chases, how many policies, and where they are kept."""

    way: RouteWay
    chases: bool
    policies: int
    database: str
    seed: int

    @property
    def name(self) -> str:
        return f"{self.way.value}, chase {'on' if self.chases else 'off'}"

    @property
    def title(self) -> str:
        return f"{self.name}: {self.policies:,} policies on {self.database.partition(':')[0]}"


def play(scenario: Scenario, tell: Callable[[str], object]) -> Played:
    """Play the scenario in a service of its own; `tell` takes a line of progress. Raises what the service raises."""
    with service(scenario.database, scenario.way) as running, collecting_seldom():
        year = Year(
            *(running.house, running.branch, days_of(load_calendar()), Dice(scenario.seed), scenario.policies),
            chases=scenario.chases,
        )
        run = _Run(scenario, running, year, tell)
        before = spent(running.database)
        if scenario.database == SQLITE:
            run.play(None)
            place_and_read(running.database)
            processor = spent(running.database).own - before.own
        else:
            with keeping_up(running.url) as beside:
                run.play(beside)
                own = spent(running.database).own - before.own
            processor = own + beside.spent.own + beside.spent.server - before.server
        running.checkpoint()
        marks = (*run.marks, run.mark())
        with running.database.reading() as session:
            report = figures_of_service(session)
        return Played(scenario.name, year.counts, marks, processor, report)


class _Run:
    """The days of a scenario, with what was told and noted of them."""

    def __init__(self, scenario: Scenario, running: Service, year: Year, tell: Callable[[str], object]) -> None:
        self._scenario, self._running, self._year, self._tell = scenario, running, year, tell
        self._began = self._told_at = time.monotonic()
        self._beside: Beside | None = None
        self._highest = 0.0
        self.marks: list[Mark] = []

    def play(self, beside: Beside | None) -> None:
        """Play every day; a checkpoint covers each week."""
        self._beside = beside
        for day in range(DAYS + TAIL):
            self._year.play_day(day)
            if day % 7 == 6:
                self._end_week()
            self._look(day)

    def mark(self) -> Mark:
        """Return what was taken so far."""
        counts, seconds = self._year.counts, time.monotonic() - self._began
        self._highest = max(self._highest, self._memory())
        size = database_size(self._running.database)
        return Mark(counts.policies, counts.commands, seconds, self._highest, size)

    def _end_week(self) -> None:
        if self._beside is None:
            place_and_read(self._running.database)
        self._running.checkpoint()
        gc.collect()
        self._highest = max(self._highest, self._memory())

    def _look(self, day: int) -> None:
        """Note what was taken where another part of the policies is through; tell how far it is, now and then."""
        wanted, policies = self._scenario.policies, self._year.counts.policies
        if policies * MARKS >= wanted * (len(self.marks) + 1) and len(self.marks) < MARKS - 1:
            self.marks.append(self.mark())
        now, last = time.monotonic(), day + 1 == DAYS + TAIL
        if last or day_at(day + 1).day == 1 or now - self._told_at >= TOLD_EVERY:
            self._told_at = now
            counts, still = self._year.counts, self._year.open
            self._tell(progress_line(day_at(day), counts, still, wanted, now - self._began, self._memory()))

    def _memory(self) -> float:
        """Return the resident memory of the process that plays and of the one beside it, in MB."""
        return resident_memory() + (0.0 if self._beside is None else self._beside.memory)
