"""Calls that customers wait for: each within two minutes, made by one person, who says whether they were reached."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims.board.moments import Moments
from claims.board.reach import in_reach, require_in_reach
from claims.clocks.catalogue import end_of
from claims.clocks.days import load_days
from claims.domain import Claim
from claims.domain import commands as c
from claims.domain.state import CallBack
from claims.domain.tracking_rules import CALL_HELD
from claims.domain.values import ClaimState
from claims.models import ClaimRow
from claims.refusals import refused
from claims.rules_in_force import clocks_of
from claims.service.office import Office
from esign.public.console import Caller, Role, member_name, staff_actor
from esign.public.rows import new_id

AGENTS: Final = frozenset({Role.HANDLER, Role.TEAM_LEAD})
"""Who answers and calls: they see the claims of their institution and below."""
SHOWN_AT_MOST: Final = 50
CALL_BACK: Final = "cbk"


@dataclass(frozen=True)
class Call:
    """A call that a customer waits for. `due` is when it has to be made, `left` what is left of that, negative where
    it is late; `by` is who makes it now."""

    claim: str
    callback: str
    state: str
    since: datetime
    due: datetime
    left: timedelta
    by: str | None = field(repr=False)
    is_mine: bool


class Calling:
    """Lists calls, and takes down who makes them."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._house = office.house

    def count(self, who: Caller) -> int:
        """Return how many calls wait: asked at every page of the console."""
        with self._house.database.reading() as session:
            waiting = select(func.count()).where(
                in_reach(session, who, roles=AGENTS), ClaimRow.callback_since.is_not(None)
            )
            return session.scalar(waiting) or 0

    def calls(self, who: Caller) -> list[Call]:
        """Return the calls that wait, the longest waiting first."""
        chosen = select(ClaimRow).where(ClaimRow.callback_since.is_not(None)).order_by(ClaimRow.callback_since)
        with self._house.database.reading() as session:
            moments = Moments.of(session, self._house)
            rows = session.scalars(chosen.where(in_reach(session, who, roles=AGENTS)).limit(SHOWN_AT_MOST))
            return [self._call(session, who, row, moments.of_client(row.client)) for row in rows]

    def open(self, session: Session, who: Caller, state: Claim, claim: str) -> Call | None:
        """Return the call of one claim that waits, None where none does."""
        row = session.get(ClaimRow, claim)
        if row is None or row.callback_since is None:
            return None
        return self._call(session, who, row, self._office.now(session, state))

    def ask(self, who: Caller, claim: str) -> None:
        """Have the customer called: somebody does so within two minutes. One call waits at a time."""

        def command(session: Session, state: Claim) -> c.Command:
            require_in_reach(session, who, claim, AGENTS)
            at = self._office.now(session, state)
            waiting = waiting_call(state)
            return c.AskCallBack(at=at, callback=new_id(CALL_BACK, at) if waiting is None else waiting.id)

        self._office.change(claim, command, actor=staff_actor(who.member))

    def take(self, who: Caller, claim: str) -> None:
        """Make the call oneself. Raises `ClaimRefused` (`call-back-taken`, `no-call-back`)."""

        def command(session: Session, state: Claim) -> c.Command:
            require_in_reach(session, who, claim, AGENTS)
            return c.TakeCallBack(at=self._office.now(session, state), callback=_waiting(state).id, by=who.member)

        self._office.change(claim, command, actor=staff_actor(who.member))

    def called(self, who: Caller, claim: str, *, reached: bool) -> None:
        """Take down that the caller called. Raises `ClaimRefused` (`no-call-back`, `call-not-yours`)."""

        def command(session: Session, state: Claim) -> c.Command:
            require_in_reach(session, who, claim, AGENTS)
            at, waiting = self._office.now(session, state), _waiting(state)
            if waiting.by not in (None, who.member) and _is_held(waiting, at):
                raise refused("call-not-yours")
            return c.RecordCalledBack(at=at, callback=waiting.id, reached=reached, by=who.member)

        self._office.change(claim, command, actor=staff_actor(who.member))

    def _call(self, session: Session, who: Caller, row: ClaimRow, now: datetime) -> Call:
        state = self._office.get(session, row.id)
        waiting = _waiting(state)
        clocks = clocks_of(state)
        due = end_of(clocks.get("call-back").span, waiting.since, clocks.closing, load_days())
        held = waiting.by if _is_held(waiting, now) else None
        return Call(
            claim=row.id,
            callback=waiting.id,
            state=row.state,
            since=waiting.since,
            due=due,
            left=due - now,
            by=None if held is None else member_name(session, self._house.records, held),
            is_mine=held == who.member,
        )


def waiting_call(state: Claim) -> CallBack | None:
    """Return the call that the customer waits for longest, None where they wait for none."""
    if state.state is ClaimState.JOINED:
        return None
    return next((one for one in state.callbacks if not one.done), None)


def _waiting(state: Claim) -> CallBack:
    found = waiting_call(state)
    if found is None:
        raise refused("no-call-waits")
    return found


def _is_held(call: CallBack, now: datetime) -> bool:
    return call.by is not None and call.taken_at is not None and now < call.taken_at + CALL_HELD
