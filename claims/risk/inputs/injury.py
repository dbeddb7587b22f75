"""Inputs of an injury: against the speed, the people in the car, the diagnosis and its references."""

from __future__ import annotations

from claims.risk.comparing import Input, hours, percent, told
from claims.risk.facts import Facts

WORKING_FROM, WORKING_TO = 16, 65


def injury_inputs(facts: Facts) -> dict[str, Input]:
    """Return what the tables of an injury compare."""
    injury, history = facts.injury, facts.history
    return {
        "speed_kmh": facts.survey.speed_kmh,
        "injury_grade": injury.grade,
        "extra_passengers": _beyond(injury.people_injured, facts.report.people_in_car),
        "hours_to_treatment": hours(facts.report.occurred_at, injury.treated_at),
        "hospital_listed": told(injury.hospital_listed, _listed(injury.hospital, injury.designated_hospitals)),
        "bed_days_percent": percent(injury.bed_days, injury.reference_bed_days),
        "drugs_off_list": told(injury.drugs_off_list, _off_list(injury.drugs, injury.listed_drugs)),
        "fee_percent": percent(injury.fee, injury.reference_fee),
        "receipts_seen_before": history.receipts_seen,
        "grade_gap": _beyond(injury.grade, injury.reference_grade),
        "income_percent": percent(injury.income, injury.reference_income),
        "agent_claims": history.agent_claims,
        "doctor_claims": history.doctor_claims,
        "same_injury_before": told(injury.same_part_before, _same(injury.body_parts, injury.body_parts_before)),
        "loss_of_income_claimed": injury.income_loss_claimed,
        "working_age": told(
            injury.working_age, None if injury.age is None else WORKING_FROM <= injury.age < WORKING_TO
        ),
    }


def _beyond(found: int | None, expected: int | None) -> int | None:
    return None if found is None or expected is None else max(0, found - expected)


def _listed(hospital: str | None, designated: frozenset[str] | None) -> bool | None:
    return None if hospital is None or designated is None else hospital in designated


def _off_list(drugs: frozenset[str] | None, listed: frozenset[str] | None) -> int | None:
    return None if drugs is None or listed is None else len(drugs - listed)


def _same(now: frozenset[str] | None, before: frozenset[str] | None) -> bool | None:
    return None if now is None or before is None else bool(now & before)
