"""Points of the repair shop."""

from __future__ import annotations

from typing import Any

import pytest

from claims.risk.facts import Facts, HistoryFacts, ReportFacts, ShopFacts, Step
from tests.unit.claims.risk.firing import FAR, NEAR, SCENE, check, observed_points


def shop(**known: Any) -> Facts:
    return Facts(report=ReportFacts(stated_place=SCENE, located_at=SCENE), shop=ShopFacts(**known))


def pair(times: int) -> Facts:
    return Facts(history=HistoryFacts(pair_collisions=times))


CASES = {
    "R075": (shop(blocked=True), shop(blocked=False)),
    "R076": (shop(claims=90, like_claims=40), shop(claims=40, like_claims=40)),
    "R077": (shop(average=900_000, like_average=500_000), shop(average=500_000, like_average=500_000)),
    "R078": (pair(1), pair(0)),
    "R079": (
        shop(surveyor_claims=20, surveyor_claims_here=15),
        shop(surveyor_claims=20, surveyor_claims_here=2),
    ),
    "R080": (
        shop(keys=frozenset({1, 2}), people_keys=frozenset({2, 3})),
        shop(keys=frozenset({1}), people_keys=frozenset({3})),
    ),
    "R081": (shop(place=FAR), shop(place=NEAR)),
    "R082": (shop(place=NEAR), shop(place=FAR)),
    "R083": (shop(luxury_claims=50, claims=100), shop(luxury_claims=5, claims=100)),
    "R084": (shop(collects=True), shop(collects=False)),
}


@pytest.mark.parametrize(("point", "fires", "quiet"), [(point, *both) for point, both in CASES.items()])
def test_a_point_of_the_repair_shop_fires_on_what_it_is_about(point: str, fires: Facts, quiet: Facts) -> None:
    check(Step.REPAIR_SHOP, point, fires, quiet)


def test_every_computed_point_of_the_repair_shop_has_its_case() -> None:
    assert CASES.keys() == observed_points(Step.REPAIR_SHOP)
