"""What the board shows: open claims of the caller's institutions, by step, most urgent first, and how many of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from claims.board.moments import Moments
from claims.board.reach import LEADERS, in_reach
from claims.board.steps import STEP_OF, BoardStep, states_of
from claims.domain.values import ENDS, ClaimState, Lane
from claims.figures.models import ClaimsLotRow
from claims.figures.reading import Choice, figures_of_service
from claims.models import ClaimRow
from claims.service.office import Office
from esign.public.console import Caller, member_names
from esign.public.figures import month_of, seconds_of
from esign.public.institutions import read_tree
from esign.public.people import name_of_institution

IN_A_STEP: Final = 40
SOON: Final = timedelta(hours=1)
_R = ClaimRow
_ENDED: Final = tuple(sorted(one.value for one in ENDS))
OPEN: Final[ColumnElement[bool]] = or_(_R.state.not_in(_ENDED), _R.next_due.is_not(None))


@dataclass(frozen=True)
class Case:
    """A claim on the board. `waited` is how long it is in its step, `age` since the report; `left` is what is left of
    its first clock, negative where that is over, None where none runs."""

    id: str
    state: str
    lane: str
    actor: str
    act: str
    clock: str | None
    fen: int
    handler: str | None = field(repr=False)
    waited: timedelta
    age: timedelta
    left: timedelta | None

    @property
    def urgency(self) -> str:
        """Return the class of its card: late, due within the hour, or neither."""
        if self.left is None:
            return ""
        return "late" if self.left <= timedelta() else "due" if self.left <= SOON else ""


@dataclass(frozen=True)
class Column:
    """A step: how many claims there are, how many of them late, and the most urgent ones."""

    step: BoardStep
    open: int
    late: int
    cases: tuple[Case, ...]

    @property
    def further(self) -> int:
        return self.open - len(self.cases)


@dataclass(frozen=True)
class Pace:
    """How quickly claims reported this month went: seconds from report to payment in the mean, the fastest in minutes,
    calls that were made, and the share of them within two minutes, in tenths of a percent. None of nothing."""

    mean: int | None
    fastest: int | None
    calls: int
    in_time: int | None


@dataclass(frozen=True)
class Board:
    """The whole, as it was at `at` (UTC). `blocked` wait for somebody to review the block, `calls` to be called."""

    at: datetime
    columns: tuple[Column, ...]
    late: int
    soon: int
    blocked: int
    calls: int
    month: Pace

    @property
    def open(self) -> int:
        return sum(one.open for one in self.columns)

    @property
    def version(self) -> str:
        """Return what changes when there is something else to see: each minute at least, since ages are shown."""
        shown = (self.columns, self.late, self.soon, self.blocked, self.calls, self.month)
        return sha256(repr(_in_minutes(shown)).encode()).hexdigest()[:24]


@dataclass(frozen=True)
class Team:
    """An institution that the caller reaches, its name, and how far below their own it is."""

    id: str
    name: str
    level: int


class BoardDesk:
    """Reads the board."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._house = office.house

    def teams(self, who: Caller) -> tuple[Team, ...]:
        """Return the institutions to choose from."""
        with self._house.database.reading() as session:
            return tuple(
                Team(one, name_of_institution(session, self._house.records, one), level)
                for one, level in read_tree(session).downwards(who.institution)
            )

    def board(self, who: Caller, *, team: str | None = None, urgent: bool = False) -> Board:
        """Return the board; of one institution and those below it, or of what is late or nearly so alone."""
        with self._house.database.reading() as session:
            moments = Moments.of(session, self._house)
            seen = self._seen(session, who, team)
            late, soon = moments.due_by(), moments.due_by(SOON)
            shown = seen & soon if urgent else seen
            counted = (
                select(_R.state, func.count(), func.count().filter(late), func.count().filter(soon))
                .where(shown)
                .group_by(_R.state)
            )
            counts = {state: (every, past, near) for state, every, past, near in session.execute(counted)}
            waiting = select(
                func.count().filter(_R.act == "review-block"), func.count().filter(_R.callback_since.is_not(None))
            ).where(seen)
            blocked, calls = session.execute(waiting).one()
            columns = self._columns(session, moments, shown, counts)
            past = sum(one[1] for one in counts.values())
            near = sum(one[2] for one in counts.values())
            pace = self._pace(session, who, team, moments)
            return Board(moments.now, columns, past, near - past, int(blocked), int(calls), pace)

    def cases(self, who: Caller, *, team: str | None = None, at_most: int) -> tuple[Case, ...]:
        """Return the most urgent open claims, whatever their step."""
        with self._house.database.reading() as session:
            moments = Moments.of(session, self._house)
            rows = self._rows(session, self._seen(session, who, team), at_most)
            return self._cases(rows, moments, self._names(session, rows))

    def late(self, who: Caller) -> int:
        """Return how many are late: asked at every page of the console."""
        with self._house.database.reading() as session:
            moments = Moments.of(session, self._house)
            counted = select(func.count()).where(self._seen(session, who, None), moments.due_by())
            return session.scalar(counted) or 0

    def _seen(self, session: Session, who: Caller, team: str | None) -> ColumnElement[bool]:
        seen = in_reach(session, who, roles=LEADERS) & OPEN
        return seen if team is None else seen & _R.institution.in_(sorted(read_tree(session).subtree(team)))

    def _pace(self, session: Session, who: Caller, team: str | None, moments: Moments) -> Pace:
        """Return the pace of this month as the page of figures tells it, of the same institutions."""
        within = [in_reach(session, who, ClaimsLotRow.institution, LEADERS)]
        if team is not None:
            within.append(ClaimsLotRow.institution.in_(sorted(read_tree(session).subtree(team))))
        month = month_of(seconds_of(moments.now))
        whole = figures_of_service(session, Choice(month=month), within).whole
        return Pace(whole.mean_seconds, whole.fastest, whole.calls, whole.calls_share)

    def _columns(
        self,
        session: Session,
        moments: Moments,
        shown: ColumnElement[bool],
        counts: Mapping[str, tuple[int, int, int]],
    ) -> tuple[Column, ...]:
        """Return the columns; who handles the cases in all of them is read at once."""
        found: dict[BoardStep, tuple[int, int, Sequence[ClaimRow]]] = {}
        for step in BoardStep:
            states = states_of(step)
            every, past = (sum(counts.get(state, (0, 0, 0))[which] for state in states) for which in (0, 1))
            rows = self._rows(session, shown & _R.state.in_(states), IN_A_STEP) if every else ()
            found[step] = every, past, rows
        names = self._names(session, [row for _, _, rows in found.values() for row in rows])
        return tuple(
            Column(step, every, past, self._cases(rows, moments, names)) for step, (every, past, rows) in found.items()
        )

    @staticmethod
    def _rows(session: Session, chosen: ColumnElement[bool], at_most: int) -> Sequence[ClaimRow]:
        ordered = select(_R).where(chosen).order_by(_R.next_due.is_(None), _R.next_due, _R.id).limit(at_most)
        return session.scalars(ordered).all()

    def _names(self, session: Session, rows: Sequence[ClaimRow]) -> Mapping[str, str]:
        return member_names(session, self._house.records, {row.handler for row in rows if row.handler is not None})

    @staticmethod
    def _cases(rows: Sequence[ClaimRow], moments: Moments, names: Mapping[str, str]) -> tuple[Case, ...]:
        return tuple(_case(row, moments, names) for row in rows)


def _case(row: ClaimRow, moments: Moments, names: Mapping[str, str]) -> Case:
    now = moments.of_client(row.client)
    return Case(
        id=row.id,
        state=row.state,
        lane=row.lane,
        actor=row.actor,
        act=row.act,
        clock=row.clock,
        fen=row.fen,
        handler=None if row.handler is None else names[row.handler],
        waited=now - row.since,
        age=now - row.reported_at,
        left=None if row.next_due is None else row.next_due - now,
    )


def step_of(row: ClaimRow) -> BoardStep:
    """Return the step in which the board shows a claim."""
    return STEP_OF[ClaimState(row.state)]


def is_blocked(row: ClaimRow) -> bool:
    return row.lane == Lane.BLOCKED.value


def _in_minutes(shown: object) -> object:
    """Return the same with times in whole minutes."""
    if isinstance(shown, timedelta):
        return shown // timedelta(minutes=1)
    if isinstance(shown, Case):
        return tuple(_in_minutes(value) for value in vars(shown).values())
    if isinstance(shown, Column):
        return (shown.step, shown.open, shown.late, _in_minutes(shown.cases))
    if isinstance(shown, Sequence) and not isinstance(shown, str):
        return tuple(_in_minutes(one) for one in shown)
    return shown
