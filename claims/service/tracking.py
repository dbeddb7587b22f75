"""The sweep over clocks: who is reminded before one ends, and the manager told at once when it broke. Each once.

One indexed question finds the claims for which somebody has to be told something; they are told in batches.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select

from claims.clocks.deadlines import to_tell
from claims.domain import Claim
from claims.domain import commands as c
from claims.domain.values import ClaimState
from claims.errors import ClaimRefused
from claims.models import ClaimRow
from claims.rules_in_force import deadlines_of
from claims.service.office import ACTOR, Office
from esign.public.work import log_for

AT_ONCE: Final = 500
_log = log_for(__name__)


class Tracking:
    """Tells of clocks."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def sweep(self) -> int:
        """Tell of every clock that is nearly over, or over; return of how many claims something was told."""
        house, told = self._office.house, 0
        with house.database.reading() as session:
            ahead = house.clocks.ahead(session)
        now = house.clock()
        for client, by in ahead.items():
            told += self._sweep(now + by, client, ())
        return told + self._sweep(now, None, tuple(ahead))

    def _sweep(self, now: datetime, client: str | None, others: tuple[str, ...]) -> int:
        """Tell of clocks as one client sees the time, or all but some: in test mode a client moves its own."""
        chosen = select(ClaimRow.id).where(ClaimRow.look_at <= now).order_by(ClaimRow.look_at, ClaimRow.id)
        if client is not None:
            chosen = chosen.where(ClaimRow.client == client)
        elif others:
            chosen = chosen.where(ClaimRow.client.is_(None) | ClaimRow.client.not_in(others))
        told, last = 0, frozenset[str]()
        while True:
            with self._office.house.database.reading() as session:
                found = list(session.scalars(chosen.limit(AT_ONCE)))
            if not found or frozenset(found) == last:
                return told
            last = frozenset(found)
            told += self._tell(found, now)
            if len(found) < AT_ONCE:
                return told

    def _tell(self, claims: list[str], now: datetime) -> int:
        wanted: dict[str, tuple[c.Command, ...]] = {}
        with self._office.house.database.reading() as session:
            for claim in claims:
                commands = self._commands(self._office.get(session, claim), now)
                if commands:
                    wanted[claim] = commands
        if not wanted:
            return 0
        done = self._office.claims.change_many(
            self._office.house.database, wanted, actor=ACTOR, refusals=(ClaimRefused,)
        )
        for claim, refused in done.refused.items():
            _log.error("a clock could not be told of", record=claim, code=getattr(refused, "code", "unknown"))
        return len(done.changes)

    def _commands(self, state: Claim, now: datetime) -> tuple[c.Command, ...]:
        """Return what is told of; a price dispute that has stalled goes to the quotation desk with it."""
        told = to_tell(state, deadlines_of(state), now)
        stalled = any(isinstance(one, c.Alarm) and one.clock == "answer-dispute" for one in told)
        if stalled and state.state is ClaimState.DISPUTED and state.dispute is not None:
            return (*told, c.PassDispute(at=now, dispute=state.dispute.id))
        return told
