"""The daily run by itself: on working days, from the named hour on, each print centre gets one run of what waits.

It is the same run that a print operator would begin: whoever begins one first has begun it, and it is begun once a day.
Files are made and kept for some days, so none is begun on a day on which nobody comes to print it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from delivery.domain.clocks import INSURERS_ZONE, day_of
from delivery.errors import DeliveryRefused
from delivery.models import DeliveryRow, PrintRunRow
from delivery.printing.runs import PrintRuns
from delivery.printing.terms import PrintTerms, load_terms
from delivery.service.deliveries import ACTOR
from delivery.service.routing import Routing
from esign.public.calendars import DayKind, WorkCalendar, load_calendar
from esign.public.events import retried
from esign.public.house import House
from esign.public.institutions import read_tree
from esign.public.rows import among, table_of
from esign.public.work import log_for

_SATURDAY: Final = 5
_ROWS: Final = table_of(DeliveryRow)
_log = log_for(__name__)


class DailyRuns:
    """Begins them; the work of a beat is `begin`."""

    def __init__(self, house: House, routing: Routing, runs: PrintRuns, terms: PrintTerms | None = None) -> None:
        self._house = house
        self._routing = routing
        self._runs = runs
        self._terms = terms or load_terms()

    def begin(self) -> int:
        """Begin the run of each print centre that has none today and for which something waited at the hour.

        Return how many were begun. Before the hour, on days off, and where the terms name no hour, none is. What is
        issued later in the day waits for the next run: a day's files do not grow while they are printed.
        """
        hour, now = self._terms.daily_run_hour, self._house.clock()
        here, today = now.astimezone(INSURERS_ZONE), day_of(now)
        if hour is None or here.hour < hour or not is_worked(today, load_calendar()):
            return 0
        opened = here.replace(hour=hour, minute=0, second=0, microsecond=0)
        with self._house.database.reading() as session:
            tree, centres = read_tree(session), self._routing.print_centres(session, today)
        open_centres = [one for one in sorted(centres) if not tree.institutions[one].closed]
        return sum(self._begin(one, today, opened) for one in open_centres)

    def _begin(self, centre: str, today: date, opened: datetime) -> bool:
        def work(session: Session) -> bool:
            self._runs.hold(session, centre)
            had = select(PrintRunRow.id).where(PrintRunRow.print_centre == centre, PrintRunRow.day == today).limit(1)
            if session.scalar(had) is not None:
                return False
            waiting = [delivery for delivery, _, _ in self._runs.waiting(session, centre)]
            since = select(func.min(_ROWS.c.since)).where(among(session, _ROWS.c.id, waiting))
            first = session.scalar(since) if waiting else None
            if first is None or first > opened:
                return False
            self._runs.begin_in(session, centre, by=None, actor=ACTOR)
            return True

        try:
            return retried(self._house.database, work)
        except DeliveryRefused as refused:  # one print centre that is hindered keeps no other from printing
            _log.failed("a daily print run was not begun", refused, record=centre)
            return False


def is_worked(day: date, calendar: WorkCalendar) -> bool:
    """Tell whether people come to work on a day; of a year that was not announced, Monday to Friday."""
    kind = calendar.kind_of(day)
    return day.weekday() < _SATURDAY if kind is DayKind.UNKNOWN else kind is DayKind.WORKDAY
