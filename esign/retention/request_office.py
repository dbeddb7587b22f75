"""People's requests as officers see them: what is due next, one with what it concerns, and the answer to it.

A request belongs to the lowest institution above all envelopes that it concerns; whoever reaches that sees it whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from esign.ceremony.erasing import Erased, Order
from esign.ceremony.models import EnvelopeRow
from esign.retention.answers import AnyPlan, Planned, PlannedMatter
from esign.retention.errors import refused
from esign.retention.models import PersonRequest
from esign.retention.office import OFFICERS, READERS, RetentionOffice
from esign.retention.people import Concerned, Told, find_recipients
from esign.retention.periods import day_of
from esign.retention.requests import Channel, Outcome, Request, RequestKind, State
from esign.staff.actors import Caller, name_of
from esign.staff.approvals import ApprovalFacts
from esign.staff.domain.roles import ApprovalKind
from esign.staff.reach import Reach

REASON: Final = "person-asked"
LISTED: Final = 100
SOON: Final = 5
"""So many days before a request is due it is told to be urgent."""


@dataclass(frozen=True)
class Shown:
    """A request with what its answer would do. `days_left` is negative where it is late."""

    request: Request
    planned: Sequence[Planned]
    days_left: int
    matters: Sequence[PlannedMatter] = ()

    @property
    def all_of_it(self) -> Sequence[AnyPlan]:
        return (*self.planned, *self.matters)

    @property
    def erases(self) -> bool:
        return any(one.erases for one in self.all_of_it)

    @property
    def restricts(self) -> bool:
        return any(one.restricted for one in self.all_of_it)

    @property
    def is_late(self) -> bool:
        return self.request.is_open and self.days_left < 0

    @property
    def is_soon(self) -> bool:
        return self.request.is_open and 0 <= self.days_left <= SOON


class RequestOffice:
    """Lists, enters and answers. Methods raise as those of `RetentionOffice`, and `RetentionRefused` (`no-request`)."""

    def __init__(self, office: RetentionOffice) -> None:
        self._office = office
        self._room = office.room

    def open_ones(self, caller: Caller) -> Sequence[Shown]:
        """Return what is to be answered, the most urgent first."""
        return self._listed(caller, State.RECEIVED)

    def answered(self, caller: Caller) -> Sequence[Shown]:
        """Return what was answered, the latest first."""
        return self._listed(caller, State.ANSWERED)

    def waiting(self, caller: Caller) -> int:
        """Return how many wait for an answer."""
        with self._office.database.reading() as session:
            chosen = _within(self._office.reach(session, caller, READERS))
            counted = select(func.count()).select_from(PersonRequest)
            return session.scalar(counted.where(chosen, PersonRequest.state == State.RECEIVED.value)) or 0

    def get(self, caller: Caller, request: str) -> Shown:
        """Return one, with what the rules lead to where it asks for erasure."""
        with self._office.database.reading() as session:
            return self._shown(session, self._one(session, caller, request, for_reading=True))

    def enter(self, caller: Caller, kind: RequestKind, told: Told) -> str:
        """Record a request that somebody made by letter, by phone, or at a counter; return its id.

        Raises `RetentionRefused` (`request-empty`, `request-open`).
        """
        now = self._office.clock()
        with self._office.database.transaction() as session:
            reach = self._office.reach(session, caller, OFFICERS)
            rows = find_recipients(session, self._room.records, name=told.name, phone=told.phone)
            reached = [Concerned(one.id, one.envelope) for one in rows if _reaches(session, reach, one.envelope)]
            matters = self._room.matters.find(session, name=told.name, phone=told.phone, now=now)
            return self._room.requests.receive(
                session,
                kind,
                told,
                reached,
                channel=Channel.OFFICER,
                by=caller.member,
                actor=name_of(caller),
                now=now,
                own_institution=caller.institution,
                matters=[one for one in matters if reach.sees(one.institution, None)],
            )

    def answer(self, caller: Caller, request: str, outcome: Outcome, words: str) -> None:
        """Answer by oneself: anything but an erasure that erases.

        Raises `RetentionRefused`: `erasure-needs-two`, `request-answered`, `answer-missing`.
        """
        now = self._office.clock()
        with self._office.database.transaction() as session:
            found = self._one(session, caller, request)
            by, actor = caller.member, name_of(caller)
            if found.kind is RequestKind.ERASURE and outcome is not Outcome.REFUSED:
                answers = self._room.erasure_answers
                answers.carry_out(session, found, words, None, by=by, actor=actor, now=now)
                return
            noted = found.kind is RequestKind.CORRECTION and outcome is Outcome.GRANTED
            corrected = [*(one.recipient for one in found.concerned), *found.matters] if noted else []
            requests = self._room.requests
            requests.answer(session, found, outcome, words, by=by, actor=actor, now=now, corrected=corrected)

    def ask_erasure(self, caller: Caller, request: str, words: str) -> str:
        """Ask a second person to agree to the erasure, and to the answer in these words; return the approval's id."""
        if not words.strip():
            raise refused("answer-missing")
        with self._office.database.reading() as session:
            found = self._one(session, caller, request)
            if not found.is_open:
                raise refused("request-answered")
        institution = found.institution or caller.institution
        return self._office.staff.approvals.request(
            caller,
            ApprovalKind.ERASURE,
            request,
            institution,
            reason=REASON,
            now=self._office.clock(),
            words=words.strip(),
        )

    def erase(self, caller: Caller, facts: ApprovalFacts) -> None:
        """Use the approval up: what the rules let go is erased, the rest restricted, and the person answered."""
        now, staff = self._office.clock(), self._office.staff

        def work(session: Session) -> Erased:
            found = self._one(session, caller, facts.approval.subject)
            place = found.institution or facts.approval.institution
            staff.approvals.consume(session, caller, facts.id, ApprovalKind.ERASURE, found.id, place, now=now)
            order = Order(caller.member, facts.approval.decided_by or "", REASON, actor=name_of(caller))
            answers = self._room.erasure_answers
            return answers.carry_out(
                session, found, facts.words or "", order, by=caller.member, actor=name_of(caller), now=now
            )

        self._room.retention.delete_blobs(staff.records.in_transaction(work))

    def _listed(self, caller: Caller, state: State) -> Sequence[Shown]:
        with self._office.database.reading() as session:
            chosen = _within(self._office.reach(session, caller, READERS))
            by_urgency = (PersonRequest.due_on, PersonRequest.id)
            latest_first = (PersonRequest.id.desc(),)
            rows = session.scalars(
                select(PersonRequest)
                .where(chosen, PersonRequest.state == state.value)
                .order_by(*(by_urgency if state is State.RECEIVED else latest_first))
                .limit(LISTED)
            ).all()
            today = day_of(self._office.clock())
            return [Shown(one, (), _days(today, one.due_on)) for one in self._room.requests.shown(session, rows)]

    def _shown(self, session: Session, found: Request) -> Shown:
        now = self._office.clock()
        asks = found.kind is RequestKind.ERASURE and found.is_open
        answers = self._room.erasure_answers
        planned = answers.plan(session, found, now=now) if asks else ()
        matters = answers.plan_matters(session, found, now=now) if asks else ()
        return Shown(found, planned, _days(day_of(now), found.due_on), matters)

    def _one(self, session: Session, caller: Caller, request: str, *, for_reading: bool = False) -> Request:
        reach = self._office.reach(session, caller, READERS if for_reading else OFFICERS)
        chosen = select(PersonRequest.id).where(PersonRequest.id == request, _within(reach))
        if session.scalar(chosen) is None:
            raise refused("no-request")
        return self._room.requests.get(session, request)


def _within(reach: Reach) -> ColumnElement[bool]:
    """Return what chooses the requests of the institutions in reach; those of none are for whoever reaches all."""
    within = PersonRequest.institution.in_(sorted(reach.institutions))
    return or_(within, PersonRequest.institution.is_(None)) if reach.unowned else within


def _reaches(session: Session, reach: Reach, envelope: str) -> bool:
    row = session.get(EnvelopeRow, envelope)
    return row is not None and reach.sees(row.institution, row.salesperson)


def _days(today: date, due_on: date) -> int:
    return (due_on - today).days
