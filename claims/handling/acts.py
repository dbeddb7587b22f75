"""What staff do about a claim beside the forms of the tools: take it, call back, papers, verify, approve, end it.

Every act is one command in the caller's name, within their sight and role; words of their own are kept sealed. A form
that was sent before changes nothing: what it gives an id to has an id made of the form's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from claims.domain import Claim
from claims.domain import commands as c
from claims.domain.command import Command
from claims.domain.state import Survey
from claims.domain.values import SurveyWay
from claims.handling.allowed import require_allowed
from claims.handling.phones import note_phone
from claims.handling.sight import require_seen
from claims.payment.payees import Payee
from claims.refusals import refused
from claims.refusing.models import NOTICE_TASK
from claims.service.office import Office
from claims.service.paying import Paying
from claims.service.settling import Settling
from esign.public.console import Caller, Role, institution_and_below, member_name, members_at, staff_actor
from esign.public.events import retried
from esign.public.rows import new_id

WORDS_AT_MOST: Final = 1000
WORDS, REQUEST, SUPPLEMENT, SURVEY = "wrd", "prq", "sup", "svy"
KIND: Final = "claim-words"


@dataclass(frozen=True)
class Colleague:
    """Somebody whom a claim can be handed over to."""

    id: str
    name: str


Made = Callable[[Session, Claim, datetime], Command]


class Acts:
    """Does them. Every one raises `ClaimRefused`."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._settling, self._paying = Settling(office), Paying(office)

    def take(self, who: Caller, claim: str) -> None:
        """Handle it from now on: the first who says so."""
        self._do(who, claim, c.Take, lambda _session, _state, at: c.Take(at=at, by=who.member))

    def hand_over(self, who: Caller, claim: str, to: str, reason: str) -> None:
        """Have a colleague handle it, who works where the caller sees."""
        if to not in {one.id for one in self.colleagues(who, claim)}:
            raise refused("form-unclear", ("to",))
        self._do(
            who, claim, c.HandOver, lambda _session, _state, at: c.HandOver(at=at, to=to, reason=reason, by=who.member)
        )

    def colleagues(self, who: Caller, claim: str) -> list[Colleague]:
        """Return who can take it over: handlers at work in the caller's institution and below."""
        house = self.office.house
        with house.database.reading() as session:
            row = require_seen(session, who, claim)
            found = members_at(session, institution_and_below(session, who.institution), Role.HANDLER)
            return [
                Colleague(one, member_name(session, house.records, one) or "") for one in found if one != row.handler
            ]

    def take_survey(self, who: Caller, claim: str, device: str) -> None:
        """Go and survey: the first who says so, on this phone."""

        def made(session: Session, state: Claim, at: datetime) -> Command:
            note_phone(session, device, who.member, at=at)
            return c.TakeSurvey(at=at, survey=_survey(state).id, by=who.member, device=device)

        self._do(who, claim, c.TakeSurvey, made)

    def change_survey(self, who: Caller, claim: str, way: str, reason: str) -> None:
        """Have the customer survey by phone, or take it back and have a surveyor sent."""
        if way not in set(SurveyWay):
            raise refused("form-unclear", ("way",))
        self._do(
            who,
            claim,
            c.ChangeSurvey,
            lambda _session, _state, at: c.ChangeSurvey(
                at=at, survey=new_id(SURVEY, at), way=SurveyWay(way), reason=reason, by=who.member
            ),
        )

    def called_back(self, who: Caller, claim: str, callback: str, *, reached: bool) -> None:
        """Record a call to the customer who waits for it."""
        self._do(
            who,
            claim,
            c.RecordCalledBack,
            lambda _session, _state, at: c.RecordCalledBack(at=at, callback=callback, reached=reached, by=who.member),
        )

    def ask_papers(self, who: Caller, claim: str, form: str, items: Collection[str], words: str) -> None:
        """Ask for all missing papers at once."""

        def made(session: Session, _state: Claim, at: datetime) -> Command:
            message = self._keep(session, form, words, at, needed=False)
            return c.AskPapers(at=at, request=_id(REQUEST, form), items=tuple(items), message=message, by=who.member)

        self._do(who, claim, c.AskPapers, made, form)

    def papers_in(self, who: Caller, claim: str, form: str, items: Collection[str], words: str) -> None:
        """Record that papers came in."""

        def made(session: Session, _state: Claim, at: datetime) -> Command:
            return c.RecordPapers(at=at, items=tuple(items), record=self._keep(session, form, words, at, needed=False))

        self._do(who, claim, c.RecordPapers, made, form)

    def waive_papers(self, who: Caller, claim: str, form: str, items: Collection[str], words: str) -> None:
        """Do without papers that were asked for, for a reason in words."""

        def made(session: Session, _state: Claim, at: datetime) -> Command:
            return c.WaivePapers(at=at, items=tuple(items), reason=self._keep(session, form, words, at), by=who.member)

        self._do(who, claim, c.WaivePapers, made, form)

    def verify(self, who: Caller, claim: str, assessment: str, reasons: Collection[str], *, passed: bool) -> None:
        """Pass an assessment, or send it back with reasons."""
        self._do(
            who,
            claim,
            c.Verify,
            lambda _session, _state, at: c.Verify(
                at=at, assessment=assessment, passed=passed, reasons=tuple(reasons), by=who.member
            ),
        )

    def supplement(self, who: Caller, claim: str, form: str, reason: str) -> None:
        """Have it assessed anew: more damage was found."""
        self._do(
            who,
            claim,
            c.Supplement,
            lambda _session, _state, at: c.Supplement(
                at=at, supplement=_id(SUPPLEMENT, form), reason=reason, by=who.member
            ),
            form,
        )

    def review_block(self, who: Caller, claim: str, form: str, words: str, *, released: bool) -> None:
        """Release a blocked claim into the ordinary lane, or uphold the block, for a reason in words."""

        def made(session: Session, _state: Claim, at: datetime) -> Command:
            return c.ReviewBlock(at=at, released=released, reason=self._keep(session, form, words, at), by=who.member)

        self._do(who, claim, c.ReviewBlock, made, form)

    def offer(self, who: Caller, claim: str) -> None:
        """Offer the customer what was adjudicated."""
        self._do(
            who, claim, c.MakeOffer, lambda session, state, _at: self._settling.offering(session, state, by=who.member)
        )

    def pass_dispute(self, who: Caller, claim: str) -> None:
        """Have the quotation desk answer."""
        self._do(
            who,
            claim,
            c.PassDispute,
            lambda _session, state, at: c.PassDispute(
                at=at, dispute="" if state.dispute is None else state.dispute.id, by=who.member
            ),
        )

    def answer_dispute(self, who: Caller, claim: str, form: str, words: str, *, changed: bool) -> None:
        """Answer a disputed price: it stays, or it is assessed anew."""

        def made(session: Session, state: Claim, at: datetime) -> Command:
            dispute = "" if state.dispute is None else state.dispute.id
            reason = self._keep(session, form, words, at)
            return c.AnswerDispute(at=at, dispute=dispute, changed=changed, reason=reason, by=who.member)

        self._do(who, claim, c.AnswerDispute, made, form)

    def name_payee(self, who: Caller, claim: str, payee: Payee) -> None:
        """Record whom the customer named to be paid, as they said it on the phone."""
        with self.office.house.database.reading() as session:
            require_seen(session, who, claim)
            require_allowed(who, c.SetPayee, self.office.get(session, claim))
        if not (payee.name and payee.id_number and payee.bank_code and payee.account):
            raise refused("form-unclear", ("payee",))
        self._paying.name_payee(claim, payee, actor=staff_actor(who.member), by=who.member)

    def approve_payee(self, who: Caller, claim: str, account: str) -> None:
        """Approve the payee of this account, as the second person."""
        self._do(
            who,
            claim,
            c.ApprovePayee,
            lambda _session, _state, at: c.ApprovePayee(at=at, account=account, by=who.member),
        )

    def approve_payment(self, who: Caller, claim: str, fen: int, account: str) -> None:
        """Approve exactly this amount to exactly this account: what the caller saw."""
        self._do(
            who,
            claim,
            c.ApprovePayment,
            lambda _session, _state, at: c.ApprovePayment(at=at, fen=fen, account=account, by=who.member),
        )

    def allow_advance(self, who: Caller, claim: str, fen: int) -> None:
        """Have paid in advance what is certain: once. The form that comes again after it was paid pays nothing."""

        def made(_session: Session, state: Claim, at: datetime) -> Command:
            if state.paid:
                raise refused("advance-made")
            return c.AllowAdvance(at=at, fen=fen, by=who.member)

        self._do(who, claim, c.AllowAdvance, made)

    def close(self, who: Caller, claim: str) -> None:
        """Close it, where nothing is to be paid any more."""
        self._do(who, claim, c.Close, lambda _session, _state, at: c.Close(at=at, by=who.member))

    def refuse(self, who: Caller, claim: str, form: str, reasons: Collection[str], words: str) -> None:
        """Refuse it, for these reasons and in words that the customer is written."""

        def made(session: Session, _state: Claim, at: datetime) -> Command:
            return c.Refuse(at=at, reasons=tuple(reasons), words=self._keep(session, form, words, at), by=who.member)

        self._do(who, claim, c.Refuse, made, form)

    def withdraw(self, who: Caller, claim: str, reason: str) -> None:
        """Withdraw it, as the customer asked."""
        self._do(who, claim, c.Withdraw, lambda _session, _state, at: c.Withdraw(at=at, reason=reason, by=who.member))

    def reopen(self, who: Caller, claim: str, form: str, reason: str, words: str) -> None:
        """Open an ended claim again."""

        def made(session: Session, _state: Claim, at: datetime) -> Command:
            return c.Reopen(at=at, reason=reason, words=self._keep(session, form, words, at), by=who.member)

        self._do(who, claim, c.Reopen, made, form)

    def _do(self, who: Caller, claim: str, kind: type[Command], make: Made, form: str | None = None) -> None:
        office = self.office

        def work(session: Session) -> None:
            office.claims.hold(session, claim)
            require_seen(session, who, claim)
            state = office.get(session, claim)
            if form is not None and not state.known.isdisjoint(_id(one, form) for one in (WORDS, REQUEST, SUPPLEMENT)):
                return  # it came before
            require_allowed(who, kind, state)
            command = make(session, state, office.now(session, state))
            office.execute(session, claim, command, actor=staff_actor(who.member))
            if kind is c.Refuse:
                office.house.tasks.add(session, NOTICE_TASK, claim)

        retried(office.house.database, work)

    def _keep(self, session: Session, form: str, words: str, at: datetime, *, needed: bool = True) -> str:
        """Keep words sealed and return the id of their record. Raises `ClaimRefused` (`form-unclear`)."""
        text = words.replace("\r\n", "\n").strip()
        if len(text) > WORDS_AT_MOST or (needed and not text):
            raise refused("form-unclear", ("words",))
        record = _id(WORDS, form)
        self.office.house.records.keep(session, record, KIND, text.encode(), at=at)
        return record


def _id(prefix: str, form: str) -> str:
    """Return the id of what a form makes."""
    return f"{prefix}_{form.partition('_')[2]}"


def _survey(state: Claim) -> Survey:
    if state.survey is None:
        raise refused("form-unclear", ("survey",))
    return state.survey
