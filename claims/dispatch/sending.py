"""A surveyor is sent: proposed by the rules, asked by one tap and a message, and says whether they go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from claims.alarms.owners import nearest
from claims.alarms.texts import short
from claims.board.moments import Moments
from claims.board.reach import in_reach, require_in_reach
from claims.dispatch.duty import encode_place, parse_place
from claims.dispatch.files import load_places, load_rules
from claims.dispatch.models import LossPlace, SurveyorOnDuty
from claims.dispatch.proposing import Candidate, NotFree, OnDuty, Proposals, propose
from claims.domain import Claim
from claims.domain import commands as c
from claims.domain import events as e
from claims.domain.refusal import refusal
from claims.domain.values import ClaimState, SurveyWay, day_of
from claims.hotline.calling import AGENTS
from claims.models import ClaimRow
from claims.refusals import refused
from claims.risk.places import Place
from claims.service.office import Office
from claims.service.projection import ClaimChange
from claims.sheets import in_force
from esign.public.console import Caller, Role, institution_and_below, member_name, member_names, staff_actor
from esign.public.messages import MessageText, Words
from esign.public.people import RecordErased, member_record
from esign.public.rows import new_id

SENT: Final = "claims-sent-to-survey"
NOBODY: Final = "claims-nobody-free"
DECLINED: Final = "claims-survey-declined"
MESSAGES: Final[Mapping[str, MessageText]] = {
    SENT: MessageText(
        Words("有查勘任务等您确认", "案件 {claim} 派您前往查勘，请在控制台确认是否前往。"),
        Words("A survey waits for you", "You are asked to survey claim {claim}. Say at the console whether you go."),
    ),
    NOBODY: MessageText(
        Words("没有查勘员空闲", "案件 {claim} 没有查勘员空闲，请安排其他机构的查勘员，或与客户另约。"),
        Words(
            "No surveyor is free",
            "No surveyor is free for claim {claim}. Find one of another institution, or agree on something else.",
        ),
    ),
    DECLINED: MessageText(
        Words("查勘员不能前往", "案件 {claim} 的查勘员不能前往，请另派。"),
        Words("A surveyor does not go", "Whoever was sent to claim {claim} does not go. Send somebody else."),
    ),
}
DECLINES: Final = ("at-another-loss", "too-far", "car-trouble", "off-duty", "knows-customer")
"""Codes of why a surveyor does not go."""
LOSS: Final = "loss-place"
SHOWN_AT_MOST: Final = 50
_WAITS: Final[ColumnElement[bool]] = (ClaimRow.state == ClaimState.SURVEYING.value) & ClaimRow.act.in_(
    ("dispatch-surveyor", "find-surveyor", "answer-dispatch")
)


@dataclass(frozen=True)
class Waiting:
    """A claim that waits for a surveyor, or for the answer of the one who was sent."""

    id: str
    act: str
    surveyor: str | None = field(repr=False)
    left: timedelta | None


@dataclass(frozen=True)
class Offered:
    """A survey that a surveyor was sent to, or has taken. `place` is what the report says of it."""

    claim: str
    survey: str
    awaits_answer: bool
    place: str | None = field(repr=False)
    sent_at: datetime
    left: timedelta | None


@dataclass(frozen=True)
class Named:
    """A surveyor who could go, by name."""

    candidate: Candidate
    name: str = field(repr=False)


@dataclass(frozen=True)
class DispatchView:
    """What whoever sends a surveyor sees of one claim. `place` is the code that the report's words suggest."""

    row: ClaimRow
    survey: str | None
    sent: str | None = field(repr=False)
    awaits_answer: bool
    nobody_free: bool
    reported_place: str | None = field(repr=False)
    suggested: str | None
    is_placed: bool
    candidates: tuple[Named, ...]
    others: tuple[tuple[str, NotFree], ...]
    now: datetime
    left: timedelta | None


class Sending:
    """Proposes and sends surveyors."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._house = office.house

    def waiting(self, who: Caller) -> list[Waiting]:
        """Return the claims that wait for a surveyor or an answer, the most urgent first."""
        row = ClaimRow
        chosen = select(row).where(_WAITS).order_by(row.next_due.is_(None), row.next_due, row.id).limit(SHOWN_AT_MOST)
        with self._house.database.reading() as session:
            moments = Moments.of(session, self._house)
            found = session.scalars(chosen.where(in_reach(session, who, roles=AGENTS))).all()
            sent = {one.surveyor for one in found if one.surveyor is not None}
            names = member_names(session, self._house.records, sent)
            return [
                Waiting(one.id, one.act, None if one.surveyor is None else names[one.surveyor], moments.left(one))
                for one in found
            ]

    def waiting_count(self, who: Caller) -> int:
        """Return how many wait: asked at every page of the console."""
        with self._house.database.reading() as session:
            return session.scalar(select(func.count()).where(_WAITS, in_reach(session, who, roles=AGENTS))) or 0

    def view(self, who: Caller, claim: str) -> DispatchView:
        """Return one claim with who could go. Raises `ClaimRefused` (`no-claim`)."""
        with self._house.database.reading() as session:
            row = require_in_reach(session, who, claim, AGENTS)
            state = self._office.get(session, claim)
            now = self._office.now(session, state)
            survey = state.survey
            loss, words = self._loss(session, claim), self._words(session, state)
            proposals = self._proposals(session, who, state, loss)
            by_surveyor = survey is not None and survey.way is SurveyWay.SURVEYOR and not survey.done
            sent = None if survey is None or survey.surveyor is None else survey.surveyor
            records = self._house.records
            return DispatchView(
                row=row,
                survey=survey.id if survey is not None and by_surveyor else None,
                sent=None if sent is None else member_name(session, records, sent),
                awaits_answer=survey is not None and survey.awaits_answer,
                nobody_free=survey is not None and survey.nobody_free,
                reported_place=words,
                suggested=None if words is None else in_force(load_places(), day_of(now)).named_in(words),
                is_placed=loss is not None,
                candidates=tuple(Named(one, member_name(session, records, one.member)) for one in proposals.candidates),
                others=tuple((member_name(session, records, one), why) for one, why in proposals.others),
                now=self._house.clock(),
                left=None if row.next_due is None else row.next_due - now,
            )

    def place(self, who: Caller, claim: str, place: Place) -> None:
        """Enter where the loss is, in the place of what was entered before."""
        with self._house.database.transaction() as session:
            require_in_reach(session, who, claim, AGENTS)
            row = session.get(LossPlace, claim, with_for_update=True)
            if row is not None:
                self._house.records.rewrite(session, row.place, encode_place(place))
                return
            now = self._house.clock()
            record = new_id("lpl", now)
            self._house.records.keep(session, record, LOSS, encode_place(place), at=now)
            session.add(LossPlace(claim=claim, place=record))

    def send(self, who: Caller, claim: str, to: str) -> None:
        """Send a surveyor who is proposed, and tell them.

        Raises `ClaimRefused` (`surveyor-not-free`), and what the domain refuses.
        """

        def command(session: Session, state: Claim) -> c.Command:
            require_in_reach(session, who, claim, AGENTS)
            found = self._proposals(session, who, state, self._loss(session, claim)).candidates
            one = next((candidate for candidate in found if candidate.member == to), None)
            if one is None or state.survey is None:
                raise refused("surveyor-not-free")
            at = self._office.now(session, state)
            return c.SendSurveyor(at=at, survey=state.survey.id, to=to, metres=one.metres, by=who.member)

        def beside(session: Session, change: ClaimChange) -> None:
            for number, event in enumerate(change.events):
                if isinstance(event, e.SurveyorSent):
                    self._tell(session, SENT, claim, (to,), change.recorded[number].id, event.at)

        self._office.change(claim, command, actor=staff_actor(who.member), beside=beside)

    def nobody(self, who: Caller, claim: str) -> None:
        """Take down that nobody is free: the team lead sees to it, and is told. Raises `ClaimRefused`."""

        def command(session: Session, state: Claim) -> c.Command:
            require_in_reach(session, who, claim, AGENTS)
            if self._proposals(session, who, state, self._loss(session, claim)).candidates:
                raise refused("somebody-is-free")
            survey = "svy_none" if state.survey is None else state.survey.id
            return c.RecordNobodyFree(at=self._office.now(session, state), survey=survey, by=who.member)

        def beside(session: Session, change: ClaimChange) -> None:
            for number, event in enumerate(change.events):
                if isinstance(event, e.NobodyFree) and change.after is not None:
                    leads = nearest(session, change.after.institution, Role.TEAM_LEAD)
                    self._tell(session, NOBODY, claim, leads, change.recorded[number].id, event.at)

        self._office.change(claim, command, actor=staff_actor(who.member), beside=beside)

    def offered(self, who: Caller) -> list[Offered]:
        """Return the surveys that the caller was sent to or has taken, those that await an answer first."""
        row = ClaimRow
        chosen = select(row).where(row.surveyor == who.member, row.state == ClaimState.SURVEYING.value)
        with self._house.database.reading() as session:
            moments = Moments.of(session, self._house)
            found = []
            for one in session.scalars(chosen.order_by(row.next_due, row.id).limit(SHOWN_AT_MOST)):
                state = self._office.get(session, one.id)
                if state.survey is None:
                    continue
                left = None if one.next_due is None else one.next_due - moments.of_client(one.client)
                words, waits = self._words(session, state), state.survey.awaits_answer
                found.append(Offered(one.id, state.survey.id, waits, words, state.survey.since, left))
        return sorted(found, key=lambda one: not one.awaits_answer)

    def count(self, who: Caller) -> int:
        """Return how many answers the caller owes: asked at every page of the console."""
        row = ClaimRow
        with self._house.database.reading() as session:
            counted = select(func.count()).where(row.surveyor == who.member, row.act == "answer-dispatch")
            return session.scalar(counted) or 0

    def go(self, who: Caller, claim: str) -> None:
        """Take the survey that the caller was sent to. Raises `ClaimRefused` (`survey-not-yours`)."""

        def command(session: Session, state: Claim) -> c.Command:
            if state.survey is None or state.survey.surveyor != who.member:
                raise refusal("survey-not-yours")
            return c.TakeSurvey(at=self._office.now(session, state), survey=state.survey.id, by=who.member)

        self._office.change(claim, command, actor=staff_actor(who.member))

    def decline(self, who: Caller, claim: str, reason: str) -> None:
        """Do not go. Raises `ClaimRefused` (`no-decline-reason`, `survey-not-yours`)."""
        if reason not in DECLINES:
            raise refused("no-decline-reason")

        def command(session: Session, state: Claim) -> c.Command:
            survey = "svy_none" if state.survey is None else state.survey.id
            return c.DeclineSurvey(at=self._office.now(session, state), survey=survey, reason=reason, by=who.member)

        def beside(session: Session, change: ClaimChange) -> None:
            for number, event in enumerate(change.events):
                if isinstance(event, e.SurveyDeclined) and change.after is not None:
                    state = change.after
                    told = (state.handler,) if state.handler else nearest(session, state.institution, Role.TEAM_LEAD)
                    self._tell(session, DECLINED, claim, told, change.recorded[number].id, event.at)

        self._office.change(claim, command, actor=staff_actor(who.member), beside=beside)

    def _proposals(self, session: Session, who: Caller, state: Claim, loss: Place | None) -> Proposals:
        now, survey = self._house.clock(), state.survey
        row = SurveyorOnDuty
        near = institution_and_below(session, who.institution)
        on_duty = session.scalars(select(row).where(row.until > now, row.institution.in_(sorted(near)))).all()
        counted = (
            select(ClaimRow.surveyor, func.count())
            .where(ClaimRow.surveyor.in_([one.member for one in on_duty]))
            .where(ClaimRow.state == ClaimState.SURVEYING.value)
            .group_by(ClaimRow.surveyor)
        )
        open_ = {str(member): int(number) for member, number in session.execute(counted)}
        seen = [
            OnDuty(one.member, self._read(session, one.place), one.seen_at, open_.get(one.member, 0)) for one in on_duty
        ]
        declined = frozenset[str]() if survey is None else survey.declined
        return propose(loss, seen, declined, in_force(load_rules(), day_of(now)), now)

    def _loss(self, session: Session, claim: str) -> Place | None:
        row = session.get(LossPlace, claim)
        try:
            return None if row is None else self._read(session, row.place)
        except RecordErased:
            return None

    def _read(self, session: Session, record: str) -> Place:
        return parse_place(self._house.records.read(session, record))

    def _words(self, session: Session, state: Claim) -> str | None:
        try:
            return self._office.report_of(session, state).place
        except RecordErased:
            return None

    def _tell(
        self, session: Session, kind: str, claim: str, members: tuple[str, ...], because: str, at: datetime
    ) -> None:
        for member in members:
            record = member_record(session, member)
            if record is not None:
                facts = {"claim": short(claim)}
                self._house.messages.tell(session, kind, record, about=claim, because=because, at=at, facts=facts)
