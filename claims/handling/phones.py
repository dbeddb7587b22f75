"""Phones of surveyors: noted when a survey is taken on them, and reported lost.

A lost phone ends the sessions of whose it was, and counts no more: surveys that were taken on it are free for somebody
else, and whatever it sends is refused with the reason, also by somebody who logs in on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.domain import commands as c
from claims.domain.refusal import refusal
from claims.domain.values import ClaimState
from claims.handling.models import PhoneRow
from claims.models import ClaimRow
from claims.refusals import refused
from claims.service.office import Office
from esign.public.console import Caller, Role, end_sessions, institution_and_below, member_name, members_at, staff_actor
from esign.public.events import retried

LEADING = frozenset({Role.TEAM_LEAD, Role.CLAIMS_MANAGER})


@dataclass(frozen=True)
class Phone:
    """A phone, whose it is, and when it was used last; `is_this` marks the one that asks."""

    id: str
    name: str = field(repr=False)
    since: datetime
    used_at: datetime
    lost_at: datetime | None
    is_this: bool


def note_phone(session: Session, phone: str, member: str, *, at: datetime) -> None:
    """Note that somebody works on this phone. Raises `ClaimRefused` (`phone-revoked`) for one that was lost."""
    require_phone(session, phone)
    row = session.get(PhoneRow, phone)
    if row is None:
        session.add(PhoneRow(id=phone, member=member, since=at, used_at=at))
    else:
        row.member, row.used_at = member, max(row.used_at, at)
    session.flush()


def require_phone(session: Session, phone: str | None) -> None:
    """Raise `ClaimRefused` (`phone-revoked`) for a phone that was reported lost."""
    row = None if phone is None else session.get(PhoneRow, phone)
    if row is not None and row.lost_at is not None:
        raise refusal("phone-revoked")


class Phones:
    """Lists phones, and takes down that one is lost."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._house = office.house

    def of(self, who: Caller, this: str | None) -> Sequence[Phone]:
        """Return the caller's own phones; for who leads, those of all surveyors in their institution and below."""
        with self._house.database.reading() as session:
            members = self._members(session, who)
            chosen = select(PhoneRow).where(PhoneRow.member.in_(sorted(members))).order_by(PhoneRow.used_at.desc())
            return [
                Phone(
                    row.id,
                    member_name(session, self._house.records, row.member) or "",
                    row.since,
                    row.used_at,
                    row.lost_at,
                    row.id == this,
                )
                for row in session.scalars(chosen)
            ]

    def report_lost(self, who: Caller, phone: str) -> None:
        """Take down that a phone is lost: it is logged out, and surveys taken on it are free. Again changes nothing.

        Whoever reports their own stays logged in here. Raises `ClaimRefused` (`no-phone`) for one that the caller does
        not see.
        """

        def work(session: Session) -> list[str]:
            row = session.get(PhoneRow, phone, with_for_update=True)
            if row is None or row.member not in self._members(session, who):
                raise refused("no-phone")
            if row.lost_at is None:
                row.lost_at, row.lost_by = self._house.clock(), who.member
                end_sessions(session, row.member, but=who.session if row.member == who.member else None)
            surveying = (ClaimRow.surveyor == row.member) & (ClaimRow.state == ClaimState.SURVEYING.value)
            return list(session.scalars(select(ClaimRow.id).where(surveying)))

        for claim in retried(self._house.database, work):
            self._revoke(who, claim, phone)

    def _revoke(self, who: Caller, claim: str, phone: str) -> None:
        def work(session: Session) -> None:
            self._office.claims.hold(session, claim)
            state = self._office.get(session, claim)
            if state.survey is not None and state.survey.device == phone and not state.survey.done:
                now = self._office.now(session, state)
                command = c.RevokeDevice(at=now, device=phone, by=who.member)
                self._office.execute(session, claim, command, actor=staff_actor(who.member))

        retried(self._house.database, work)

    @staticmethod
    def _members(session: Session, who: Caller) -> set[str]:
        found = {who.member} if Role.SURVEYOR in who.roles else set()
        if not LEADING.isdisjoint(who.roles):
            found |= set(members_at(session, institution_and_below(session, who.institution), Role.SURVEYOR))
        return found
