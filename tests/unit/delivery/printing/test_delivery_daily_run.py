"""The day's print run by itself: from its hour on, once, on days on which somebody comes to print it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from delivery.domain.clocks import INSURERS_ZONE, day_of
from delivery.domain.routes import SetRoute
from delivery.domain.values import RouteWay
from delivery.models import PrintRunRow
from delivery.printing import daily as daily_module
from delivery.printing.daily import DailyRuns, is_worked
from delivery.printing.runs import PrintRuns
from delivery.printing.terms import PrintTerms
from delivery.service.deliveries import Deliveries
from delivery.service.routing import Routing
from esign.public.calendars import WorkCalendar, load_calendar
from tests.print_shop import PrintShop
from tests.service import system_now
from tests.unit.staff.staff_office import OPERATOR

TERMS = PrintTerms(keep_days=7, policies_in_a_file=50, daily_run_hour=8)


@dataclass(frozen=True)
class Place:
    """A print centre and its outlet that no other test uses."""

    shop: PrintShop
    centre: str
    outlet: str

    def issue(self) -> None:
        self.shop.issue(outlet=self.outlet)

    def begin(self, now: datetime, terms: PrintTerms = TERMS) -> int:
        """Look for what is to be begun at a moment, as the service would; return how many runs there are in all."""
        house = replace(self.shop.house, clock=lambda: now)
        routing = _Alone(house, centre=self.centre)
        DailyRuns(house, routing, PrintRuns(Deliveries(house), routing, self.shop._link), terms).begin()
        with house.database.reading() as session:
            runs = select(PrintRunRow.id).where(PrintRunRow.print_centre == self.centre)
            return len(session.scalars(runs).all())


@dataclass(frozen=True)
class _Alone(Routing):
    """Sees no other print centre."""

    centre: str = ""

    def print_centres(self, session: Session, day: date) -> frozenset[str]:
        return super().print_centres(session, day) & {self.centre}


@pytest.fixture(scope="module")
def place(shop: PrintShop) -> Place:
    office, now = shop.insurer.console.office, system_now()
    centre = office.room.institutions.open(OPERATOR, "望潮印制中心", shop.outlet, now=office.now)
    outlet = office.room.institutions.open(OPERATOR, "望潮网点", shop.outlet, now=office.now)
    rule = SetRoute(at=now, institution=outlet, from_on=day_of(now), print_centre=centre, way=RouteWay.DIRECT)
    shop.routing.set(rule, actor="tests")
    return Place(shop, centre, outlet)


def at(days: int, hour: int) -> datetime:
    """Return an hour in China so many days from now."""
    return datetime.combine(day_of(system_now()) + timedelta(days=days), time(hour), UTC) - timedelta(hours=8)


@pytest.fixture(autouse=True)
def _always_worked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which day it is when tests run is of no matter."""
    monkeypatch.setattr(daily_module, "is_worked", lambda _day, _calendar: True)


def test_the_run_of_the_day_is_begun_once_from_its_hour_on(place: Place) -> None:
    place.issue()
    before = place.begin(at(1, 7))
    assert place.begin(at(1, 8)) == before + 1
    place.issue()  # waits for the next day's
    assert place.begin(at(1, 10)) == before + 1
    assert place.begin(at(2, 16)) == before + 2  # the worker stood still at the hour


def test_no_run_is_begun_where_nothing_waited_at_the_hour(place: Place) -> None:
    place.begin(at(3, 9))
    before = place.begin(at(0, 0))
    place.issue()
    now = system_now()
    hour = replace(TERMS, daily_run_hour=min(now.astimezone(INSURERS_ZONE).hour, 23))
    assert place.begin(now, hour) == before  # it came after the hour
    assert place.begin(at(4, 9), replace(TERMS, daily_run_hour=None)) == before


def test_nobody_prints_on_a_day_off_and_an_unknown_year_has_plain_weeks() -> None:
    calendar = load_calendar()
    assert not is_worked(date(2026, 10, 1), calendar)
    assert is_worked(date(2026, 10, 10), calendar)  # a Saturday that is worked
    assert is_worked(date(2031, 1, 3), WorkCalendar({}))
    assert not is_worked(date(2031, 1, 4), WorkCalendar({}))
