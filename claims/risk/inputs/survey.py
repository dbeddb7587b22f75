"""Inputs of the survey: the scene, the damage, the photographs, the driver."""

from __future__ import annotations

from collections.abc import Iterable

from claims.risk.comparing import Input, differ, hours, km, told
from claims.risk.facts import Facts, Picture, SurveyFacts

DRINKING_FROM, DRINKING_TO = 20, 4
CHASSIS = frozenset({"chassis"})
FULL_TURN = 360


def survey_inputs(facts: Facts) -> dict[str, Input]:
    """Return what the tables of the survey compare."""
    survey, report = facts.survey, facts.report
    pictures, occurred = survey.pictures, report.occurred_at
    return {
        "km_from_scene": told(survey.km_from_scene, km(report.stated_place, survey.surveyed_in)),
        "moved_before_photos": survey.moved_before_photos,
        "counterparties": report.counterparties,
        "debris_seen": survey.debris_seen,
        "brake_marks_seen": survey.brake_marks_seen,
        "height_gap_cm": None if survey.heights_cm is None else abs(survey.heights_cm[0] - survey.heights_cm[1]),
        "angle_gap_degrees": _angle_gap(survey),
        "airbags_opened": survey.airbags_opened,
        "speed_kmh": survey.speed_kmh,
        "chassis_only": None if survey.zones is None else survey.zones == CHASSIS,
        "old_damage_signs": survey.old_damage_signs,
        "photo_hours_off": _largest(hours(occurred, one.taken_at) for one in pictures or ()),
        "photo_km_off": _largest(told(one.km_off, km(report.stated_place, one.taken_in)) for one in pictures or ()),
        "image_distance": min(_known(one.distance for one in pictures or ()), default=None),
        "edited_images": _edited(pictures),
        "driver_refuses": survey.driver_refuses,
        "driver_differs": told(survey.driver_differs, differ(report.driver, survey.driver)),
        "in_drinking_hours": None if occurred is None else not DRINKING_TO <= occurred.hour < DRINKING_FROM,
        "hours_to_report": hours(occurred, report.reported_at),
        "alcohol_tested": survey.alcohol_tested,
    }


def _angle_gap(survey: SurveyFacts) -> int | None:
    """The smaller of the two ways around."""
    if survey.stated_angle is None or survey.seen_angle is None:
        return None
    apart = abs(survey.stated_angle - survey.seen_angle) % FULL_TURN
    return min(apart, FULL_TURN - apart)


def _largest(found: Iterable[float | None]) -> float | None:
    """The largest of those that are known: pictures without a time or place tell nothing."""
    return max((abs(one) for one in _known(found)), default=None)


def _known(found: Iterable[float | None]) -> list[float]:
    return [one for one in found if one is not None]


def _edited(pictures: tuple[Picture, ...] | None) -> int | None:
    known = [one.edited for one in pictures or () if one.edited is not None]
    return sum(known) if known else None
