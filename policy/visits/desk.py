"""What compliance and operations see to: visits that nobody answered, and the concerns that answers raise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from esign.public.console import Caller, name_of
from esign.public.events import Event, read_stream
from esign.public.people import ERASED_TEXT, RecordErased
from esign.public.rows import new_id
from esign.public.values import Words
from policy.domain import Proposal as State
from policy.domain import commands as c
from policy.domain.refusal import broken, refusal
from policy.domain.state import Visit, find
from policy.domain.values import ProposalState, VisitWay, day_of
from policy.errors import PolicyDataBroken
from policy.models import ProposalRow, VisitOf
from policy.proposal import Party
from policy.refusals import refused
from policy.service.office import Office
from policy.service.projection import ProposalChange
from policy.service.sight import seen, within, words_of
from policy.visits.answers import Answers, digest_of, parse_answers
from policy.visits.questionnaires import Questionnaire, questionnaire

LISTED_AT_MOST: Final = 200
WORDS_AT_MOST: Final = 2000
NEAR: Final = timedelta(days=3)
"""So near its end a visit that nobody answered is one for the telephone."""
_NOTE_KIND: Final = "visit-note"
_NOTE: Final = "pvn"


class Show(StrEnum):
    """Which visits a list has."""

    CONCERNS = "concerns"
    NEAR = "near"
    LATE = "late"
    OPEN = "open"
    DONE = "done"


@dataclass(frozen=True)
class VisitLine:
    """A visit in a list; `is_own` tells that who looks sold the policy."""

    visit: str
    policy: str
    applicant: str = field(repr=False)
    product: Words
    ends_on: date
    reminded: bool
    answered_at: datetime | None
    in_time: bool | None
    way: VisitWay | None
    concerns: tuple[str, ...]
    is_own: bool


@dataclass(frozen=True)
class VisitSeen:
    """A visit as it is looked at. `answers` is None where none were handed in, or they were erased (`erased`).

    `applicant` is None where they were erased. `note` are the words of who saw to the concerns.
    """

    visit: Visit
    proposal: str
    salesperson: str
    policy: str
    product: Words
    applicant: Party | None = field(repr=False)
    questionnaire: Questionnaire
    ends_on: date
    today: date
    invited_at: datetime
    answered_at: datetime | None
    answered_by: str | None
    answers: Answers | None = field(repr=False)
    erased: bool
    seen_at: datetime | None
    seen_by: str | None
    note: str | None = field(repr=False)
    is_own: bool
    is_over: bool
    """Whether the policy has ended, so that nobody needs to answer any more."""


class VisitDesk:
    """Reads it, and does it, for a member of staff."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def lines(self, caller: Caller, show: Show) -> Sequence[VisitLine]:
        """Return the visits of a list, the most urgent first; what is done, the last answered first."""
        with self._office.house.database.reading() as session:
            rows = session.execute(self._chosen(session, caller, show).limit(LISTED_AT_MOST)).all()
            return [self._line(session, caller, visit, row) for visit, row in rows]

    def counts(self, caller: Caller) -> dict[Show, int]:
        """Return how many visits each list has, but for what is done."""
        with self._office.house.database.reading() as session:
            return {show: self._count(session, caller, show) for show in Show if show is not Show.DONE}

    def count(self, caller: Caller) -> int:
        """Return how many wait for somebody here: concerns, and visits to be made on the telephone."""
        with self._office.house.database.reading() as session:
            return sum(self._count(session, caller, show) for show in (Show.CONCERNS, Show.NEAR, Show.LATE))

    def one(self, caller: Caller, visit: str) -> VisitSeen:
        """Return one. Raises `PolicyRefused` (`no-visit`, `no-proposal`)."""
        with self._office.house.database.reading() as session:
            row = _row(session, visit)
            state = seen(self._office, session, caller, row.proposal)
            part = find(state.visits, visit)
            if part is None or state.policy is None or state.policy.hesitation_ends is None:
                raise broken("a visit is of no policy that was received")
            answered, closed = (
                _event(session, row.proposal, visit, type_) for type_ in ("visit.answered", "visit.seen-to")
            )
            answers, erased = self._answers(session, answered)
            return VisitSeen(
                visit=part,
                proposal=row.proposal,
                salesperson=state.salesperson,
                policy=state.policy.number,
                product=self._office.product(state).name,
                applicant=self._applicant(session, state),
                questionnaire=questionnaire(part.questionnaire),
                ends_on=state.policy.hesitation_ends,
                today=day_of(self._office.house.clocks.now(session, state.client or "")),
                invited_at=row.invited_at,
                answered_at=row.answered_at,
                answered_by=None if answered is None else _by(answered),
                answers=answers,
                erased=erased,
                seen_at=row.seen_at,
                seen_by=None if closed is None else _by(closed),
                note=None if closed is None else words_of(self._office, session, str(closed.payload["note"])),
                is_own=caller.member == state.salesperson,
                is_over=state.state is not ProposalState.ISSUED,
            )

    def see_to(self, caller: Caller, visit: str, words: str) -> None:
        """Record what was done about the concerns, in own words.

        Raises `PolicyRefused`: `own-visit` for who sold the policy, `no-concern`, `words-missing`, `words-many`.
        """
        house = self._office.house
        with house.database.reading() as session:
            proposal = _row(session, visit).proposal
        said = words.strip()
        if not said:
            raise refused("words-missing")
        if len(said) > WORDS_AT_MOST:
            raise refused("words-many")
        at = house.clock()
        note = new_id(_NOTE, at)

        def command(session: Session, state: State) -> c.Command:
            seen(self._office, session, caller, proposal)
            now = house.clocks.now(session, state.client or "")
            return c.SeeToVisit(at=now, visit=visit, note=note, by=caller.member)

        def keep(session: Session, change: ProposalChange) -> None:
            if change.events:
                house.records.keep(session, note, _NOTE_KIND, said.encode(), at=at)

        self._office.change(proposal, command, actor=name_of(caller), beside=keep)

    def _chosen(self, session: Session, caller: Caller, show: Show) -> Select[VisitOf, ProposalRow]:
        chosen = select(VisitOf, ProposalRow).join(ProposalRow, ProposalRow.id == VisitOf.proposal)
        chosen = chosen.where(within(session, caller), self._of(show))
        if show is Show.DONE:
            return chosen.order_by(VisitOf.answered_at.desc(), VisitOf.visit)
        return chosen.order_by(VisitOf.ends_on, VisitOf.visit)

    def _count(self, session: Session, caller: Caller, show: Show) -> int:
        chosen = select(func.count()).select_from(VisitOf).join(ProposalRow, ProposalRow.id == VisitOf.proposal)
        return session.scalar(chosen.where(within(session, caller), self._of(show))) or 0

    def _of(self, show: Show) -> ColumnElement[bool]:
        today = day_of(self._office.house.clock())
        waits = VisitOf.seen_at.is_(None) & (VisitOf.concerns != "")
        unanswered = and_(VisitOf.answered_at.is_(None), ProposalRow.state == ProposalState.ISSUED.value)
        match show:
            case Show.CONCERNS:
                return waits
            case Show.NEAR:
                return and_(unanswered, VisitOf.ends_on >= today, VisitOf.ends_on <= today + NEAR)
            case Show.LATE:
                return and_(unanswered, VisitOf.ends_on < today)
            case Show.OPEN:
                return and_(unanswered, VisitOf.ends_on > today + NEAR)
            case Show.DONE:
                return and_(VisitOf.answered_at.is_not(None), or_(VisitOf.concerns == "", VisitOf.seen_at.is_not(None)))

    def _line(self, session: Session, caller: Caller, visit: VisitOf, row: ProposalRow) -> VisitLine:
        state = self._office.get(session, row.id)
        applicant = self._applicant(session, state)
        return VisitLine(
            visit=visit.visit,
            policy=row.policy or "",
            applicant=ERASED_TEXT if applicant is None else applicant.name,
            product=self._office.product(state).name,
            ends_on=visit.ends_on,
            reminded=visit.reminded_at is not None,
            answered_at=visit.answered_at,
            in_time=visit.in_time,
            way=None if visit.way is None else VisitWay(visit.way),
            concerns=tuple(visit.concerns.split()),
            is_own=caller.member == state.salesperson,
        )

    def _applicant(self, session: Session, state: State) -> Party | None:
        try:
            return self._office.content(session, state).applicant
        except RecordErased:
            return None

    def _answers(self, session: Session, answered: Event | None) -> tuple[Answers | None, bool]:
        """Return the answers that were handed in, and whether they were erased.

        Raises `PolicyDataBroken` (`visit-record`) where they are not those whose digest is in the trail.
        """
        if answered is None:
            return None, False
        try:
            data = self._office.house.records.read(session, str(answered.payload["answers"]))
        except RecordErased:
            return None, True
        if digest_of(data) != answered.payload["digest"]:
            raise PolicyDataBroken(
                "visit-record",
                f"the answers of {answered.payload['visit']} are not those that were handed in",
                "restore the database from its last backup that verifies",
            )
        return parse_answers(data), False


def _row(session: Session, visit: str) -> VisitOf:
    row = session.get(VisitOf, visit)
    if row is None:
        raise refusal("no-visit")
    return row


def _event(session: Session, proposal: str, visit: str, type_: str) -> Event | None:
    found = (one for one in read_stream(session, proposal) if one.type == type_ and one.payload["visit"] == visit)
    return next(found, None)


def _by(event: Event) -> str | None:
    by = event.payload["by"]
    return None if by is None else str(by)
