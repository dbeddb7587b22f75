"""The work list: claims that somebody has to do something about, the most urgent first, in pages by key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session

from claims.alarms.texts import SPOKEN_LETTERS
from claims.clocks.files import load_clocks
from claims.domain.values import ENDS, ClaimState, Lane, day_of
from claims.handling.sight import seen_by
from claims.limits.files import load_limits
from claims.models import ClaimRow, MotorPolicyRow
from claims.motor_policy import MotorPolicy, parse_motor_policy
from claims.service.office import Office
from claims.sheets import in_force
from claims.wording import Words
from esign.public.console import Caller, Role, member_names

ON_A_PAGE: Final = 40
SOON_SECONDS: Final = 1800
"""What ends within half an hour is shown as urgent."""


class Show(StrEnum):
    """Which claims the list shows."""

    MINE = "mine"
    FREE = "free"
    """Nobody handles, or surveys, them yet."""
    ALL = "all"
    LATE = "late"
    BLOCKED = "blocked"
    VIP = "vip"


@dataclass(frozen=True)
class Line:
    """A claim in the list. `due` is when its first clock ends and `left` how many seconds that is from now, both None
    where no clock runs; codes are those of the row. `car` is the plate, None where the policy's record is erased."""

    id: str
    policy: str
    car: str | None = field(repr=False)
    model: str | None
    state: str
    lane: str
    tier: Words | None
    actor: str
    act: str
    clock: Words | None
    due: datetime | None
    left: int | None
    fen: int
    injured: bool
    handler: str | None = field(repr=False)
    is_mine: bool
    is_free: bool

    @property
    def urgency(self) -> str:
        """`late`, `soon`, or nothing: the class by which it is shown."""
        if self.left is None:
            return ""
        return "late" if self.left <= 0 else "soon" if self.left <= SOON_SECONDS else ""


@dataclass(frozen=True)
class Listed:
    """A page of the list, and the key of the next one, None at the end."""

    lines: Sequence[Line]
    after: str | None


_R = ClaimRow
_OPEN: Final[ColumnElement[bool]] = _R.next_due.is_not(None) | _R.state.not_in([one.value for one in ENDS])
"""Also an ended one, while a clock runs: a refusal that nobody was told of, a customer who waits for a call."""


class WorkList:
    """Lists claims within the caller's sight."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._house = office.house

    def counts(self, who: Caller) -> Mapping[Show, int]:
        """Return how many there are of each kind."""
        with self._house.database.reading() as session:
            columns = [func.count().filter(self._shown(session, who, show)) for show in Show]
            found = session.execute(select(*columns).select_from(_R).where(seen_by(session, who), _OPEN)).one()
        return {show: int(found[number]) for number, show in enumerate(Show)}

    def urgent(self, who: Caller) -> int:
        """Return how many of the caller's own wait, with a clock that is over or soon will be."""
        with self._house.database.reading() as session:
            near = _R.next_due <= self._soon()
            chosen = select(func.count()).select_from(_R).where(seen_by(session, who), _mine(who), near)
            return int(session.scalar(chosen) or 0)

    def page(self, who: Caller, show: Show, *, lane: str | None = None, find: str = "", after: str = "") -> Listed:
        """Return a page of them after the key; `find` is the beginning of a policy's number, or of a claim's id: looked
        for among those that are over, too, since people ask about what was paid long ago."""
        with self._house.database.reading() as session:
            wanted = and_(
                seen_by(session, who),
                true() if find.strip() else _OPEN,
                self._shown(session, who, show),
                true() if lane is None else _R.lane == lane,
                _found(find),
            )
            rows = _rows(session, wanted, after)
            shown = rows[:ON_A_PAGE]
            handlers = {row.handler for row in shown if row.handler is not None}
            names = member_names(session, self._house.records, handlers)
            policies = self._policies(session, shown)
            lines = [self._line(session, who, row, policies.get(row.policy), names) for row in shown]
        return Listed(lines, _key(rows[ON_A_PAGE - 1]) if len(rows) > ON_A_PAGE else None)

    def _shown(self, session: Session, who: Caller, show: Show) -> ColumnElement[bool]:
        match show:
            case Show.MINE:
                return _mine(who)
            case Show.FREE:
                free = _R.handler.is_(None) if Role.SURVEYOR not in who.roles else _R.surveyor.is_(None)
                return free & _R.state.not_in([one.value for one in ENDS])
            case Show.LATE:
                return _R.next_due <= self._house.clocks.now(session, "")
            case Show.BLOCKED:
                return _R.lane == Lane.BLOCKED.value
            case Show.VIP:
                return _R.lane == Lane.VIP.value
        return true()

    def _soon(self) -> datetime:
        return datetime.fromtimestamp(self._house.clock().timestamp() + SOON_SECONDS, UTC)

    def _line(
        self, session: Session, who: Caller, row: ClaimRow, policy: MotorPolicy | None, names: Mapping[str, str]
    ) -> Line:
        day = day_of(row.reported_at)
        left = None
        if row.next_due is not None:
            left = int((row.next_due - self._house.clocks.now(session, row.client or "")).total_seconds())
        limits = in_force(load_limits(), day)
        return Line(
            id=row.id,
            policy=row.policy,
            car=None if policy is None else policy.car.plate,
            model=None if policy is None else policy.car.model,
            state=row.state,
            lane=row.lane,
            tier=next((one.words for one in limits.tiers if one.code == row.tier), None),
            actor=row.actor,
            act=row.act,
            clock=None if row.clock is None else in_force(load_clocks(), day).get(row.clock).words,
            due=row.next_due,
            left=left,
            fen=row.fen,
            injured=row.injured,
            handler=None if row.handler is None else names[row.handler],
            is_mine=who.member in (row.handler, row.surveyor),
            is_free=row.handler is None and row.state not in {one.value for one in ENDS},
        )

    def _policies(self, session: Session, rows: Sequence[ClaimRow]) -> Mapping[str, MotorPolicy]:
        """Return the policies of these claims by number, as they are registered now: a list reads no stream.

        All are read at once, in two questions to the database. What was erased is not there.
        """
        numbers = sorted({row.policy for row in rows})
        chosen = select(MotorPolicyRow.number, MotorPolicyRow.record).where(MotorPolicyRow.number.in_(numbers))
        records = {row.number: row.record for row in session.execute(chosen)}
        read = self._house.records.read_many(session, list(records.values()), leave_out_erased=True)
        return {number: parse_motor_policy(read[record]) for number, record in records.items() if record in read}


def _mine(who: Caller) -> ColumnElement[bool]:
    return or_(_R.handler == who.member, (_R.surveyor == who.member) & (_R.state == ClaimState.SURVEYING.value))


def _found(find: str) -> ColumnElement[bool]:
    """What was typed begins the number of policy or claim, or is the end by which people speak of a claim."""
    typed = find.strip()
    if not typed:
        return true()
    policy, claim = typed.upper(), typed.lower()
    choices = [_R.policy.startswith(policy, autoescape=True), _R.id.startswith(claim, autoescape=True)]
    if len(claim) == SPOKEN_LETTERS:
        choices.append(_R.id.endswith(claim, autoescape=True))
    return or_(*choices)


def _rows(session: Session, wanted: ColumnElement[bool], after: str) -> list[ClaimRow]:
    """Return the rows of a page and one more: first by the end of the first clock, then those of which none runs."""
    due, rows = _due_of(after), []
    if due is not None or not after:
        beyond = true() if due is None else or_(_R.next_due > due[0], and_(_R.next_due == due[0], _R.id > due[1]))
        chosen = select(_R).where(wanted, _R.next_due.is_not(None), beyond).order_by(_R.next_due, _R.id)
        rows = list(session.scalars(chosen.limit(ON_A_PAGE + 1)))
    if len(rows) <= ON_A_PAGE:
        last = after.removeprefix("-") if after.startswith("-") else ""
        chosen = select(_R).where(wanted, _R.next_due.is_(None), _R.id > last).order_by(_R.id)
        rows += session.scalars(chosen.limit(ON_A_PAGE + 1 - len(rows)))
    return rows


def _key(row: ClaimRow) -> str:
    """Return the key after which the next page begins: microseconds and id, or the id alone."""
    return f"-{row.id}" if row.next_due is None else f"{round(row.next_due.timestamp() * 1_000_000)}-{row.id}"


def _due_of(after: str) -> tuple[datetime, str] | None:
    """Return the key's moment and id, None for one of a claim without a clock, or no key of ours."""
    number, _, id = after.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) <= 17):
        return None
    whole, rest = divmod(int(number), 1_000_000)
    return datetime.fromtimestamp(whole, UTC).replace(microsecond=rest), id
