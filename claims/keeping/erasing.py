"""Claims without an envelope are erased when their time is over: by two people, each told by the trail.

A claim that was signed for falls with its envelope (`claims.service.keeping`). One that was agreed to by a code,
refused or withdrawn has none: its time is counted here. One under a legal hold stays. Invitations that made no claim go
by themselves; they are a copy of the policy's own data, made to send a link.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from claims.errors import ErasureRefused
from claims.keeping.matters import AT_ONCE, ClaimMatters, is_over
from claims.keeping.models import ErasedClaim
from claims.keeping.periods import periods_on
from claims.selfservice.models import InvitationToReport
from claims.service.keeping import signed_in
from claims.service.office import Office
from esign.public.events import retried
from esign.public.keeping import Order, is_held
from esign.public.people import member_record

REASON = "due-by-rules"


@dataclass(frozen=True)
class Erased:
    """How many claims and records went."""

    claims: int
    records: int


class Erasing:
    """Finds and erases what is over."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._house = office.house
        self._matters = ClaimMatters(office.house.records)

    def over(self, session: Session, now: datetime) -> Iterator[str]:
        """Yield claims whose time is over, by id: ended, not held, not erased yet, their end and that of the policy
        both longer ago than the period. One of which somebody still has to do something, such as a recovery, is not
        over, and one that was signed for is its envelope's."""
        after = ""
        while True:
            page = self._matters.over(session, now, after)
            yield from (claim for claim in page if signed_in(session, claim) is None)
            if len(page) < AT_ONCE:
                return
            after = page[-1]

    def count(self, now: datetime) -> int:
        """Return how many claims are over."""
        with self._house.database.reading() as session:
            return sum(1 for _ in self.over(session, now))

    def erase(self, *, by: str, approved_by: str, now: datetime) -> Erased:
        """Erase every claim that is over, each in a transaction of its own; doing it again erases what is left.

        Raises `ErasureRefused`: `own-approval`, `no-member` for an id that is no member of the staff.
        """
        self._require_two(by, approved_by)
        with self._house.database.reading() as session:
            found = list(self.over(session, now))
        gone = [one for claim in found if (one := self._erase(claim, by, approved_by, now)) is not None]
        return Erased(len(gone), sum(gone))

    def forget_invitations(self, session: Session, now: datetime) -> int:
        """Erase invitations that made no claim, and whom they reached; return how many. A cleaning."""
        last = now - timedelta(days=periods_on(now).invitation_days)
        row = InvitationToReport
        over = select(row).where(row.claim.is_(None), row.made_at < last).order_by(row.made_at).limit(AT_ONCE)
        found = session.scalars(over).all()
        for one in found:
            self._house.records.erase(session, one.person, at=now)
        session.execute(delete(row).where(row.id.in_([one.id for one in found])))
        return len(found)

    def _erase(self, claim: str, by: str, approved_by: str, now: datetime) -> int | None:
        """Erase one claim; return how many records went, None where it is not over any more, or held meanwhile."""

        def work(session: Session) -> int | None:
            self._matters.lock(session, claim)
            stays = not is_over(self._office.get(session, claim)) or is_held(session, claim)
            if stays or session.get(ErasedClaim, claim) is not None:
                return None
            return self._matters.erase(session, claim, Order(by, approved_by, REASON), now).records

        return retried(self._house.database, work)

    def _require_two(self, by: str, approved_by: str) -> None:
        if by == approved_by:
            raise ErasureRefused("own-approval", "one person asks and approves", "have a second person approve")
        with self._house.database.reading() as session:
            for one in (by, approved_by):
                if member_record(session, one) is None:
                    raise ErasureRefused("no-member", "an id is of no member of the staff", "give ids of accounts")
