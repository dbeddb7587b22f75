"""Courses heard from a trail event by event, as an exported one is read, without any database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from claims.figures.courses import Course
from claims.figures.figures import Report, report_of
from claims.figures.tallies import Key, Tally, key_of
from claims.figures.telling import CLAIM, TOLD, tell
from claims.service.streams import FORMS
from esign.public.events import Event
from esign.public.figures import seconds_of


class Told:
    """Takes down events in their order; `report` counts what was told so far."""

    def __init__(self) -> None:
        self.courses: dict[str, Course] = {}
        self._until: int | None = None

    def hear(self, event: Event) -> None:
        """Take down what an event tells; one of another room tells nothing."""
        if not event.stream.startswith(CLAIM):
            return
        at = seconds_of(event.time)
        self._until = at if self._until is None else max(self._until, at)
        if event.type in TOLD:
            course = tell(self.courses.get(event.stream), FORMS.vocabulary.current(event))
            if course is not None:
                self.courses[event.stream] = course

    def report(self, chosen: Callable[[Key], bool] = lambda _key: True) -> Report:
        """Return the figures of the lots that `chosen` lets through."""
        tallies: dict[Key, Tally] = defaultdict(Tally)
        for course in self.courses.values():
            key = key_of(course)
            if chosen(key):
                tallies[key].count(course)
        return report_of(tallies.items(), self._until)
