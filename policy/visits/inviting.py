"""The customer is invited to the return visit when the contract was received, and reminded before the period ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.public.errors import EsignError
from esign.public.messages import MessageText, Words
from esign.public.rows import new_id
from esign.public.work import log_for
from policy.domain import Proposal as State
from policy.domain import commands as c
from policy.domain.refusal import refusal
from policy.domain.values import ProposalState, Signer, day_of
from policy.errors import PolicyRefused
from policy.models import PersonOf, ProposalRow, VisitOf
from policy.service.office import ACTOR, Office
from policy.service.projection import ProposalChange
from policy.visits.questionnaires import questionnaire_on

VISIT: Final = "vis"
"""What begins the ids of visits; a link to one is about this id."""
INVITED: Final = "policy-visit"
REMINDED: Final = "policy-visit-again"
REMINDED_BEFORE: Final = timedelta(days=5)
"""So long before the end of the hesitation period who has not answered is reminded."""
LOOKED_AT_MOST: Final = 500
MESSAGES: Final[Mapping[str, MessageText]] = {
    INVITED: MessageText(
        Words(
            "请回答几个问题",
            "您已签收保险合同 {number} 。请本人用两分钟回答几个问题，请在 {day} 前： {link} 不要让别人替您回答。",
        ),
        Words(
            "Please answer a few questions",
            "You signed for the contract {number} . Please answer a few questions yourself by {day}; it takes two "
            "minutes: {link} Let nobody answer for you.",
        ),
    ),
    REMINDED: MessageText(
        Words(
            "还有几个问题等您回答",
            "保险合同 {number} 的犹豫期到 {day} 为止，还有几个问题等您本人回答： {link} 没有空也可以等我们打电话给您。",
        ),
        Words(
            "A few questions still wait for you",
            "The hesitation period of the contract {number} ends on {day}, and a few questions still wait for you: "
            "{link} You may also wait for our call.",
        ),
    ),
}

_log = log_for(__name__)


class Inviting:
    """Invites and reminds."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def invite(self, proposal: str) -> None:
        """Invite the applicant, once; the work of the step `invite-visit`."""

        def command(session: Session, state: State) -> c.Command:
            at = self._office.house.clocks.now(session, state.client or "")
            return c.InviteVisit(at=at, visit=new_id(VISIT, at), questionnaire=questionnaire_on(day_of(at)).version)

        self._office.change(proposal, command, actor=ACTOR, beside=self._told(INVITED))

    def invite_anew(self, session: Session, proposal: str, state: State, at: datetime) -> None:
        """Send the applicant, who is reached by another record from now on, a new link: the one of before is over.

        In the caller's transaction. Nothing is sent where there is no visit, or it is answered or late.
        """
        ends = None if state.policy is None else state.policy.hesitation_ends
        if state.visit is not None and not state.visit.answered and ends is not None and day_of(at) <= ends:
            self._tell(session, INVITED, proposal, state, at)

    def remind(self) -> int:
        """Remind those whose hesitation period ends within `REMINDED_BEFORE`; return how many. The work of a beat."""
        house = self._office.house
        chosen = (
            select(VisitOf.visit, VisitOf.proposal)
            .join(ProposalRow, ProposalRow.id == VisitOf.proposal)
            .where(VisitOf.answered_at.is_(None), VisitOf.reminded_at.is_(None))
            .where(ProposalRow.state == ProposalState.ISSUED.value)
            .order_by(VisitOf.ends_on, VisitOf.visit)
            .limit(LOOKED_AT_MOST)
        )
        if house.live:  # in test mode a client may have moved its clock, so that every one is looked at
            today = day_of(house.clock())  # those that are late are for the telephone, and keep nobody waiting
            chosen = chosen.where(VisitOf.ends_on.between(today, today + REMINDED_BEFORE))
        with house.database.reading() as session:
            found = session.execute(chosen).all()
        return sum(self._remind(visit, proposal) for visit, proposal in found)

    def _remind(self, visit: str, proposal: str) -> bool:
        def command(session: Session, state: State) -> c.Command:
            at = self._office.house.clocks.now(session, state.client or "")
            ends = None if state.policy is None else state.policy.hesitation_ends
            if ends is None or not day_of(at) <= ends <= day_of(at + REMINDED_BEFORE):
                raise _NotNow
            return c.RemindVisit(at=at, visit=visit)

        try:
            change = self._office.change(proposal, command, actor=ACTOR, beside=self._told(REMINDED))
        except _NotNow:
            return False
        except PolicyRefused as refused:  # answered or cancelled in this moment
            _log.info("nobody is reminded of a visit", record=visit, code=refused.code)
            return False
        except EsignError as error:  # a broken proposal keeps nobody else from being reminded
            _log.error("a visit cannot be reminded of", record=visit, code=error.code)
            return False
        return bool(change.events)

    def _told(self, kind: str) -> Callable[[Session, ProposalChange], None]:
        """Return what tells the applicant beside the event, with the link about the visit."""

        def tell(session: Session, change: ProposalChange) -> None:
            if change.events and change.after is not None:
                self._tell(session, kind, change.stream, change.after, change.events[-1].at)

        return tell

    def _tell(self, session: Session, kind: str, proposal: str, state: State, at: datetime) -> None:
        if state.policy is None or state.visit is None:
            return
        house, ends = self._office.house, state.policy.hesitation_ends
        house.messages.tell(
            session,
            kind,
            applicant_of(session, proposal),
            about=state.visit.id,
            because=state.visit.id,
            at=at,
            facts={"number": state.policy.number, "day": "" if ends is None else ends.isoformat()},
        )


def applicant_of(session: Session, proposal: str) -> str:
    """Return the record by which messages reach the applicant. Raises `PolicyRefused` (`no-proposal`)."""
    person = session.get(PersonOf, (proposal, Signer.APPLICANT.value))
    if person is None:
        raise refusal("no-proposal")
    return person.person


class _NotNow(Exception):
    """It is too early, or too late, to remind."""
