"""Claims that nobody signed for, as matters: found by the insured, kept by the dated period, held, erased by two.

A claim is one from its report on, whatever is out to be signed; once an envelope has the signature, it is kept and
erased with that envelope (`claims.service.keeping`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.domain import Actor, next_moves
from claims.domain.state import Claim
from claims.domain.values import INSURERS_ZONE, day_of
from claims.keeping.erased_events import ERASURES, STREAM, claim_erased_event
from claims.keeping.files import claim_files
from claims.keeping.models import ErasedClaim
from claims.keeping.periods import Periods, periods_on, years_after, years_before
from claims.models import ClaimRow, MotorPolicyRow, MotorPolicyVersion
from claims.motor_policy import Insured, parse_motor_policy
from claims.pictures.models import PictureRow
from claims.refusing.models import NoticeRow
from claims.risk.index import ClaimIndex
from claims.selfservice.models import CustomerOf
from claims.service.keeping import OVER, records_of_claim, signed_in
from claims.service.streams import CLAIM, claim_streams
from esign.public.events import Trail, stream_version
from esign.public.keeping import Erased, Matter, Order, ReadDocument, Said, kept_elsewhere, subjects_held
from esign.public.people import (
    HeldFile,
    Person,
    PersonalRecords,
    RecordErased,
    SearchField,
    keep_person,
    normalise,
)
from esign.public.pictures import EvidenceError

FOUND_AT_MOST: Final = 1000
CLAIMS_AT_MOST: Final = 200
AT_ONCE: Final = 1000
CONTENT: Final = Said("报案、照片、定损和付款资料", "Report, photographs, assessment and payment")


class ClaimMatters:
    """The matters of the claims room, in the caller's session."""

    room: Final = "claims"
    prefix: Final = CLAIM

    def __init__(self, records: PersonalRecords) -> None:
        self._records = records
        self._claims = claim_streams()
        self._trail = Trail(ERASURES)

    def find(self, session: Session, name: str | None, phone: str | None) -> Sequence[str]:
        """Return the claims of people who are insured by this name and phone (or the one that is given), the newest
        first. By both, those on policies that have another phone of the same person, by the identity number, too."""
        covers = self._covers(session, name, phone)
        if not covers:
            return []
        numbers = select(MotorPolicyVersion.number).where(MotorPolicyVersion.record.in_(sorted(covers)))
        chosen = select(ClaimRow.id).where(ClaimRow.policy.in_(sorted(set(session.scalars(numbers)))))
        found = session.scalars(chosen.order_by(ClaimRow.id.desc()).limit(CLAIMS_AT_MOST)).all()
        return [one for one in found if (state := self._state(session, one)) and state.reported.cover in covers]

    def get(self, session: Session, matter: str, now: datetime) -> Matter | None:
        """Return until when a claim is kept: for the years of the period from its own end and that of its policy,
        whichever is later. One of which somebody still has to do something is not over."""
        row, state = session.get(ClaimRow, matter), self._state(session, matter)
        if row is None or state is None:
            return None
        periods, gone, over = periods_on(now), session.get(ErasedClaim, matter), is_over(state)
        return Matter(
            id=matter,
            name=Said(f"车险案件 {matter[-6:]}", f"Motor claim {matter[-6:]}"),
            content=CONTENT,
            institution=row.institution,
            is_over=over,
            until=self._until(session, row, periods) if over else None,
            demanded=True,
            source=Said(periods.source.zh, periods.source.en),
            erased_at=None if gone is None else gone.erased_at,
            envelope=signed_in(session, matter),
        )

    def person(self, session: Session, matter: str) -> Person | None:
        """Return the insured as the policy had them when it was reported, None where that was erased, or they have no
        phone that a message could reach."""
        state = self._state(session, matter)
        insured = None if state is None else self._insured(session, state.reported.cover)
        if insured is None:
            return None
        try:
            return Person(insured.name, insured.phone, insured.id_number)
        except EvidenceError:
            return None

    def addressee(self, session: Session, matter: str, now: datetime) -> str | None:
        """Return whom links about the claim reach; a claim that was reported without a phone page has one from now on.
        None for one that was erased, of which nothing new is kept."""
        known, person = session.get(CustomerOf, matter), self.person(session, matter)
        if person is None or session.get(ErasedClaim, matter) is not None:
            return None
        if known is not None:
            return None if self._records.is_erased(session, known.person) else known.person
        record = keep_person(self._records, session, person, now=now)
        session.add(CustomerOf(claim=matter, person=record))
        session.flush()
        return record

    def files(self, session: Session, matter: str, read: ReadDocument) -> Sequence[HeldFile]:
        """Return what the claim keeps on the insured."""
        row, state = session.get(ClaimRow, matter), self._state(session, matter)
        if row is None or state is None:
            return ()
        return list(claim_files(session, self._records, row, state, read))

    def lock(self, session: Session, matter: str) -> None:
        """Keep every other command from the claim until the end of the transaction."""
        self._claims.hold(session, matter)

    def due(self, session: Session, now: datetime, at_most: int) -> Sequence[str]:
        """Return claims whose time is over, that nobody signed for and that are not held, by id."""
        found: list[str] = []
        after = ""
        while len(found) < at_most:
            page = self.over(session, now, after)
            found += [one for one in page if signed_in(session, one) is None]
            if len(page) < AT_ONCE:
                break
            after = page[-1]
        return found[:at_most]

    def over(self, session: Session, now: datetime, after: str = "") -> Sequence[str]:
        """Return claims whose time is over, by id from `after` on, also those that an envelope has: ended, not held,
        not erased yet, their end and that of the policy both longer ago than the period."""
        last = years_before(day_of(now), periods_on(now).claim_years)
        moment = datetime.combine(last, time.min, INSURERS_ZONE)
        gone = select(ErasedClaim.claim).where(ErasedClaim.claim == ClaimRow.id).exists()
        chosen = select(ClaimRow.id).join(MotorPolicyRow, MotorPolicyRow.number == ClaimRow.policy)
        chosen = chosen.where(ClaimRow.id > after, ClaimRow.state.in_(sorted(OVER)), ~gone)
        chosen = chosen.where(ClaimRow.since < moment, MotorPolicyRow.ends_on < last)
        chosen = chosen.where(ClaimRow.actor == Actor.NOBODY.value, ClaimRow.id.not_in(subjects_held()))
        return session.scalars(chosen.order_by(ClaimRow.id).limit(AT_ONCE)).all()

    def erase(self, session: Session, matter: str, order: Order, now: datetime) -> Erased:
        """Erase report, photographs, papers, payee and whatever else names people; the links by which it was compared
        with others go from the index. What was sealed in two people's words about it goes along. Amounts, codes and
        digests stay, for the figures and the trail."""
        if session.get(ErasedClaim, matter) is not None:
            return Erased(0)
        named = (*records_of_claim(session, matter), *kept_elsewhere(session, [matter]))
        left = [one for one in dict.fromkeys(named) if not self._records.is_erased(session, one)]
        for record in left:
            self._records.erase(session, record, at=now)
        ClaimIndex(session).forget(matter)
        session.add(ErasedClaim(claim=matter, erased_at=now))
        told = claim_erased_event(matter, order, periods_on(now).version, len(left))
        version = stream_version(session, STREAM)
        self._trail.append(session, STREAM, version, [told], actor=order.actor, time=now)
        return Erased(len(left), tuple(_blobs(session, matter)))

    def _covers(self, session: Session, name: str | None, phone: str | None) -> set[str]:
        """Return the records of policies that insure whoever is asked for."""
        asked = ((SearchField.NAME, name), (SearchField.PHONE, phone))
        typed = [(kind, value) for kind, value in asked if value is not None and normalise(kind, value)]
        found = self._indexed(session, typed)
        if not found or len(typed) < len(asked):
            return found
        # Whoever had another phone once is the same by the identity number.
        versions = session.scalars(
            select(MotorPolicyVersion.record).where(MotorPolicyVersion.record.in_(sorted(found)))
        ).all()
        insured = [one for record in versions if (one := self._insured(session, record)) is not None]
        for name_of, number in {(one.name, one.id_number) for one in insured if one.id_number is not None}:
            found |= self._indexed(session, [(SearchField.NAME, name_of), (SearchField.ID_NUMBER, str(number))])
        return found

    def _indexed(self, session: Session, asked: Sequence[tuple[SearchField, str]]) -> set[str]:
        sets = [set(self._records.index.find(session, kind, value, at_most=FOUND_AT_MOST)) for kind, value in asked]
        return set.intersection(*sets) if sets else set()

    def _insured(self, session: Session, cover: str) -> Insured | None:
        try:
            return parse_motor_policy(self._records.read(session, cover)).insured
        except RecordErased:
            return None

    def _state(self, session: Session, claim: str) -> Claim | None:
        return self._claims.read(session, claim).state

    def _until(self, session: Session, row: ClaimRow, periods: Periods) -> date:
        policy = session.get(MotorPolicyRow, row.policy)
        ended = day_of(row.since)
        last = ended if policy is None else max(ended, policy.ends_on)
        return years_after(last, periods.claim_years)


def is_over(state: Claim) -> bool:
    """Tell whether a claim has ended, and nobody has anything to do about it, such as a recovery."""
    return state.ended and all(move.actor is Actor.NOBODY for move in next_moves(state))


def _blobs(session: Session, claim: str) -> list[str]:
    """Return where the photographs and notices of a claim are, that nobody can open any more."""
    return [
        blob
        for model in (PictureRow, NoticeRow)
        for blob in session.scalars(select(model.blob).where(model.claim == claim))
    ]
