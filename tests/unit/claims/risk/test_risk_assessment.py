"""Points of the assessment: lines against the catalogue, the whole against model, tiers and value."""

from __future__ import annotations

from typing import Any

import pytest

from claims.risk.facts import AssessmentFacts, Facts, HistoryFacts, Line, LineKind, Step, SurveyFacts, VehicleFacts
from tests.unit.claims.risk.firing import check, observed_points, unobserved

TIERS = (200_000, 500_000, 1_000_000)


def line(amount: int = 100_000, kind: LineKind = LineKind.PART, code: str = "door", **known: Any) -> Line:
    return Line(code=code, kind=kind, amount=amount, **known)


def assessed(*lines: Line, **known: Any) -> Facts:
    return Facts(assessment=AssessmentFacts(lines=lines, **known))


def of_kind(kind: LineKind, amount: int) -> Facts:
    return assessed(line(amount, kind, reference=100_000))


def painted(zone: str) -> Facts:
    facts = AssessmentFacts(lines=(line(kind=LineKind.PAINT, zone=zone),))
    return Facts(assessment=facts, survey=SurveyFacts(zones=frozenset({"left-door"})))


def before(*zones: str) -> Facts:
    facts = AssessmentFacts(lines=(line(zone="rear"),))
    return Facts(assessment=facts, history=HistoryFacts(unrepaired_zones=frozenset(zones)))


def worth(value: int) -> Facts:
    return Facts(assessment=AssessmentFacts(lines=(line(750_000),)), vehicle=VehicleFacts(value=value))


CASES = {
    "R047": (assessed(line(140_000), model=100_000), assessed(line(100_000), model=100_000)),
    "R048": (of_kind(LineKind.PART, 130_000), of_kind(LineKind.PART, 110_000)),
    "R049": (of_kind(LineKind.LABOUR, 130_000), of_kind(LineKind.LABOUR, 110_000)),
    "R050": (assessed(line(repairable=True)), assessed(line(repairable=False))),
    "R051": (
        assessed(line(), line(code="door-assembly", includes=frozenset({"door"}))),
        assessed(line(), line(code="bonnet")),
    ),
    "R052": (assessed(line(hidden=True), line()), assessed(line(10_000, hidden=True), line())),
    "R053": (before("rear", "front"), before("front")),
    "R054": (assessed(line(returned=False)), assessed(line(returned=True))),
    "R055": (
        assessed(line(original=True, fitted_original=False)),
        assessed(line(original=False, fitted_original=False)),
    ),
    "R056": (assessed(line(198_000), tiers=TIERS), assessed(line(250_000), tiers=TIERS)),
    "R057": (worth(1_000_000), worth(5_000_000)),
    "R058": (assessed(line(), supplements=3), assessed(line(), supplements=1)),
    "R059": (painted("roof"), painted("left-door")),
    "R060": (of_kind(LineKind.TOWING, 140_000), of_kind(LineKind.TOWING, 100_000)),
}


@pytest.mark.parametrize(("point", "fires", "quiet"), [(point, *both) for point, both in CASES.items()])
def test_a_point_of_the_assessment_fires_on_what_it_is_about(point: str, fires: Facts, quiet: Facts) -> None:
    check(Step.ASSESSMENT, point, fires, quiet)


def test_every_computed_point_of_the_assessment_has_its_case() -> None:
    assert CASES.keys() == observed_points(Step.ASSESSMENT)


def test_a_price_without_a_reference_is_not_observed_rather_than_in_order() -> None:
    assert {"R048", "R049", "R060"} <= unobserved(Step.ASSESSMENT, assessed(line(), line(kind=LineKind.LABOUR)))


def test_an_estimate_above_every_tier_is_not_just_below_one() -> None:
    check(Step.ASSESSMENT, "R056", assessed(line(1_000_000), tiers=TIERS), assessed(line(1_100_000), tiers=TIERS))
