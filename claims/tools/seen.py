"""What a form saw, as the answers that risk is scored by (ADR 0080): answers instead of people and places. Pure.

What nobody filled in, and what cannot be told from it, stays None: it was not observed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from claims.domain import commands as c
from claims.loss_report import LossReport
from claims.motor_policy import MotorPolicy
from claims.risk.inputs.injury import WORKING_FROM, WORKING_TO
from claims.tools.fields import Value
from claims.typed import plain_number

_SMALL: Final = frozenset({"c1", "c2", "c3", "c4"})
_LORRIES: Final = _SMALL | {"b1", "b2"}
ALSO: Final[Mapping[str, frozenset[str]]] = {
    "a1": _LORRIES | {"a3"},
    "a2": _LORRIES,
    "a3": _SMALL,
    "b1": _SMALL,
    "b2": _SMALL,
    "c1": frozenset({"c2", "c3"}),
}
"""What else a class of licence allows (机动车驾驶证申领和使用规定, annex 1), of the classes that the form has."""


def survey_told(
    said: Mapping[str, Value], seen: str, *, at: datetime, by: str, report: LossReport, policy: MotorPolicy
) -> c.TellSurvey:
    """Return what was seen at the car and at the scene, beside what was reported and insured."""
    return c.TellSurvey(
        at=at,
        seen=seen,
        moved_before_photos=_flag(said, "moved_before_photos"),
        counterparties=_number(said, "counterparties"),
        debris=_flag(said, "debris_seen"),
        brake_marks=_flag(said, "brake_marks_seen"),
        height_cm=_number(said, "our_height_cm"),
        other_height_cm=_number(said, "other_height_cm"),
        stated_angle=_number(said, "stated_angle"),
        seen_angle=_number(said, "seen_angle"),
        airbags_opened=_flag(said, "airbags_opened"),
        speed_kmh=_number(said, "speed_kmh"),
        zones=_several(said, "zones"),
        old_damage=_flag(said, "old_damage_signs"),
        same_driver=_same(said, "driver", report.driver),
        driver_refuses=_flag(said, "driver_refuses"),
        alcohol_tested=_flag(said, "alcohol_tested"),
        vin_matches=_same(said, "seen_vin", policy.car.vin),
        plate_matches=_same(said, "seen_plate", policy.car.plate),
        modified=_flag(said, "modified"),
        carried_for_money=_flag(said, "carried_for_money"),
        by=by,
    )


def papers_told(said: Mapping[str, Value], seen: str, *, at: datetime, by: str) -> c.TellPapers:
    """Return what the licences say, and which share of the liability is the insured's."""
    held, fault = _text(said, "licence_class"), _text(said, "fault")
    classes = None if held is None else tuple(sorted({held.lower(), *ALSO.get(held.lower(), ())}))
    needed = _text(said, "needed_class")
    return c.TellPapers(
        at=at,
        seen=seen,
        licence_until=_day(said, "licence_until"),
        licence_classes=classes,
        needed_class=None if needed is None else needed.lower(),
        registration_until=_day(said, "registration_until"),
        our_share=int(fault) if fault is not None and fault.isdigit() else None,
        liability_explained=_flag(said, "liability_explained"),
        by=by,
    )


def injury_told(said: Mapping[str, Value], seen: str, *, at: datetime, by: str, people: int) -> c.TellInjury:
    """Return what was seen of an injury; `people` are how many were hurt as far as forms tell, this one included."""
    age, grade, treated = _number(said, "age"), _text(said, "grade"), _text(said, "treated_at")
    return c.TellInjury(
        at=at,
        seen=seen,
        grade=None if grade is None else int(grade),
        people_injured=people,
        treated_at=None if treated is None else datetime.fromisoformat(treated),
        bed_days=_number(said, "bed_days"),
        fee=_number(said, "fee"),
        income=_number(said, "income"),
        income_loss_claimed=_flag(said, "income_loss_claimed"),
        working_age=None if age is None else WORKING_FROM <= age < WORKING_TO,
        by=by,
    )


def _flag(said: Mapping[str, Value], name: str) -> bool | None:
    value = said.get(name)
    return value if isinstance(value, bool) else None


def _number(said: Mapping[str, Value], name: str) -> int | None:
    value = said.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _text(said: Mapping[str, Value], name: str) -> str | None:
    value = said.get(name)
    return value if isinstance(value, str) else None


def _several(said: Mapping[str, Value], name: str) -> tuple[str, ...] | None:
    value = said.get(name)
    return value if isinstance(value, tuple) and value else None


def _day(said: Mapping[str, Value], name: str) -> date | None:
    text = _text(said, name)
    return None if text is None else date.fromisoformat(text)


def _same(said: Mapping[str, Value], name: str, known: str) -> bool | None:
    """Tell whether what was read is what was known, but for spaces, points and small letters."""
    text = _text(said, name)
    return None if text is None else plain_number(text) == plain_number(known)
