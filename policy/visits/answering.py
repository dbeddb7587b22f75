"""A visit is answered: question by question behind the link, to be gone on with at any time, or on the telephone.

Each answer is kept sealed as it is given. Handing in makes them final: the record is the one that the event names, with
its digest, and is not written over any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.public.console import Caller, name_of
from esign.public.events import retried
from esign.public.rows import new_id
from policy.domain import Proposal as State
from policy.domain import commands as c
from policy.domain.refusal import broken, refusal
from policy.domain.state import Policy, Visit, find
from policy.domain.values import ProposalState, VisitWay, day_of
from policy.models import ProposalRow, VisitDraft, VisitOf
from policy.refusals import refused
from policy.service.applications import premium_of
from policy.service.office import Office
from policy.service.sight import seen
from policy.visits.answers import (
    KIND,
    PREFIX,
    REMARK_AT_MOST,
    Answers,
    blank,
    digest_of,
    encode_answers,
    parse_answers,
    with_answer,
)
from policy.visits.asking import Asked, Matter, asked_of
from policy.visits.questionnaires import Questionnaire, questionnaire

CUSTOMER: Final = "customer"
KEPT_UNANSWERED: Final = timedelta(days=180)
"""So long what was answered is kept where it is never handed in."""


@dataclass(frozen=True)
class VisitNow:
    """A visit as it stands. `answers` are those that were given so far; `today` is the insurer's day."""

    proposal: str
    state: State
    visit: Visit
    policy: Policy
    matter: Matter = field(repr=False)
    questionnaire: Questionnaire
    asked: tuple[Asked, ...] = field(repr=False)
    answers: Answers = field(repr=False)
    today: date

    @property
    def can_be_answered(self) -> bool:
        return self.state.state is ProposalState.ISSUED and not any(one.answered for one in self.state.visits)

    @property
    def first_open(self) -> int | None:
        """The number, from 1, of the first question without an answer; None where each has one."""
        places = (at for at, one in enumerate(self.answers.given, 1) if not one.answer)
        return next(places, None)


class Answering:
    """Reads visits and takes answers."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def now(self, visit: str) -> VisitNow:
        """Return a visit. Raises `PolicyRefused` (`no-visit`), `RecordErased`."""
        with self._office.house.database.reading() as session:
            return self._now(session, visit)

    def answer(self, visit: str, question: str, answer: str) -> None:
        """Keep the answer to one question, or another one in its place.

        Raises `PolicyRefused` (`no-visit`, `visit-answered`, `answer-missing`, or where the policy stands).
        """

        def work(session: Session) -> None:
            now, row, at = self._held(session, visit)
            asked = next((one for one in now.asked if one.id == question), None)
            if asked is None or asked.choice(answer) is None:
                raise refused("answer-missing")
            self._write(session, row, with_answer(now.answers, asked, answer), at)

        retried(self._office.house.database, work)

    def hand_in(self, visit: str, remark: str) -> None:
        """Make the customer's answers final. Handed in twice, nothing more happens.

        Raises `PolicyRefused` (`no-visit`, `visit-incomplete`, `words-many`, or where the policy stands).
        """

        def work(session: Session) -> None:
            if self._now(session, visit).visit.answered:
                return
            now, row, at = self._held(session, visit)
            self._finish(session, now, row, replace(now.answers, remark=_words(remark)), at, VisitWay.LINK, None)

        retried(self._office.house.database, work)

    def by_phone(self, caller: Caller, visit: str, chosen: Mapping[str, str], remark: str) -> None:
        """Record what the customer answered on the telephone, as the member of staff typed it.

        Raises `PolicyRefused`: `own-visit` for who sold the policy, `visit-incomplete`, `visit-answered`.
        """

        def work(session: Session) -> None:
            now, row, at = self._held(session, visit)
            seen(self._office, session, caller, now.proposal)
            answers = blank(visit, now.questionnaire.version, now.answers.locale, now.asked)
            for one in now.asked:
                answer = chosen.get(one.id, "")
                answers = answers if one.choice(answer) is None else with_answer(answers, one, answer)
            answers = replace(answers, remark=_words(remark))
            self._finish(session, now, row, answers, at, VisitWay.PHONE, caller)

        retried(self._office.house.database, work)

    def clean(self, session: Session, now: datetime) -> None:
        """Erase what was answered and never handed in, half a year after the last answer."""
        chosen = select(VisitDraft).where(VisitDraft.updated_at < now - KEPT_UNANSWERED).order_by(VisitDraft.visit)
        for row in session.scalars(chosen.limit(200)).all():
            record = row.record
            session.delete(row)
            session.flush()
            self._office.house.records.erase(session, record, at=now)

    def _now(self, session: Session, visit: str) -> VisitNow:
        row = session.get(VisitOf, visit)
        if row is None:
            raise refusal("no-visit")
        state = self._office.get(session, row.proposal)
        found, policy = find(state.visits, visit), state.policy
        if found is None or policy is None or policy.hesitation_ends is None:
            raise broken("a visit is of no policy that was received")
        content = self._office.content(session, state)
        premium = premium_of(self._office, state, content).premium
        matter = Matter(policy.number, content, self._office.product(state), premium, policy.hesitation_ends)
        asks = questionnaire(found.questionnaire)
        asked = asked_of(asks, matter)
        draft = session.get(VisitDraft, visit)
        answers = blank(visit, asks.version, content.applicant.locale, asked)
        if draft is not None:
            answers = parse_answers(self._office.house.records.read(session, draft.record))
        today = day_of(self._office.house.clocks.now(session, state.client or ""))
        return VisitNow(row.proposal, state, found, policy, matter, asks, asked, answers, today)

    def _held(self, session: Session, visit: str) -> tuple[VisitNow, VisitDraft, datetime]:
        """Keep others from the visit, and return it with the row of its answers, which is made where there is none."""
        proposal = session.scalar(
            select(ProposalRow.id).join(VisitOf, VisitOf.proposal == ProposalRow.id).where(VisitOf.visit == visit)
        )
        if proposal is None:
            raise refusal("no-visit")
        self._office.proposals.hold(session, proposal)
        now = self._now(session, visit)
        if any(one.answered for one in now.state.visits):
            raise refusal("visit-answered")
        if not now.can_be_answered:
            raise refusal(f"proposal-{now.state.state.value}")
        at = self._office.house.clock()
        row = session.get(VisitDraft, visit)
        if row is None:
            row = VisitDraft(visit=visit, record=new_id(PREFIX, at), updated_at=at)
            self._office.house.records.keep(session, row.record, KIND, encode_answers(now.answers), at=at)
            session.add(row)
            session.flush()
        return now, row, at

    def _write(self, session: Session, row: VisitDraft, answers: Answers, at: datetime) -> bytes:
        data = encode_answers(answers)
        self._office.house.records.rewrite(session, row.record, data)
        row.updated_at = at
        session.flush()
        return data

    def _finish(
        self,
        session: Session,
        now: VisitNow,
        row: VisitDraft,
        answers: Answers,
        at: datetime,
        way: VisitWay,
        caller: Caller | None,
    ) -> None:
        if not answers.complete:
            raise refused("visit-incomplete")
        data = self._write(session, row, answers, at)
        command = c.AnswerVisit(
            at=self._office.house.clocks.now(session, now.state.client or ""),
            visit=now.visit.id,
            answers=row.record,
            digest=digest_of(data),
            concerns=answers.concerns,
            way=way,
            by=None if caller is None else caller.member,
        )
        actor = f"{CUSTOMER}:{now.proposal}" if caller is None else name_of(caller)
        self._office.execute(session, now.proposal, command, actor=actor)
        session.delete(row)
        session.flush()


def _words(remark: str) -> str:
    """Return what was written, on lines without space around them. Raises `PolicyRefused` (`words-many`)."""
    kept = "\n".join(filter(None, (" ".join(line.split()) for line in remark.splitlines())))
    if len(kept) > REMARK_AT_MOST:
        raise refused("words-many")
    return kept
