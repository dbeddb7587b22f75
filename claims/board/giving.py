"""Claims are given to somebody else: by a team lead or manager, one or several at once, with a reason."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims.board.reach import LEADERS, require_in_reach
from claims.domain import Claim
from claims.domain import commands as c
from claims.domain.values import ENDS
from claims.errors import ClaimRefused
from claims.models import ClaimRow
from claims.refusals import refused
from claims.service.office import Office
from esign.public.console import Caller, Role, institution_and_below, member_name, members_at, staff_actor

REASONS: Final = ("away", "too-much", "knows-better", "customer-asked", "late")
"""Codes of why a claim is given to somebody else."""


@dataclass(frozen=True)
class Receiver:
    """A handler to whom a claim can be given, and how many open ones they have."""

    id: str
    name: str = field(repr=False)
    open: int


class Giving:
    """Gives claims."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._house = office.house

    def receivers(self, who: Caller) -> list[Receiver]:
        """Return the handlers at work in the caller's institution and below, whoever has least to do first."""
        with self._house.database.reading() as session:
            members = self._handlers(session, who)
            counted = (
                select(ClaimRow.handler, func.count())
                .where(ClaimRow.handler.in_(members), ClaimRow.state.not_in([one.value for one in ENDS]))
                .group_by(ClaimRow.handler)
            )
            open_ = {str(member): int(number) for member, number in session.execute(counted)}
            named = [
                Receiver(one, member_name(session, self._house.records, one), open_.get(one, 0)) for one in members
            ]
        return sorted(named, key=lambda one: (one.open, one.id))

    def give(self, who: Caller, claims: Collection[str], to: str, reason: str) -> Sequence[ClaimRefused]:
        """Give each of these claims to a handler; return what was refused of them, the others are given.

        Raises `ClaimRefused` (`no-receiver`, `no-giving-reason`, `no-claim`) where nothing is given.
        """
        if reason not in REASONS:
            raise refused("no-giving-reason")
        with self._house.database.reading() as session:
            if to not in self._handlers(session, who):
                raise refused("no-receiver")
            for claim in claims:
                require_in_reach(session, who, claim, LEADERS)
        wanting = []

        def command(session: Session, state: Claim) -> c.Command:
            return c.HandOver(at=self._office.now(session, state), to=to, reason=reason, by=who.member)

        for claim in dict.fromkeys(claims):
            try:
                self._office.change(claim, command, actor=staff_actor(who.member))
            except ClaimRefused as error:
                wanting.append(error)
        return wanting

    def _handlers(self, session: Session, who: Caller) -> tuple[str, ...]:
        return members_at(session, institution_and_below(session, who.institution), Role.HANDLER)
