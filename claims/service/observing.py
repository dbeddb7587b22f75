"""What the service knows of a claim when a step is scored: from the report, the register, the assessment, the payee,
earlier claims and the calendar. What nobody told it stays None, which is not observed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from sqlalchemy.orm import Session

from claims.clocks.days import ClaimDays, load_days
from claims.dispatch.duty import parse_place
from claims.dispatch.models import LossPlace
from claims.domain import Claim
from claims.domain import events as e
from claims.domain import values as v
from claims.domain.event import Event
from claims.loss_report import LossReport
from claims.motor_policy import MotorPolicy
from claims.parts.catalogue import CarClass, Catalogue
from claims.parts.files import load_parts
from claims.payment.payees import parse_payee
from claims.pictures.store import Pictures
from claims.risk.facts import (
    AssessmentFacts,
    Facts,
    HistoryFacts,
    Line,
    LineKind,
    PaymentFacts,
    Picture,
    PolicyFacts,
    ReportFacts,
    Step,
)
from claims.risk.history import history_of
from claims.risk.inputs.steps import WITHOUT_HISTORY
from claims.risk.lookup import Lookup
from claims.risk.places import Place
from claims.risk.room_part import link_keys
from claims.rules_in_force import limits_of
from claims.service.linking import links_of
from claims.service.office import Office
from claims.service.seen_facts import (
    document_facts,
    injury_facts,
    last_told,
    shop_facts,
    survey_facts,
    vehicle_facts,
)
from claims.settlement.table import Cover
from claims.sheets import named
from esign.public.house import House
from esign.public.people import RecordErased

LAST_MOMENT: Final = time(23, 59, 59)
INSURED: Final = "insured"
"""The payee where it is the insured; everybody else is named by the record that they are in."""


@dataclass(frozen=True)
class Observed:
    """What was read of a claim: its report, its policy as it was then, what happened, and what earlier ones say."""

    report: LossReport
    policy: MotorPolicy
    events: Sequence[Event]
    history: HistoryFacts
    pictures: tuple[Picture, ...] | None = None
    named_place: Place | None = None
    """Where the loss is by the words of the report, as whoever sends surveyors entered it."""


def observe(office: Office, session: Session, claim: str, state: Claim, steps: Sequence[str]) -> Facts:
    """Return what is known of a claim now, for these steps: photographs are looked at for the survey alone, and earlier
    claims where a step asks for them.

    Raises `RecordErased`, `ClaimDataBroken`.
    """
    report, policy = office.report_of(session, state), office.policy_of(session, state)
    asked = not WITHOUT_HISTORY.issuperset(Step(step) for step in steps)
    history = _history(office, session, claim, state, report, policy) if asked else HistoryFacts()
    events = office.told_of(session, claim)
    pictures = Pictures(office).told(session, claim) if Step.SURVEY.value in steps else None
    place = None if report.located is None else named_place(office.house, session, claim)
    return facts_of(state, Observed(report, policy, events, history, pictures, place), load_days())


def _history(
    office: Office, session: Session, claim: str, state: Claim, report: LossReport, policy: MotorPolicy
) -> HistoryFacts:
    payee = None if state.payee is None else parse_payee(office.read(session, state.payee.record))
    links = links_of(link_keys(office.house), claim, report, policy, payee)
    return history_of(links, Lookup(session), office.now(session, state))


def named_place(house: House, session: Session, claim: str) -> Place | None:
    """Return the place that the words of the report name, where a person entered it; None else, and once erased."""
    row = session.get(LossPlace, claim)
    try:
        return None if row is None else parse_place(house.records.read(session, row.place))
    except RecordErased:
        return None


def facts_of(state: Claim, seen: Observed, days: ClaimDays) -> Facts:
    """Return the facts. Pure. Raises `ClaimDataBroken` for an assessment by a catalogue that is gone."""
    return Facts(
        report=_report(state, seen, days),
        policy=_policy(seen.policy),
        vehicle=vehicle_facts(seen.events),
        survey=survey_facts(seen.events, seen.pictures),
        assessment=_assessment(state, seen),
        injury=injury_facts(seen.events),
        shop=shop_facts(seen.events),
        documents=document_facts(seen.events),
        history=seen.history,
        payment=_payment(state, seen),
    )


def _report(state: Claim, seen: Observed, days: ClaimDays) -> ReportFacts:
    """What the phone said at the scene is the stated place, and no second one beside itself: it is compared with the
    words of the report only where a person turned those into a place."""
    occurred = _local(seen.report.occurred_at)
    return ReportFacts(
        occurred_at=occurred,
        reported_at=_local(state.reported_at),
        stated_place=seen.named_place or seen.report.scene,
        located_at=None if seen.named_place is None else seen.report.scene,
        reporter_is_driver="".join(seen.report.reporter.split()) == "".join(seen.report.driver.split()),
        holidays=days.holidays if days.knows(occurred.year) else None,
        counterparties=last_told(seen.events, e.SurveySeen, "counterparties"),
        people_in_car=last_told(seen.events, e.InjurySeen, "people_in_car"),
    )


def _policy(policy: MotorPolicy) -> PolicyFacts:
    """The register knows days and no hour of the effect, neither earlier covers nor usual drivers."""
    vehicle = policy.terms.get(Cover.VEHICLE)
    return PolicyFacts(
        starts_at=_at(policy.starts_on, time.min),
        ends_at=_at(policy.ends_on, LAST_MOMENT),
        sum_insured=None if vehicle is None else vehicle.sum_insured,
        vin=policy.car.vin,
        plate=policy.car.plate,
    )


def _assessment(state: Claim, seen: Observed) -> AssessmentFacts:
    versions = [one for one in seen.events if isinstance(one, e.LossAssessed)]
    supplements = sum(isinstance(one, e.SupplementOpened) for one in seen.events)
    if not versions:
        return AssessmentFacts()
    first = {line.item for line in versions[0].lines}
    catalogue, car = named(load_parts(), versions[-1].catalogue), seen.policy.car.car_class
    return AssessmentFacts(
        lines=tuple(_line(one, catalogue, car, hidden=one.item not in first) for one in versions[-1].lines),
        tiers=tuple(one.upto for one in limits_of(state).tiers if one.upto is not None),
        supplements=supplements,
    )


def _line(line: v.Line, catalogue: Catalogue, car: CarClass, *, hidden: bool) -> Line:
    """A line beside the catalogue's price; the catalogue does not say which items are part of which."""
    item = catalogue.find(line.item)
    return Line(
        code=line.item,
        kind=LineKind.PART if line.kind is v.LineKind.PART else LineKind.LABOUR,
        amount=line.fen,
        reference=None if item is None else item.prices[car] * line.quantity,
        zone=None if item is None else item.area,
        includes=None,
        hidden=hidden,
    )


def _payment(state: Claim, seen: Observed) -> PaymentFacts:
    payee = state.payee
    if payee is None:
        return PaymentFacts()
    approved = [one.account for one in seen.events if isinstance(one, e.PaymentApproved | e.PayeeApproved)]
    identified = seen.policy.insured.id_number is not None
    return PaymentFacts(
        payee=INSURED if payee.matches else payee.record,
        insured=INSURED if identified else None,
        account=payee.account,
        approved_account=approved[-1] if approved else None,
    )


def _at(day: date, at: time) -> datetime:
    return datetime.combine(day, at, v.INSURERS_ZONE)


def _local(moment: datetime) -> datetime:
    """A moment at the scene: China has one time zone."""
    return moment.astimezone(v.INSURERS_ZONE)
