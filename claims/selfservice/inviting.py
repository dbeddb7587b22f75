"""The customer is sent a link: to report a loss on their policy, or to what has to be done about a claim.

    with house.database.transaction() as session:
        Inviting(office).invite(session, claim, by=agent)                 # the hotline took the report
        Inviting(office).invite_to_report(session, policy_number, by=agent)

A link goes to the insured, by the phone that the policy has: never to a number that somebody told on the telephone.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.domain.values import ReportWay, day_of
from claims.messages.texts import LINK, REPORT
from claims.models import MotorPolicyRow
from claims.motor_policy import MotorPolicy
from claims.refusals import refused
from claims.selfservice.models import CustomerOf, InvitationToReport
from claims.service.office import Office
from claims.service.registering import Register
from esign.public.people import Person, keep_person
from esign.public.pictures import EvidenceError
from esign.public.rows import new_id

UNUSED_AT_MOST: Final = timedelta(days=90)
"""So long an invitation stays that nobody used: what can be reported by it happened sixty days ago at most."""
FORGOTTEN_AT_ONCE: Final = 500
INVITATION: Final = "inv"
"""What begins the ids of invitations; a link to report is about one."""


class Inviting:
    """Sends links, in the caller's transaction."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._house = office.house
        self._register = Register(office.house)

    def invite(self, session: Session, claim: str, *, because: str | None = None) -> str:
        """Send the insured the link about a claim; return the record of whom it reaches.

        `because` names the cause, such as an event by its id: one cause sends one message; None is the claim itself,
        so that asking again sends nothing more. Raises `ClaimRefused` (`no-claim`, `no-customer-phone`),
        `RecordErased`.
        """
        state = self._office.get(session, claim)
        person = self.customer(session, claim)
        at = self._office.now(session, state)
        self._house.messages.tell(session, LINK, person, about=claim, because=because or claim, at=at)
        return person

    def invite_to_report(
        self, session: Session, number: str, *, by: str | None = None, client: str | None = None
    ) -> str:
        """Send the insured of a policy a link to report a loss on it; return the invitation's id.

        `by` is who of the staff sends it; with `client` the policy must be this client's. Raises `ClaimRefused`
        (`no-motor-policy`, `no-customer-phone`), `RecordErased`.
        """
        row = session.get(MotorPolicyRow, number)
        if row is None or client not in (None, row.client):
            raise refused("no-motor-policy")
        now = self._house.clocks.now(session, row.client)
        found = self._register.find(session, row.client, number)
        person = self.person_of(session, found.policy, now)
        invitation = self.begin(session, row.client, number, person, ReportWay.LINK, now, by=by)
        facts = {"day": day_of(now).isoformat()}
        self._house.messages.tell(session, REPORT, person, about=invitation, because=invitation, at=now, facts=facts)
        return invitation

    def begin(
        self,
        session: Session,
        client: str,
        number: str,
        person: str,
        way: ReportWay,
        at: datetime,
        *,
        by: str | None = None,
    ) -> str:
        """Make an invitation to report, without a message; return its id."""
        invitation = new_id(INVITATION, at)
        session.add(
            InvitationToReport(
                id=invitation, client=client, policy=number, person=person, way=way.value, claim=None, by=by, made_at=at
            )
        )
        session.flush()
        return invitation

    def customer(self, session: Session, claim: str) -> str:
        """Return the record of the customer of a claim; it is made of the policy where there is none.

        Raises `ClaimRefused` (`no-claim`, `no-customer-phone`), `RecordErased`.
        """
        known = session.get(CustomerOf, claim)
        if known is not None:
            return known.person
        state = self._office.get(session, claim)
        policy = self._office.policy_of(session, state)
        person = self.person_of(session, policy, self._office.now(session, state))
        self.bind(session, claim, person)
        return person

    def person_of(self, session: Session, policy: MotorPolicy, at: datetime) -> str:
        """Keep the insured of a policy as a person whom messages reach; return the record.

        Raises `ClaimRefused` (`no-customer-phone`).
        """
        try:
            person = Person(policy.insured.name, policy.insured.phone, policy.insured.id_number)
        except EvidenceError as error:
            raise refused("no-customer-phone") from error
        return keep_person(self._house.records, session, person, now=at)

    def forget(self, session: Session, now: datetime) -> int:
        """Delete invitations that nobody used, with the record of whom they reached, in the caller's transaction.

        Return how many. Their links open nothing then.
        """
        row = InvitationToReport
        unused = select(row).where(row.made_at <= now - UNUSED_AT_MOST, row.claim.is_(None)).limit(FORGOTTEN_AT_ONCE)
        found = session.scalars(unused).all()
        for one in found:
            self._house.records.erase(session, one.person, at=now)
            session.delete(one)
        session.flush()
        return len(found)

    @staticmethod
    def bind(session: Session, claim: str, person: str) -> None:
        """Have links about a claim reach this person."""
        session.add(CustomerOf(claim=claim, person=person))
        session.flush()


def visitor_of(session: Session, subject: str) -> str | None:
    """Return the record of whom a link reaches, None where it is about nothing of the customers'."""
    if subject.startswith(f"{INVITATION}_"):
        return session.scalar(select(InvitationToReport.person).where(InvitationToReport.id == subject))
    return session.scalar(select(CustomerOf.person).where(CustomerOf.claim == subject))
