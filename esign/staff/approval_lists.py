"""Requests in lists: what waits for the reader, what they asked for themselves, and all else that concerns them.

Lists are asked of the rows alone, a page at a time: however many somebody requests, a page costs what it shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select
from sqlalchemy.orm import Session

from esign.infra.database import Database
from esign.staff.actors import Caller
from esign.staff.domain.approvals import ApprovalState
from esign.staff.domain.roles import DECIDERS, ApprovalKind, Role
from esign.staff.models import ApprovalRow
from esign.staff.projection import read_tree
from esign.staff.rights import present, ties_of
from esign.staff.sessions import Sessions

OVERSEERS: Final = frozenset({Role.ADMIN, Role.COMPLIANCE, Role.AUDITOR})
"""Who sees every request of their institutions; others see their own, and those that they may decide."""


class Which(StrEnum):
    """A list; every request that concerns the reader is in one of them."""

    WAITING = "waiting"
    MINE = "mine"
    REST = "rest"


@dataclass(frozen=True)
class ListedApproval:
    """A request as a list shows it."""

    id: str
    kind: ApprovalKind
    subject: str
    state: ApprovalState
    requested_by: str
    requested_at: datetime
    expires_at: datetime
    decided_by: str | None


class ApprovalLists:
    """Reads lists of requests."""

    def __init__(self, database: Database, sessions: Sessions) -> None:
        self._database = database
        self._sessions = sessions

    def page(
        self, caller: Caller, which: Which, *, now: datetime, before: str | None = None, at_most: int = 50
    ) -> Sequence[ListedApproval]:
        """Return a part of a list, the latest first; of those older than `before`, if that is given.

        Raises `StaffRefused` (`session-over`).
        """
        with self._database.reading() as session:
            chosen = select(ApprovalRow).where(self._chosen(session, caller, which, now))
            if before is not None:
                chosen = chosen.where(ApprovalRow.id < before)
            rows = session.scalars(chosen.order_by(ApprovalRow.id.desc()).limit(at_most))
            return [
                ListedApproval(
                    row.id,
                    ApprovalKind(row.kind),
                    row.subject,
                    ApprovalState(row.state),
                    row.requested_by,
                    row.requested_at,
                    row.expires_at,
                    row.decided_by,
                )
                for row in rows
            ]

    def waiting(self, caller: Caller, *, now: datetime) -> int:
        """Return how many requests wait for the caller to decide. Raises `StaffRefused` (`session-over`)."""
        with self._database.reading() as session:
            chosen = self._chosen(session, caller, Which.WAITING, now)
            return session.scalar(select(func.count()).select_from(ApprovalRow).where(chosen)) or 0

    def ready(self, caller: Caller, *, now: datetime) -> int:
        """Return how many of the caller's own requests were agreed to and wait to be carried out.

        Raises `StaffRefused` (`session-over`).
        """
        with self._database.reading() as session:
            chosen = and_(
                self._chosen(session, caller, Which.MINE, now), ApprovalRow.state == ApprovalState.APPROVED.value
            )
            return session.scalar(select(func.count()).select_from(ApprovalRow).where(chosen)) or 0

    def _chosen(self, session: Session, caller: Caller, which: Which, now: datetime) -> ColumnElement[bool]:
        who = present(session, self._sessions, caller)
        within = ApprovalRow.institution.in_(sorted(read_tree(session).subtree(who.institution)))
        decides = [kind.value for kind, rules in DECIDERS.items() if not rules.decide.isdisjoint(who.roles)]
        waiting = and_(
            ApprovalRow.state == ApprovalState.REQUESTED.value,
            ApprovalRow.expires_at > now,
            ApprovalRow.kind.in_(decides) if who.factor.is_second else false(),
            ApprovalRow.subject != who.member,
            ApprovalRow.requested_by.not_in([who.member, *sorted(ties_of(session, who.member))]),
        )
        mine = and_(
            ApprovalRow.requested_by == who.member,
            ApprovalRow.expires_at > now,
            ApprovalRow.state.in_((ApprovalState.REQUESTED.value, ApprovalState.APPROVED.value)),
        )
        if which is Which.WAITING:
            return and_(within, waiting)
        if which is Which.MINE:
            return and_(within, mine)
        rest = and_(within, not_(waiting), not_(mine))
        if not OVERSEERS.isdisjoint(who.roles):
            return rest
        return and_(rest, or_(ApprovalRow.requested_by == who.member, ApprovalRow.kind.in_(decides)))
