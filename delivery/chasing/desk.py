"""Open deliveries as whoever works on them sees them: most urgent first, with who acts next, doing what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from delivery.chasing.sight import seen_by
from delivery.domain.clocks import RATE_DAYS, day_of
from delivery.domain.values import DeliveryState, Medium
from delivery.errors import DeliveryDataBroken
from delivery.models import DeliveryRow
from delivery.receipts.strays import open_strays
from delivery.service.deliveries import Deliveries
from delivery.service.notes import UNREADABLE_TEXT, read_note
from esign.public.console import Caller, Role, member_name
from esign.public.people import ERASED_TEXT, RecordErased

ON_A_PAGE: Final = 50
TROUBLE: Final = (
    DeliveryState.ADDRESS_WRONG,
    DeliveryState.CUSTOMER_AWAY,
    DeliveryState.REFUSED,
    DeliveryState.SIGNED_BY_OTHER,
)


class Show(StrEnum):
    """Which of them a list shows."""

    ALL = "all"
    LATE = "late"
    CHASED = "chased"
    TROUBLE = "trouble"
    UNISSUED = "unissued"
    COMPARE = "compare"
    PAPER = "paper"
    ELECTRONIC = "electronic"
    REASON = "reason"
    """Late, and nobody has said why."""
    SETTLE = "settle"
    """Signed after the end: somebody looks into it."""
    STRAY = "stray"
    """A receipt was signed that does not count: somebody talks to the customer. Open or not."""


_R = DeliveryRow
_OPEN: Final[ColumnElement[bool]] = _R.is_open.is_(True)
_SHOWN: Final[Mapping[Show, ColumnElement[bool]]] = {
    Show.ALL: _OPEN,
    Show.LATE: _OPEN & _R.late.is_(True),
    Show.CHASED: _OPEN & _R.chase.is_not(None) & _R.late.is_(False),
    Show.TROUBLE: _OPEN & (_R.state.in_([one.value for one in TROUBLE]) | _R.orphaned.is_(True)),
    Show.UNISSUED: _OPEN & (_R.state == DeliveryState.AWAITING_ISSUE.value),
    Show.COMPARE: _OPEN & (_R.state == DeliveryState.PHOTOGRAPHED.value),
    Show.PAPER: _OPEN & (_R.medium == Medium.PAPER.value),
    Show.ELECTRONIC: _OPEN & (_R.medium == Medium.ELECTRONIC.value),
    Show.REASON: _R.is_open.is_(False) & (_R.act == "explain-late"),
    Show.SETTLE: _R.is_open.is_(False) & (_R.state == DeliveryState.SIGNED_AFTER_END.value),
    Show.STRAY: open_strays(),
}
_SETTLED: Final = (Show.REASON, Show.SETTLE)
"""Lists of what is not open any more, and still wants somebody."""
OVERSEERS: Final = frozenset({Role.SUPERVISOR, Role.OPERATIONS})


@dataclass(frozen=True)
class Line:
    """A delivery in a list. `day` counts from the application, 1 on the day after it; `applicant` is None before the
    issue. `owner` and `act` are codes."""

    id: str
    policy: str | None
    proposal: str
    applicant: str | None = field(repr=False)
    day: int
    days_left: int
    due_on: date
    state: str
    owner: str
    act: str
    since: datetime
    until: date | None
    salesperson: str
    seller: str | None = field(repr=False)
    orphaned: bool
    chased: bool
    late: bool

    @property
    def ticks(self) -> tuple[bool, ...]:
        """Return the fifteen days, each with whether it is over or runs."""
        return tuple(number < self.day for number in range(RATE_DAYS))


@dataclass(frozen=True)
class SellerLine:
    """What one salesperson has open. `due_on` is the most urgent day."""

    id: str
    name: str | None = field(repr=False)
    open: int
    chased: int
    late: int
    orphaned: bool
    due_on: date


class Desk:
    """Lists open deliveries within the caller's sight."""

    def __init__(self, deliveries: Deliveries) -> None:
        self._deliveries = deliveries
        self._house = deliveries.house

    def today(self) -> date:
        return day_of(self._house.clock())

    def counts(self, who: Caller) -> Mapping[Show, int]:
        """Return how many there are of each kind."""
        with self._house.database.reading() as session:
            seen = seen_by(session, who)
            counts = _counted(session, [show for show in Show if show not in (*_SETTLED, Show.STRAY)], seen & _OPEN)
            counts |= {Show.STRAY: _strayed(session, seen)}
            if not OVERSEERS.isdisjoint(who.roles):
                counts |= _counted(session, _SETTLED, seen & _R.is_open.is_(False))
        return {show: counts.get(show, 0) for show in Show}

    def urgent(self, who: Caller) -> int:
        """Return how many are late or chased, and of how many a receipt strayed: asked at every page of the console, so
        of few rows."""
        with self._house.database.reading() as session:
            seen = seen_by(session, who)
            counts = _counted(session, (Show.LATE, Show.CHASED), seen & _OPEN)
            strayed = _strayed(session, seen & ~(_SHOWN[Show.LATE] | _SHOWN[Show.CHASED]))
        return sum(counts.values()) + strayed

    def lines(self, who: Caller, show: Show, *, seller: str | None = None, start: int = 0) -> list[Line]:
        """Return a page of them and one more where there are further ones, the most urgent first."""
        with self._house.database.reading() as session:
            of_seller = true() if seller is None else DeliveryRow.salesperson == seller
            chosen = select(DeliveryRow).where(seen_by(session, who), _SHOWN[show], of_seller)
            ordered = chosen.order_by(DeliveryRow.due_on, DeliveryRow.id).offset(start).limit(ON_A_PAGE + 1)
            rows = session.scalars(ordered).all()
            names: dict[str, str | None] = {}
            return [self._line(session, row, names) for row in rows]

    def sellers(self, who: Caller) -> list[SellerLine]:
        """Return who has something open, the most urgent first."""
        row = DeliveryRow
        with self._house.database.reading() as session:
            chosen = (
                select(
                    row.salesperson,
                    func.count(),
                    func.count().filter(_SHOWN[Show.CHASED]),
                    func.count().filter(_SHOWN[Show.LATE]),
                    func.count().filter(row.orphaned.is_(True)),
                    func.min(row.due_on),
                )
                .where(seen_by(session, who), _OPEN)
                .group_by(row.salesperson)
                .order_by(func.min(row.due_on), row.salesperson)
            )
            return [
                SellerLine(one, member_name(session, self._house.records, one), all_, chased, late, bool(left), due)
                for one, all_, chased, late, left, due in session.execute(chosen).all()
            ]

    def _line(self, session: Session, row: DeliveryRow, names: dict[str, str | None]) -> Line:
        if row.salesperson not in names:
            names[row.salesperson] = member_name(session, self._house.records, row.salesperson)
        today = self.today()
        return Line(
            id=row.id,
            policy=row.policy,
            proposal=row.proposal,
            applicant=applicant_name(self._deliveries, session, row),
            day=(today - row.applied_on).days,
            days_left=(row.due_on - today).days,
            due_on=row.due_on,
            state=row.state,
            owner=row.owner,
            act=row.act,
            since=row.since,
            until=row.until,
            salesperson=row.salesperson,
            seller=names[row.salesperson],
            orphaned=row.orphaned,
            chased=row.chase is not None,
            late=row.late,
        )


def _counted(session: Session, shows: Sequence[Show], among: ColumnElement[bool]) -> dict[Show, int]:
    columns = [func.count().filter(_SHOWN[show]) for show in shows]
    row = session.execute(select(*columns).select_from(DeliveryRow).where(among)).one()
    return {show: int(row[number]) for number, show in enumerate(shows)}


def _strayed(session: Session, among: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(DeliveryRow).where(_SHOWN[Show.STRAY], among)) or 0


def applicant_name(deliveries: Deliveries, session: Session, row: DeliveryRow) -> str | None:
    """Return the applicant's name for a list, None before the issue; or that it was erased, or cannot be read."""
    if row.note is None:
        return None
    try:
        return read_note(session, deliveries.house.records, row.note).applicant.name
    except RecordErased:
        return ERASED_TEXT
    except DeliveryDataBroken:  # it keeps no other from being listed
        return UNREADABLE_TEXT
