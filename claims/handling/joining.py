"""Two reports of one event: found by the policy and the time, and joined by a person in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.domain import commands as c
from claims.domain.values import ENDS
from claims.handling.allowed import require_allowed
from claims.handling.sight import require_seen, seen_by
from claims.models import ClaimRow
from claims.refusals import refused
from claims.service.office import Office
from esign.public.console import Caller, staff_actor
from esign.public.events import retried

NEAR: Final = timedelta(days=3)
"""So far apart two reports on one policy may say that it happened, to be shown beside one another."""
AT_MOST: Final = 10


@dataclass(frozen=True)
class Other:
    """Another open claim on the same policy, at about the same time."""

    id: str
    occurred_at: datetime
    reported_at: datetime
    state: str


def others_of(session: Session, who: Caller, row: ClaimRow) -> Sequence[Other]:
    """Return other claims that may report the same event, within the caller's sight, the nearest in time first."""
    near = ClaimRow.occurred_at.between(row.occurred_at - NEAR, row.occurred_at + NEAR)
    chosen = (
        select(ClaimRow)
        .where(ClaimRow.policy == row.policy, near, ClaimRow.id != row.id, seen_by(session, who))
        .where(ClaimRow.state.not_in([one.value for one in ENDS]))
        .order_by(ClaimRow.occurred_at)
        .limit(AT_MOST)
    )
    found = session.scalars(chosen).all()
    nearest = sorted(found, key=lambda one: abs(one.occurred_at - row.occurred_at))
    return [Other(one.id, one.occurred_at, one.reported_at, one.state) for one in nearest]


def join(office: Office, who: Caller, claim: str, into: str) -> None:
    """Join a claim to another one that reports the same event, and goes on. Again changes nothing.

    Raises `ClaimRefused`: `not-one-event` for a claim that is none of those which may report it.
    """

    def work(session: Session) -> None:
        for one in sorted((claim, into)):  # in one order, so that two who join at once wait for one another
            office.claims.hold(session, one)
        row, state = require_seen(session, who, claim), office.get(session, claim)
        if state.joined_into == into:
            return
        if into not in {one.id for one in others_of(session, who, row)}:
            raise refused("not-one-event")
        require_allowed(who, c.Join, state)
        now, actor = office.now(session, state), staff_actor(who.member)
        office.execute(session, claim, c.Join(at=now, into=into, by=who.member), actor=actor)
        office.execute(session, into, c.Absorb(at=now, other=claim, by=who.member), actor=actor)

    retried(office.house.database, work)
