"""The alarms as a manager sees them: those that nobody saw yet first, and what was done about the others."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from claims.alarms.hearing import acknowledge
from claims.alarms.models import AlarmRow
from claims.board.moments import Moments
from claims.board.reach import LEADERS, in_reach, require_in_reach
from claims.domain import Claim
from claims.domain import commands as c
from claims.domain import events as e
from claims.models import ClaimRow
from claims.refusals import refused
from claims.rules_in_force import deadlines_of
from claims.service.office import Office
from claims.service.projection import ClaimChange
from esign.public.console import Caller, Role, member_name, staff_actor
from esign.public.people import ERASED_TEXT, RecordErased
from esign.public.rows import new_id

ON_A_PAGE: Final = 50
WORDS_AT_MOST: Final = 500
MEASURES: Final = ("reassigned", "done-now", "customer-told", "waits-for-others", "rule-to-change")
"""Codes of what is done about a clock that broke."""
MANAGERS: Final = frozenset({Role.CLAIMS_MANAGER})
KIND: Final = "claim-words"


@dataclass(frozen=True)
class Alarm:
    """A clock that broke. `over` is how long before now it ended; `state` and `act` are where the claim is now, and
    `moved_on` tells that the clock is not among those that run any more."""

    claim: str
    clock: str
    due: datetime
    owner: str
    person: str | None = field(repr=False)
    over: timedelta
    told: int
    state: str
    actor: str
    act: str
    moved_on: bool
    seen_at: datetime | None
    seen_by: str | None = field(repr=False)
    measure: str | None
    words: str | None = field(repr=False)


class AlarmDesk:
    """Lists alarms, and takes down what is done about them."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._house = office.house

    def count(self, who: Caller) -> int:
        """Return how many alarms nobody saw yet: asked at every page of the console."""
        with self._house.database.reading() as session:
            waiting = select(func.count()).where(self._seen(session, who), AlarmRow.acknowledged_at.is_(None))
            return session.scalar(waiting) or 0

    def alarms(self, who: Caller, *, seen: bool, start: int = 0) -> list[Alarm]:
        """Return a page of them and one more where there are further ones: the oldest of those that nobody saw, or
        the newest of the others, first."""
        row = AlarmRow
        chosen = select(row, ClaimRow).join(ClaimRow, ClaimRow.id == row.claim)
        with self._house.database.reading() as session:
            chosen = chosen.where(self._seen(session, who), row.acknowledged_at.is_not(None) if seen else _UNSEEN)
            ordered = chosen.order_by(row.acknowledged_at.desc() if seen else row.due, row.claim, row.clock)
            moments = Moments.of(session, self._house)
            found = session.execute(ordered.offset(start).limit(ON_A_PAGE + 1)).all()
            return [self._alarm(session, moments, alarm, claim) for alarm, claim in found]

    def acknowledge(self, who: Caller, claim: str, clock: str, due: datetime, measure: str, words: str) -> None:
        """Take down that the caller saw an alarm, and what is done.

        Raises `ClaimRefused` (`no-measure`, `no-alarm`, `no-claim`).
        """
        written = words.strip()[:WORDS_AT_MOST]
        if measure not in MEASURES or not written:
            raise refused("no-measure")

        def command(session: Session, state: Claim) -> c.Command:
            require_in_reach(session, who, claim, MANAGERS)
            at = self._office.now(session, state)
            record = new_id("wrd", at)
            if (clock, due) not in state.acknowledged:
                self._house.records.keep(session, record, KIND, written.encode(), at=self._house.clock(), find_by=())
            return c.AcknowledgeAlarm(at=at, clock=clock, due=due, measure=measure, words=record, by=who.member)

        def beside(session: Session, change: ClaimChange) -> None:
            for event in change.events:
                if isinstance(event, e.AlarmAcknowledged):
                    acknowledge(session, claim, event)

        self._office.change(claim, command, actor=staff_actor(who.member), beside=beside)

    def _seen(self, session: Session, who: Caller) -> ColumnElement[bool]:
        return in_reach(session, who, AlarmRow.institution, LEADERS)

    def _alarm(self, session: Session, moments: Moments, row: AlarmRow, claim: ClaimRow) -> Alarm:
        records = self._house.records
        state = self._office.get(session, row.claim)
        return Alarm(
            claim=row.claim,
            clock=row.clock,
            due=row.due,
            owner=row.owner,
            person=None if row.person is None else member_name(session, records, row.person),
            over=moments.of_client(claim.client) - row.due,
            told=row.told,
            state=claim.state,
            actor=claim.actor,
            act=claim.act,
            moved_on=not any((one.clock, one.due) == (row.clock, row.due) for one in deadlines_of(state)),
            seen_at=row.acknowledged_at,
            seen_by=None if row.acknowledged_by is None else member_name(session, records, row.acknowledged_by),
            measure=row.measure,
            words=None if row.words is None else self._written(session, row.words),
        )

    def _written(self, session: Session, record: str) -> str:
        try:
            return self._house.records.read(session, record).decode()
        except RecordErased:
            return ERASED_TEXT


_UNSEEN: Final[ColumnElement[bool]] = AlarmRow.acknowledged_at.is_(None)
