"""What the people of paper see first: the print operator, the relay station, the outlet's clerk. Most urgent first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from delivery.domain.clocks import day_of
from delivery.domain.parcel import ParcelState
from delivery.domain.values import DeliveryState
from delivery.models import DeliveryRow, ParcelRow, PrintFile, PrintLine, PrintRunRow
from delivery.printing.parcels import label_of
from delivery.printing.runs import PrintRuns, Progress
from delivery.service.routing import Routing
from esign.public.console import member_name
from esign.public.house import House
from esign.public.people import name_of_institution
from esign.public.rows import among, table_of

S = DeliveryState
AT_CENTRE: Final = (S.PRINTED, S.BOUND, S.CHECKED, S.PACKED)
ON_THE_WAY: Final = (S.UNDERWAY.value, S.AT_RELAY.value)
RUN_DAYS: Final = 7
SHOWN: Final = 200
_ROWS: Final = table_of(DeliveryRow)


@dataclass(frozen=True)
class Waiting:
    """A policy that waits for somebody: `days_left` to its day 15, below 0 where that is over."""

    policy: str
    state: str
    days_left: int
    day: int
    since: datetime
    outlet: str
    salesperson: str = field(default="", repr=False)


@dataclass(frozen=True)
class FileLine:
    """A print file as the desk shows it; `erase_on` None is erased."""

    id: str
    outlet: str
    part: int
    policies: int
    pages: int
    taken_at: datetime | None
    erase_on: date | None


@dataclass(frozen=True)
class RunLine:
    """A run of the last days."""

    id: str
    day: date
    number: int
    progress: Progress
    files: Sequence[FileLine]
    troubles: Sequence[tuple[str, str]]
    """Policies that could not be put into a file, with the code of why."""


@dataclass(frozen=True)
class ParcelLine:
    id: str
    label: str
    outlet: str
    state: str
    policies: int
    since: datetime


@dataclass(frozen=True)
class PrintDesk:
    """`counts` are how many policies wait in each state; `to_pack` are outlets with policies that passed."""

    to_print: int
    counts: Mapping[str, int]
    urgent: Sequence[Waiting]
    runs: Sequence[RunLine]
    parcels: Sequence[ParcelLine]
    to_pack: Sequence[tuple[str, str, int]]


@dataclass(frozen=True)
class OutletDesk:
    """What comes to this institution, what waits here to go on, and what lies here for salespeople."""

    coming: Sequence[ParcelLine]
    to_forward: Sequence[ParcelLine]
    lying: Sequence[Waiting]
    salespeople: Sequence[tuple[str, str, int]]


class Desks:
    """Reads them."""

    def __init__(self, house: House, routing: Routing, runs: PrintRuns) -> None:
        self._house = house
        self._routing = routing
        self._runs = runs

    def centre(self, session: Session, centre: str) -> PrintDesk:
        """Return the desk of a print centre."""
        today = day_of(self._house.clock())
        served = sorted(self._routing.served_by(session, centre, today))
        own = (_ROWS.c.is_open, among(session, _ROWS.c.institution, served))
        found = select(DeliveryRow.state, func.count()).where(*own).group_by(DeliveryRow.state)
        counts = {str(state): int(number) for state, number in session.execute(found)}
        packing = (
            select(DeliveryRow.institution, func.count())
            .where(*own, DeliveryRow.state == S.CHECKED.value)
            .group_by(DeliveryRow.institution)
        )
        names: dict[str, str] = {}
        to_pack = [(str(one), self._place(session, names, one), int(n)) for one, n in session.execute(packing)]
        late = (*own, DeliveryRow.state.in_([one.value for one in (S.TO_PRINT, *AT_CENTRE)]))
        return PrintDesk(
            to_print=len(self._runs.waiting(session, centre)),
            counts=counts,
            urgent=self._waiting(session, names, today, *late, DeliveryRow.until < today),
            runs=self._run_lines(session, names, centre, today),
            parcels=self._parcels(session, names, centre),
            to_pack=sorted(to_pack, key=lambda one: -one[2]),
        )

    def outlet(self, session: Session, here: str) -> OutletDesk:
        """Return the desk of an outlet or relay station."""
        today = day_of(self._house.clock())
        names: dict[str, str] = {}
        lying = self._waiting(
            session,
            names,
            today,
            _ROWS.c.is_open,
            DeliveryRow.state == S.AT_OUTLET.value,
            DeliveryRow.institution == here,
        )
        people: dict[str, int] = {}
        for one in lying:
            people[one.salesperson] = people.get(one.salesperson, 0) + 1
        called = {one: member_name(session, self._house.records, one) for one in people}
        told = [Waiting(**{**vars(one), "salesperson": called[one.salesperson]}) for one in lying]
        return OutletDesk(
            coming=self._moving(session, names, DeliveryRow.state == S.UNDERWAY.value, DeliveryRow.about == here),
            to_forward=self._moving(session, names, DeliveryRow.state == S.AT_RELAY.value, DeliveryRow.about == here),
            lying=told,
            salespeople=[(one, called[one], number) for one, number in people.items()],
        )

    def missing(self, session: Session, parcel: str) -> Sequence[str]:
        """Return the numbers of policies of a parcel that were not scanned at its outlet yet."""
        chosen = select(DeliveryRow.policy).where(
            DeliveryRow.is_open, DeliveryRow.parcel == parcel, DeliveryRow.state.in_(ON_THE_WAY)
        )
        return [str(one) for one in session.scalars(chosen.order_by(DeliveryRow.policy))]

    def _waiting(
        self, session: Session, names: dict[str, str], today: date, *conditions: ColumnElement[bool]
    ) -> Sequence[Waiting]:
        chosen = select(DeliveryRow).where(*conditions).order_by(DeliveryRow.due_on, DeliveryRow.policy).limit(SHOWN)
        return [
            Waiting(
                str(row.policy),
                row.state,
                (row.due_on - today).days,
                (today - row.applied_on).days,
                row.since,
                self._place(session, names, row.institution),
                row.salesperson,
            )
            for row in session.scalars(chosen)
        ]

    def _run_lines(self, session: Session, names: dict[str, str], centre: str, today: date) -> Sequence[RunLine]:
        """Return the runs of the last days, and older ones of which a policy still waits: no other run takes it."""
        since = today - timedelta(days=RUN_DAYS)
        waiting = (
            select(PrintLine.run)
            .join(DeliveryRow, DeliveryRow.id == PrintLine.delivery)
            .where(PrintLine.file.is_(None), DeliveryRow.is_open, DeliveryRow.state == S.TO_PRINT.value)
        )
        recent = (PrintRunRow.day >= since) | PrintRunRow.id.in_(waiting)
        chosen = select(PrintRunRow).where(PrintRunRow.print_centre == centre, recent)
        chosen = chosen.order_by(PrintRunRow.day.desc(), PrintRunRow.number.desc())
        return [self.run_line(session, names, row) for row in session.scalars(chosen).all()]

    def run_line(self, session: Session, names: dict[str, str], row: PrintRunRow) -> RunLine:
        """Return a run with its files and what could not be put into one."""
        files = session.scalars(
            select(PrintFile).where(PrintFile.run == row.id).order_by(PrintFile.outlet, PrintFile.part)
        ).all()
        troubled = select(PrintLine.policy, PrintLine.trouble).where(
            PrintLine.run == row.id, PrintLine.trouble.is_not(None)
        )
        return RunLine(
            row.id,
            row.day,
            row.number,
            self._runs.progress(session, row.id),
            [
                FileLine(
                    one.id,
                    self._place(session, names, one.outlet),
                    one.part,
                    one.policies,
                    one.pages,
                    one.taken_at,
                    one.erase_on,
                )
                for one in files
            ],
            [(str(policy), str(code)) for policy, code in session.execute(troubled)],
        )

    def _parcels(self, session: Session, names: dict[str, str], centre: str) -> Sequence[ParcelLine]:
        open_ = select(ParcelRow).where(
            ParcelRow.print_centre == centre, ParcelRow.state != ParcelState.DISPATCHED.value
        )
        inside = select(DeliveryRow.parcel, func.count()).where(
            DeliveryRow.is_open, DeliveryRow.state == S.PACKED.value
        )
        counts = {parcel: int(n) for parcel, n in session.execute(inside.group_by(DeliveryRow.parcel))}
        return [
            ParcelLine(
                row.id,
                label_of(row.id),
                self._place(session, names, row.outlet),
                row.state,
                counts.get(row.id, 0),
                row.opened_at,
            )
            for row in session.scalars(open_.order_by(ParcelRow.opened_at)).all()
        ]

    def _moving(
        self, session: Session, names: dict[str, str], *conditions: ColumnElement[bool]
    ) -> Sequence[ParcelLine]:
        """Return the parcels with policies of which this is so; those longest under way first."""
        grouped = (
            select(DeliveryRow.parcel, func.count(), func.min(DeliveryRow.since))
            .where(DeliveryRow.is_open, DeliveryRow.parcel.is_not(None), *conditions)
            .group_by(DeliveryRow.parcel)
            .order_by(func.min(DeliveryRow.since))
        )
        found = []
        for parcel, number, since in session.execute(grouped).all():
            row = session.get(ParcelRow, parcel)
            place = "" if row is None else self._place(session, names, row.outlet)
            found.append(ParcelLine(str(parcel), label_of(str(parcel)), place, "underway", int(number), since))
        return found

    def _place(self, session: Session, names: dict[str, str], institution: str) -> str:
        if institution not in names:
            names[institution] = name_of_institution(session, self._house.records, institution)
        return names[institution]
