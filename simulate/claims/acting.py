"""What customers and staff do with a claim in their turn: commands, by what the room says that it waits for.

Nothing here decides what is allowed. A command that the room refuses is counted, and a year without mistakes has none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from sqlalchemy.orm import Session

from claims.domain import Actor, Claim, Move, next_moves
from claims.domain import commands as c
from claims.domain.values import INSURERS_ZONE, Lane, SurveyWay
from claims.parts.catalogue import lines_of
from claims.parts.files import load_parts
from claims.risk.index import ClaimIndex
from claims.risk.picture_index import PictureIndex
from claims.risk.pictures import FAR
from claims.service.paying import Paying
from claims.service.settling import Settling
from claims.settlement.settling import Accident
from claims.settlement.table import Loss
from simulate.claims.cases import Case
from simulate.claims.chances import Dice

HANDLERS, SURVEYORS, LEADS = 40, 30, 6
MANAGER, DESK = "usr_manager", "usr_quotation"
OPENS, SHUTS = 8, 20
"""The hours of the day in which handlers, surveyors and team leads work; the hotline always does."""
FIRST_OF_ALL: Final = ("review-block", "call-back", "notify-refusal", "send-papers")

Turn = Callable[["Acting", Session, Case, Claim, datetime], Sequence[c.Command]]


class Acting:
    """Makes the commands of a turn."""

    def __init__(self, dice: Dice, settling: Settling, paying: Paying) -> None:
        self._dice, self._settling, self._paying = dice, settling, paying

    def move(self, state: Claim) -> Move | None:
        """Return whose turn it is, of those who are no program; None where nobody is waited for."""
        moves = [one for one in next_moves(state) if one.act in TURNS]
        first = [one for act in FIRST_OF_ALL for one in moves if one.act == act]
        return next(iter((*first, *moves)), None)

    def when(self, case: Case, move: Move, after: datetime) -> datetime:
        """Return when whoever is next does it: as long as it takes, and staff in working hours."""
        minutes = MINUTES[move.act]
        if move.act in ("assess", "agree") and self._alone(case):
            minutes = 2.0
        at = after + self._dice.minutes(minutes)
        if move.actor in (Actor.CUSTOMER, Actor.SERVICE) or move.act == "call-back" or self._alone(case):
            return at
        local = at.astimezone(INSURERS_ZONE)
        if OPENS <= local.hour < SHUTS:
            return at
        day = local + timedelta(days=local.hour >= SHUTS)
        return day.replace(hour=OPENS, minute=self._dice.one_of(0, 59))

    def commands(self, session: Session, case: Case, state: Claim) -> Sequence[c.Command]:
        """Return what is asked of the claim now; nothing where it is nobody's turn any more."""
        move = self.move(state)
        return () if move is None else TURNS[move.act](self, session, case, state, case.moment)

    def rate(self, case: Case) -> c.Command:
        took = case.moment - case.at
        stars = 5 if took < timedelta(hours=6) else 4 if took < timedelta(days=3) else 3
        return c.Rate(at=case.moment, stars=max(1, stars - (self._dice.random.random() < 0.3)))

    def _alone(self, case: Case) -> bool:
        state = case.state
        return state is not None and state.lane is Lane.EXPRESS and not state.person_asked

    def survey_by_phone(self, session: Session, case: Case, state: Claim, at: datetime) -> Sequence[c.Command]:
        dice, chances = self._dice, self._dice.chances
        if dice.happens(chances.withdraws):
            return (c.Withdraw(at=at, reason="paid-by-other-side"),)
        if not state.person_asked and dice.happens(chances.asks_for_person):
            return c.AskForPerson(at=at), c.AskCallBack(at=at, callback=case.new_id("cbk"))
        return *self._pictures(session, case, at), self._surveyed(case, state, at, None)

    def choose(self, session: Session, case: Case, state: Claim, at: datetime) -> Sequence[c.Command]:
        way = SurveyWay.SURVEYOR
        return (c.ChangeSurvey(at=at, survey=case.new_id("svy"), way=way, reason="person", by=_handler(case)),)

    def dispatch(self, session: Session, case: Case, state: Claim, at: datetime) -> Sequence[c.Command]:
        return (c.TakeSurvey(at=at, survey=_survey(state), by=_surveyor(case), device=_device(case)),)

    def survey(self, session: Session, case: Case, state: Claim, at: datetime) -> Sequence[c.Command]:
        told: dict[str, Any] = dict(case.seen)
        return (
            *self._pictures(session, case, at),
            c.TellSurvey(at=at, seen=case.new_id("sen"), by=_surveyor(case), **told),
            self._form(case, at, "survey", _surveyor(case), 400, _device(case)),
            self._surveyed(case, state, at, _surveyor(case)),
        )

    def assess(self, session: Session, case: Case, state: Claim, at: datetime) -> Sequence[c.Command]:
        parts, by = load_parts()[-1], None if self._alone(case) else _handler(case)
        wanted = (*case.damage, ("beat-heavy", 3)) if case.supplemented else case.damage
        lines = lines_of(parts, case.holder.policy.car.car_class, dict(wanted).items())
        shop = c.TellShop(at=at, seen=case.new_id("sen"), shop=case.shop, collects=case.shop_collects, by=by)
        assessed = c.Assess(
            at=at,
            assessment=case.new_id("ass"),
            catalogue=parts.version,
            lines=lines,
            injury=case.injury,
            by=by,
        )
        if by is None:
            return shop, assessed
        taken = () if state.handler is not None else (c.Take(at=at, by=by),)
        return *taken, shop, self._form(case, at, "loss-assessment", by, 300), assessed, *self._papers(case, state, at)

    def verify(self, session: Session, case: Case, state: Claim, at: datetime) -> Sequence[c.Command]:
        assessment = "" if state.assessment is None else state.assessment.id
        return (c.Verify(at=at, assessment=assessment, passed=True, by=_lead(case)),)

    def send_papers(self, session: Session, case: Case, state: Claim, at: datetime) -> Sequence[c.Command]:
        missing = () if state.papers is None else tuple(sorted(state.papers.missing))
        count = len(missing)
        told = c.TellPapers(at=at, seen=case.new_id("sen"), originals_needed=count, originals_seen=count)
        return c.RecordPapers(at=at, items=missing, record=case.new_id("pap")), told

    def adjudicate(self, session: Session, case: Case, state: Claim, at: datetime) -> Sequence[c.Command]:
        assessment = state.assessment
        losses = (
            {} if assessment is None else {Loss.OWN_VEHICLE: assessment.vehicle, Loss.OWN_INJURY: assessment.injury}
        )
        accident = Accident(losses, case.fault, other_car=case.report.other_plate is not None)
        made = self._settling.adjudication(session, state, accident, by=_handler(case))
        return self._form(case, at, "settlement", _handler(case), 200), made

    def offer(self, session: Session, case: Case, state: Claim, at: datetime) -> Sequence[c.Command]:
        return (self._settling.offering(session, state, by=_handler(case)),)

    def send_agreement(self, session: Session, case: Case, state: Claim, at: datetime) -> Sequence[c.Command]:
        return (c.SendAgreement(at=at, offer=_offer(state), envelope=case.new_id("env"), by=_handler(case)),)

    def sign(self, session: Session, case: Case, state: Claim, at: datetime) -> Sequence[c.Command]:
        envelope = None if state.offer is None else state.offer.envelope
        return (c.Agree(at=at, offer=_offer(state), envelope=envelope, document=_digest(f"{envelope}")),)

    def agree(self, session: Session, case: Case, state: Claim, at: datetime) -> Sequence[c.Command]:
        dice, chances = self._dice, self._dice.chances
        if not case.supplemented and dice.happens(chances.supplement):
            case.supplemented = True
            return (c.Supplement(at=at, supplement=case.new_id("spl"), reason="hidden-damage", by=_handler(case)),)
        if not case.disputed and dice.happens(chances.disputes):
            case.disputed = True
            return (c.Dispute(at=at, dispute=case.new_id("dsp"), reason="parts-too-cheap"),)
        return (c.Agree(at=at, offer=_offer(state), confirmation=case.new_id("cnf")),)

    def answer(self, session: Session, case: Case, state: Claim, at: datetime) -> Sequence[c.Command]:
        dispute = "" if state.dispute is None else state.dispute.id
        return (c.AnswerDispute(at=at, dispute=dispute, changed=False, reason=case.new_id("wrd"), by=DESK),)

    def name_payee(self, session: Session, case: Case, state: Claim, at: datetime) -> Sequence[c.Command]:
        return (self._paying.naming(session, case.claim, state, case.payee),)

    def mend(self, session: Session, case: Case, state: Claim, at: datetime) -> Sequence[c.Command]:
        """The account was wrong: the customer tells the right one."""
        payee = case.holder.payee(self._dice)
        return (self._paying.naming(session, case.claim, state, payee, by=_handler(case)),)

    def approve_payee(self, session: Session, case: Case, state: Claim, at: datetime) -> Sequence[c.Command]:
        account, barred = ("", ()) if state.payee is None else (state.payee.account, state.payee.barred)
        second = next(one for one in (MANAGER, DESK, _lead(case)) if one not in barred)
        return (c.ApprovePayee(at=at, account=account, by=second),)

    def approve_payment(self, session: Session, case: Case, state: Claim, at: datetime) -> Sequence[c.Command]:
        account = "" if state.payee is None else state.payee.account
        who = next(one for one in (_lead(case), MANAGER, DESK) if one not in state.approved_by)
        return (c.ApprovePayment(at=at, fen=state.payable, account=account, by=who),)

    def review(self, session: Session, case: Case, state: Claim, at: datetime) -> Sequence[c.Command]:
        """A person looks at a block, and knows more than a score does: of a ring, they mostly find out."""
        reason, lead = case.new_id("wrd"), _lead(case)
        if not case.ring or not self._dice.happens(self._dice.chances.finds_fraud):
            return (c.ReviewBlock(at=at, released=True, reason=reason, by=lead),)
        upheld = c.ReviewBlock(at=at, released=False, reason=reason, by=lead)
        words = case.new_id("wrd")
        return upheld, c.Refuse(at=at, reasons=("fraud", "made-up-accident"), words=words, by=_handler(case))

    def notify(self, session: Session, case: Case, state: Claim, at: datetime) -> Sequence[c.Command]:
        return (c.RecordNotice(at=at, notice=case.new_id("ntc")),)

    def call_back(self, session: Session, case: Case, state: Claim, at: datetime) -> Sequence[c.Command]:
        callback = next(one.id for one in state.callbacks if not one.done)
        return (c.RecordCalledBack(at=at, callback=callback, reached=True, by=_handler(case)),)

    def close(self, session: Session, case: Case, state: Claim, at: datetime) -> Sequence[c.Command]:
        return (c.Close(at=at, by=_handler(case)),)

    def _papers(self, case: Case, state: Claim, at: datetime) -> Sequence[c.Command]:
        if state.papers is not None or not case.injury:
            return ()
        items = ("driving-licence", "medical-bills")
        message = case.new_id("msg")
        return (c.AskPapers(at=at, request=case.new_id("ppr"), items=items, message=message, by=_handler(case)),)

    def _pictures(self, session: Session, case: Case, at: datetime) -> Sequence[c.Command]:
        """Take pictures in as the room of pictures does: each is compared with those of all other claims."""
        if case.has_pictures:
            return ()
        case.has_pictures = True
        index = PictureIndex(session)
        number = ClaimIndex(session).number_of(case.claim)
        if number is None:
            raise LookupError("a claim is entered in the index when it is reported")
        commands: list[c.Command] = []
        told: dict[str, Any] = dict(case.picture_told)
        for place, picture in enumerate(case.pictures):
            near = index.nearest(number, picture)
            index.enter(number, picture)
            id, kind = case.new_id("pic"), "close-up" if place else "whole-car"
            commands.append(c.AddPicture(at=at, picture=id, kind=kind, digest=_digest(f"{picture}")))
            commands.append(c.CheckPicture(at=at, picture=id, distance=FAR if near is None else near.bits, **told))
        return commands

    def _surveyed(self, case: Case, state: Claim, at: datetime, by: str | None) -> c.Command:
        device = None if state.survey is None else state.survey.device
        record, digest = case.new_id("rec"), _digest(case.claim)
        return c.RecordSurvey(
            at=at, survey=_survey(state), record=record, digest=digest, fault=case.fault, device=device, by=by
        )

    def _form(self, case: Case, at: datetime, tool: str, by: str, seconds: int, device: str | None = None) -> c.Command:
        spent = min(86_400, round(self._dice.minutes(seconds / 60).total_seconds()))
        form, record = case.new_id("frm"), case.new_id("rec")
        return c.FileForm(
            at=at, form=form, tool=tool, record=record, digest=_digest(form), seconds=spent, device=device, by=by
        )


def _handler(case: Case) -> str:
    return f"usr_handler{case.number % HANDLERS:02d}"


def _surveyor(case: Case) -> str:
    return f"usr_surveyor{case.number % SURVEYORS:02d}"


def _lead(case: Case) -> str:
    return f"usr_lead{case.number % LEADS}"


def _device(case: Case) -> str:
    return f"dev_surveyor{case.number % SURVEYORS:02d}"


def _survey(state: Claim) -> str:
    return "" if state.survey is None else state.survey.id


def _offer(state: Claim) -> str:
    return "" if state.offer is None else state.offer.id


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


TURNS: Final[Mapping[str, Turn]] = {
    "survey-by-phone": Acting.survey_by_phone,
    "choose-survey": Acting.choose,
    "dispatch-surveyor": Acting.dispatch,
    "survey": Acting.survey,
    "assess": Acting.assess,
    "verify": Acting.verify,
    "send-papers": Acting.send_papers,
    "adjudicate": Acting.adjudicate,
    "make-offer": Acting.offer,
    "send-agreement": Acting.send_agreement,
    "sign": Acting.sign,
    "agree": Acting.agree,
    "answer-dispute": Acting.answer,
    "name-payee": Acting.name_payee,
    "mend-payment": Acting.mend,
    "approve-payee": Acting.approve_payee,
    "approve-payment": Acting.approve_payment,
    "review-block": Acting.review,
    "notify-refusal": Acting.notify,
    "call-back": Acting.call_back,
    "close": Acting.close,
}
MINUTES: Final[Mapping[str, float]] = {
    "survey-by-phone": 6.0,
    "choose-survey": 20.0,
    "dispatch-surveyor": 7.0,
    "survey": 70.0,
    "assess": 45.0,
    "verify": 30.0,
    "send-papers": 900.0,
    "adjudicate": 30.0,
    "make-offer": 10.0,
    "send-agreement": 15.0,
    "sign": 200.0,
    "agree": 40.0,
    "answer-dispute": 150.0,
    "name-payee": 1.2,
    "mend-payment": 120.0,
    "approve-payee": 90.0,
    "approve-payment": 60.0,
    "review-block": 200.0,
    "notify-refusal": 300.0,
    "call-back": 0.8,
    "close": 30.0,
}
"""How long whoever is next takes, in the median."""
