"""Points of the survey: scene, damage, photographs, driver."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from claims.risk.facts import Facts, Picture, ReportFacts, Step, SurveyFacts
from tests.unit.claims.risk.firing import FAR, NEAR, NOON, SCENE, check, fired, observed_points

NIGHT = NOON.replace(hour=22)


def seen(**known: Any) -> Facts:
    return Facts(report=ReportFacts(occurred_at=NOON, stated_place=SCENE, driver="per_a"), survey=SurveyFacts(**known))


def reported(parties: int) -> Facts:
    return Facts(report=ReportFacts(counterparties=parties))


def photo(**known: Any) -> Facts:
    return seen(pictures=(Picture(taken_at=NOON, taken_in=NEAR), Picture(**known)))


def evening(*, later: int) -> Facts:
    when = ReportFacts(occurred_at=NIGHT, reported_at=NIGHT + timedelta(hours=later))
    return Facts(report=when, survey=SurveyFacts(alcohol_tested=False))


CASES = {
    "R031": (seen(surveyed_in=FAR), seen(surveyed_in=NEAR)),
    "R032": (seen(moved_before_photos=True), seen(moved_before_photos=False)),
    "R033": (reported(0), reported(1)),
    "R034": (seen(debris_seen=False), seen(debris_seen=True)),
    "R035": (seen(brake_marks_seen=False), seen(brake_marks_seen=True)),
    "R036": (seen(heights_cm=(40, 70)), seen(heights_cm=(55, 50))),
    "R037": (seen(stated_angle=10, seen_angle=90), seen(stated_angle=350, seen_angle=10)),
    "R038": (seen(airbags_opened=True, speed_kmh=10), seen(airbags_opened=True, speed_kmh=70)),
    "R039": (seen(zones=frozenset({"chassis"})), seen(zones=frozenset({"chassis", "front"}))),
    "R040": (seen(old_damage_signs=True), seen(old_damage_signs=False)),
    "R041": (
        photo(taken_at=NOON - timedelta(days=3), taken_in=NEAR),
        photo(taken_at=NOON + timedelta(minutes=20), taken_in=NEAR),
    ),
    "R042": (photo(distance=4), photo(distance=64)),
    "R043": (photo(edited=True), photo(edited=False)),
    "R044": (seen(driver_refuses=True), seen(driver_refuses=False)),
    "R045": (seen(driver="per_b"), seen(driver="per_a")),
    "R046": (evening(later=9), evening(later=1)),
}


@pytest.mark.parametrize(("point", "fires", "quiet"), [(point, *both) for point, both in CASES.items()])
def test_a_point_of_the_survey_fires_on_what_it_is_about(point: str, fires: Facts, quiet: Facts) -> None:
    check(Step.SURVEY, point, fires, quiet)


def test_every_computed_point_of_the_survey_has_its_case() -> None:
    assert CASES.keys() == observed_points(Step.SURVEY)


def test_closed_airbags_at_high_speed_fire_too() -> None:
    assert "R038" in fired(Step.SURVEY, seen(airbags_opened=False, speed_kmh=90))


def test_a_picture_that_was_taken_far_away_fires_though_its_time_is_right() -> None:
    assert "R041" in fired(Step.SURVEY, photo(taken_at=NOON, taken_in=FAR))


def test_the_nearest_of_all_pictures_counts() -> None:
    pictures = (Picture(distance=64), Picture(distance=None), Picture(distance=2))
    assert "R042" in fired(Step.SURVEY, seen(pictures=pictures))
