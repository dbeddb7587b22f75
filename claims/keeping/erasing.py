"""Claims without an envelope are erased when their time is over: by two people, each told by the trail.

A claim that was signed for falls with its envelope (`claims.service.keeping`). One that was agreed to by a code,
refused or withdrawn has none: its time is counted here. Invitations that made no claim go by themselves; they are a
copy of the policy's own data, made to send a link.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from claims.domain import Actor, next_moves
from claims.domain.values import INSURERS_ZONE, day_of
from claims.errors import ErasureRefused
from claims.keeping.models import ErasedClaim
from claims.keeping.periods import Periods, load_periods, years_before
from claims.models import AgreementOf, ClaimRow, MotorPolicyRow
from claims.risk.index import ClaimIndex
from claims.selfservice.models import InvitationToReport
from claims.service.keeping import OVER, records_of_claim
from claims.service.office import Office
from claims.sheets import in_force
from esign.public.events import Event, EventType, Trail, Vocabulary, retried, stream_version
from esign.public.people import member_record

STREAM: Final = "claims-erasures"
ERASED: Final = EventType("claims.erased")
ERASURES: Final = Vocabulary((ERASED,))
AT_ONCE: Final = 1000


@dataclass(frozen=True)
class Erased:
    """How many claims and records went."""

    claims: int
    records: int


def claim_erased(session: Session, event: Event) -> Sequence[str]:
    """Name the records of a claim that an event says was erased: after a restore they go again."""
    return records_of_claim(session, str(event.payload["claim"]))


class Erasing:
    """Finds and erases what is over."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._house = office.house
        self._trail = Trail(ERASURES)

    def over(self, session: Session, now: datetime, after: str = "") -> list[str]:
        """Return claims whose time is over, by id from `after` on: ended, without an envelope, not erased yet, their
        end and that of the policy both longer ago than the period. One of which somebody still has to do something,
        such as a recovery, is not over."""
        last = years_before(day_of(now), periods_on(now).claim_years)
        moment = datetime.combine(last, time.min, INSURERS_ZONE)
        signed = select(AgreementOf.claim).where(AgreementOf.claim == ClaimRow.id).exists()
        gone = select(ErasedClaim.claim).where(ErasedClaim.claim == ClaimRow.id).exists()
        chosen = select(ClaimRow.id).join(MotorPolicyRow, MotorPolicyRow.number == ClaimRow.policy)
        chosen = chosen.where(ClaimRow.id > after, ClaimRow.state.in_(sorted(OVER)), ~signed, ~gone)
        chosen = chosen.where(ClaimRow.since < moment, MotorPolicyRow.ends_on < last)
        chosen = chosen.where(ClaimRow.actor == Actor.NOBODY.value)
        return list(session.scalars(chosen.order_by(ClaimRow.id).limit(AT_ONCE)))

    def count(self, now: datetime) -> int:
        """Return how many claims are over."""
        with self._house.database.reading() as session:
            found = self.over(session, now)
            total = len(found)
            while len(found) == AT_ONCE:
                found = self.over(session, now, found[-1])
                total += len(found)
        return total

    def erase(self, *, by: str, approved_by: str, now: datetime) -> Erased:
        """Erase every claim that is over, each in a transaction of its own; doing it again erases what is left.

        Raises `ErasureRefused`: `own-approval`, `no-member` for an id that is no member of the staff.
        """
        self._require_two(by, approved_by)
        claims = records = 0
        last = ""
        while True:
            with self._house.database.reading() as session:
                found = self.over(session, now, last)
            for claim in found:
                gone = self._erase(claim, by, approved_by, now)
                claims, records = claims + (gone is not None), records + (gone or 0)
            if not found:
                return Erased(claims, records)
            last = found[-1]

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
        """Erase one claim; return how many records went, None where it is not over any more."""

        def work(session: Session) -> int | None:
            self._office.claims.hold(session, claim)
            state = self._office.get(session, claim)
            nobody = all(move.actor is Actor.NOBODY for move in next_moves(state))
            if not state.ended or not nobody or session.get(ErasedClaim, claim) is not None:
                return None
            left = [one for one in records_of_claim(session, claim) if not self._house.records.is_erased(session, one)]
            for record in left:
                self._house.records.erase(session, record, at=now)
            ClaimIndex(session).forget(claim)
            session.add(ErasedClaim(claim=claim, erased_at=now))
            told = ERASED(claim=claim, by=by, approved_by=approved_by, rule=periods_on(now).version, records=len(left))
            version = stream_version(session, STREAM)
            self._trail.append(session, STREAM, version, [told], actor="operator", time=now)
            return len(left)

        return retried(self._house.database, work)

    def _require_two(self, by: str, approved_by: str) -> None:
        if by == approved_by:
            raise ErasureRefused("own-approval", "one person asks and approves", "have a second person approve")
        with self._house.database.reading() as session:
            for one in (by, approved_by):
                if member_record(session, one) is None:
                    raise ErasureRefused("no-member", "an id is of no member of the staff", "give ids of accounts")


def periods_on(now: datetime) -> Periods:
    """Return the periods in force at a moment. Raises `ClaimDataBroken`."""
    return in_force(load_periods(), day_of(now))
