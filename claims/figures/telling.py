"""What each event tells of a claim's course: one fold, over events as they are recorded.

The consumer and an exported trail are read by it alike. A claim is counted as it was when it was first paid: what is
assessed, adjudicated and agreed later changes neither its tier and amount nor the time that it took, unless the bank
took that payment back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final, TypeAlias

from claims.domain.values import Lane, ReportWay, SurveyWay
from claims.figures.courses import NOBODYS, Block, Call, Course, End, Paid
from esign.public.events import Event
from esign.public.figures import seconds_of

CLAIM: Final = "clm_"
DISPATCH, PARTS_SUPPLY = "dispatch", "parts-supply"
"""Tools whose forms are no `claim.form-filed`: what was done with them tells that they were used."""
Tell: TypeAlias = Callable[[Course, Mapping[str, Any], int], Course]


def tell(course: Course | None, event: Event) -> Course | None:
    """Return the course after a recorded event of its stream; None as long as nothing was reported."""
    at = seconds_of(event.time)
    if event.type == "claim.reported":
        return _reported(event.stream, event.payload, at)
    step = _STEPS.get(event.type)
    if course is None or step is None:
        return course
    return step(course, event.payload, at)


def _reported(claim: str, told: Mapping[str, Any], at: int) -> Course:
    by_phone = told["way"] != ReportWay.HOTLINE.value and told["by"] is None and told["client"] is None
    return Course(
        claim,
        told["institution"] or NOBODYS,
        at,
        told["estimate"],
        told["injured"],
        phone=frozenset({"report"} if by_phone else ()),
    )


def _call_asked(course: Course, told: Mapping[str, Any], at: int) -> Course:
    return replace(course, calls={**course.calls, told["callback"]: Call(at, None)})


def _called(course: Course, told: Mapping[str, Any], at: int) -> Course:
    """Whoever was not reached is rung again: the first ring is what they waited for."""
    call = course.calls.get(told["callback"])
    if call is None or call.made_at is not None:
        return course
    return replace(course, calls={**course.calls, told["callback"]: call._replace(made_at=at)})


def _until_paid(step: Tell) -> Tell:
    return lambda course, told, at: course if course.paid_at is not None else step(course, told, at)


def _triaged(course: Course, told: Mapping[str, Any], _at: int) -> Course:
    newly = told["lane"] == Lane.BLOCKED.value and course.lane != Lane.BLOCKED.value
    return replace(course, lane=told["lane"], block=Block.WAITING if newly else course.block)


def _blocked(course: Course, _told: Mapping[str, Any], _at: int) -> Course:
    return replace(course, lane=Lane.BLOCKED.value, block=Block.WAITING)


def _reviewed(course: Course, told: Mapping[str, Any], _at: int) -> Course:
    if told["released"]:
        return replace(course, lane=Lane.ORDINARY.value, block=Block.RELEASED)
    return replace(course, block=Block.UPHELD)


def _person_asked(course: Course, _told: Mapping[str, Any], _at: int) -> Course:
    return _no_more_express(course)


def _survey_changed(course: Course, told: Mapping[str, Any], _at: int) -> Course:
    return _no_more_express(course) if told["way"] == SurveyWay.SURVEYOR.value else course


def _no_more_express(course: Course) -> Course:
    return replace(course, lane=Lane.ORDINARY.value) if course.lane == Lane.EXPRESS.value else course


def _scored(course: Course, told: Mapping[str, Any], _at: int) -> Course:
    return replace(
        course,
        score=max(course.score or 0, told["maximum"]),
        points=course.points.union(told["points"]),
        hard_stop=course.hard_stop or told["hard_stop"],
    )


def _surveyed(course: Course, told: Mapping[str, Any], at: int) -> Course:
    after = course if told["by"] is not None else _by_phone(course, "survey")
    return after if after.paid_at is not None else replace(after, surveyed_at=at)


def _assessed(course: Course, told: Mapping[str, Any], at: int) -> Course:
    fen = told["vehicle"] + told["injury"]
    return replace(course, assessed_at=at, fen=fen, injured=course.injured or told["injury"] > 0)


def _adjudicated(course: Course, told: Mapping[str, Any], _at: int) -> Course:
    return replace(course, fen=told["fen"], tier=told["tier"])


def _offered(course: Course, _told: Mapping[str, Any], at: int) -> Course:
    return replace(course, offered_at=at)


def _agreed(course: Course, _told: Mapping[str, Any], at: int) -> Course:
    after = _by_phone(course, "agreement")
    return after if after.paid_at is not None else replace(after, agreed_at=at)


def _ordered(course: Course, told: Mapping[str, Any], _at: int) -> Course:
    return replace(course, payments={**course.payments, told["payment"]: Paid(told["kind"], told["fen"], None)})


def _made(course: Course, told: Mapping[str, Any], at: int) -> Course:
    return _paid(course, told["payment"], at)


def _not_made(course: Course, told: Mapping[str, Any], _at: int) -> Course:
    return _paid(course, told["payment"], None)


def _contradicted(course: Course, told: Mapping[str, Any], _at: int) -> Course:
    """A closed claim is open again until the bank said what is true."""
    after = _paid(course, told["payment"], None)
    return replace(after, end=None, closed_at=None, covered_at=None) if course.end is End.CLOSED else after


def _paid(course: Course, payment: str, at: int | None) -> Course:
    known = course.payments.get(payment)
    if known is None:
        return course
    return replace(course, payments={**course.payments, payment: known._replace(made_at=at)})


def _closed(course: Course, told: Mapping[str, Any], at: int) -> Course:
    """Where no settlement was paid, but something was, advances were all: it was paid when the customer agreed."""
    covered = course.covered_at
    if course.paid_at is None and told["fen"]:
        covered = at if course.agreed_at is None else course.agreed_at
    return replace(course, end=End.CLOSED, closed_at=at, covered_at=covered)


def _ended(end: End) -> Tell:
    return lambda course, _told, _at: replace(course, end=end)


def _reopened(course: Course, _told: Mapping[str, Any], _at: int) -> Course:
    return replace(course, end=None, closed_at=None)


def _rated(course: Course, told: Mapping[str, Any], _at: int) -> Course:
    return replace(_by_phone(course, "rating"), stars=told["stars"])


def _form(course: Course, told: Mapping[str, Any], _at: int) -> Course:
    return _with_form(course, told["tool"], told["seconds"])


def _used(tool: str) -> Tell:
    return lambda course, _told, _at: _with_form(course, tool, 0)


def _with_form(course: Course, tool: str, seconds: int) -> Course:
    count, before = course.forms.get(tool, (0, 0))
    return replace(course, forms={**course.forms, tool: (count + 1, before + seconds)})


def _pictured(course: Course, told: Mapping[str, Any], _at: int) -> Course:
    return course if told["by"] is not None else _by_phone(course, "pictures")


def _disputed(course: Course, _told: Mapping[str, Any], _at: int) -> Course:
    return _by_phone(course, "dispute")


def _by_phone(course: Course, act: str) -> Course:
    return course if act in course.phone else replace(course, phone=course.phone | {act})


_STEPS: Final[Mapping[str, Tell]] = {
    "claim.triaged": _triaged,
    "claim.blocked": _blocked,
    "claim.block-reviewed": _reviewed,
    "claim.person-asked": _person_asked,
    "claim.survey-changed": _survey_changed,
    "claim.scored": _scored,
    "claim.surveyed": _surveyed,
    "claim.assessed": _until_paid(_assessed),
    "claim.adjudicated": _until_paid(_adjudicated),
    "claim.offer-made": _until_paid(_offered),
    "claim.agreed": _agreed,
    "claim.payment-ordered": _ordered,
    "claim.payment-made": _made,
    "claim.payment-failed": _not_made,
    "claim.payment-contradicted": _contradicted,
    "claim.closed": _closed,
    "claim.refused": _ended(End.REFUSED),
    "claim.withdrawn": _ended(End.WITHDRAWN),
    "claim.joined": _ended(End.JOINED),
    "claim.reopened": _reopened,
    "claim.rated": _rated,
    "claim.form-filed": _form,
    "claim.surveyor-sent": _used(DISPATCH),
    "claim.quotes-asked": _used(PARTS_SUPPLY),
    "claim.picture-added": _pictured,
    "claim.price-disputed": _disputed,
    "claim.call-back-asked": _call_asked,
    "claim.called-back": _called,
}
TOLD: Final = frozenset(("claim.reported", *_STEPS))
"""The types of events that change a course."""
PHONE_ACTS: Final = ("report", "pictures", "survey", "agreement", "dispute", "rating")
"""What the customer does by phone."""
