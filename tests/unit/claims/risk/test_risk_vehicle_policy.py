"""Points of the car and its policy."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from claims.risk.facts import Facts, HistoryFacts, PolicyFacts, ReportFacts, Step, VehicleFacts
from tests.unit.claims.risk.firing import NOON, check, fired, observed_points, unobserved

DAY = timedelta(days=1)
DATE = NOON.date()
LUXURY = 60_000_000


def car(**known: Any) -> Facts:
    return Facts(report=ReportFacts(occurred_at=NOON), vehicle=VehicleFacts(**known))


def both(policy: dict[str, Any], **known: Any) -> Facts:
    return Facts(report=ReportFacts(occurred_at=NOON), vehicle=VehicleFacts(**known), policy=PolicyFacts(**policy))


def elsewhere(hours: float, km: float) -> Facts:
    return Facts(history=HistoryFacts(plate_elsewhere=(hours, km)))


CASES = {
    "R019": (
        car(first_registered_on=date(2015, 1, 1), list_price=LUXURY),
        car(first_registered_on=date(2024, 1, 1), list_price=LUXURY),
    ),
    "R020": (both({"sum_insured": 13_000_000}, value=10_000_000), both({"sum_insured": 10_000_000}, value=10_000_000)),
    "R021": (car(transferred_on=(DATE - 10 * DAY,)), car(transferred_on=())),
    "R022": (
        both({"vin": "V1", "plate": "P1"}, seen_vin="V1", seen_plate="P2"),
        both({"vin": "V1", "plate": "P1"}, seen_vin="V1", seen_plate="P1"),
    ),
    "R023": (both({"commercial": False}, carried_for_money=True), both({"commercial": True}, carried_for_money=True)),
    "R024": (car(modified=True), car(modified=False)),
    "R025": (car(inspection_until=DATE - DAY), car(inspection_until=DATE)),
    "R026": (car(had_salvage=True), car(had_salvage=False)),
    "R027": (car(pre_cover_photos=0), car(pre_cover_photos=4)),
    "R029": (
        both({"earlier_cover_ended_on": (DATE - 60 * DAY,), "starts_at": NOON - 30 * DAY}),
        both({"earlier_cover_ended_on": (), "starts_at": NOON - 30 * DAY}),
    ),
    "R030": (elsewhere(1.0, 900.0), elsewhere(30.0, 900.0)),
}


@pytest.mark.parametrize(("point", "fires", "quiet"), [(point, *both) for point, both in CASES.items()])
def test_a_point_of_car_and_policy_fires_on_what_it_is_about(point: str, fires: Facts, quiet: Facts) -> None:
    check(Step.VEHICLE_POLICY, point, fires, quiet)


def test_every_computed_point_of_car_and_policy_has_its_case() -> None:
    assert CASES.keys() == observed_points(Step.VEHICLE_POLICY)


def test_one_of_two_alternatives_is_enough_to_fire_and_both_are_needed_to_be_silent() -> None:
    wrong_plate = both({"vin": "V1", "plate": "P1"}, seen_plate="P2")
    right_plate = both({"vin": "V1", "plate": "P1"}, seen_plate="P1")
    assert "R022" in fired(Step.VEHICLE_POLICY, wrong_plate)
    assert "R022" not in unobserved(Step.VEHICLE_POLICY, wrong_plate)
    assert "R022" in unobserved(Step.VEHICLE_POLICY, right_plate), "nobody has seen the VIN yet"
