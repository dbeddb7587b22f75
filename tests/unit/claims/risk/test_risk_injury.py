"""Points of an injury."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from claims.risk.facts import Facts, HistoryFacts, InjuryFacts, ReportFacts, Step, SurveyFacts
from tests.unit.claims.risk.firing import NOON, check, fired, observed_points

LIST = frozenset({"listed-a", "listed-b"})


def hurt(**known: Any) -> Facts:
    return Facts(
        report=ReportFacts(occurred_at=NOON, people_in_car=2),
        survey=SurveyFacts(speed_kmh=15),
        injury=InjuryFacts(**known),
    )


def earlier(**known: Any) -> Facts:
    return Facts(history=HistoryFacts(**known))


CASES = {
    "R061": (hurt(grade=4), hurt(grade=1)),
    "R062": (hurt(people_injured=4), hurt(people_injured=2)),
    "R063": (hurt(treated_at=NOON + timedelta(days=5)), hurt(treated_at=NOON + timedelta(hours=1))),
    "R064": (
        hurt(hospital="hos-9", designated_hospitals=frozenset({"hos-1"})),
        hurt(hospital="hos-1", designated_hospitals=frozenset({"hos-1"})),
    ),
    "R065": (hurt(bed_days=20, reference_bed_days=10), hurt(bed_days=9, reference_bed_days=10)),
    "R066": (hurt(drugs=LIST | {"other"}, listed_drugs=LIST), hurt(drugs=LIST, listed_drugs=LIST)),
    "R067": (hurt(fee=200_000, reference_fee=100_000), hurt(fee=100_000, reference_fee=100_000)),
    "R068": (earlier(receipts_seen=1), earlier(receipts_seen=0)),
    "R069": (hurt(grade=5, reference_grade=2), hurt(grade=2, reference_grade=2)),
    "R070": (hurt(income=3_000_000, reference_income=1_000_000), hurt(income=900_000, reference_income=1_000_000)),
    "R071": (earlier(agent_claims=6), earlier(agent_claims=1)),
    "R072": (earlier(doctor_claims=10), earlier(doctor_claims=2)),
    "R073": (
        hurt(body_parts=frozenset({"neck"}), body_parts_before=frozenset({"neck"})),
        hurt(body_parts=frozenset({"neck"}), body_parts_before=frozenset({"knee"})),
    ),
    "R074": (hurt(income_loss_claimed=True, age=71), hurt(income_loss_claimed=True, age=40)),
}


@pytest.mark.parametrize(("point", "fires", "quiet"), [(point, *both) for point, both in CASES.items()])
def test_a_point_of_an_injury_fires_on_what_it_is_about(point: str, fires: Facts, quiet: Facts) -> None:
    check(Step.INJURY, point, fires, quiet)


def test_every_computed_point_of_an_injury_has_its_case() -> None:
    assert CASES.keys() == observed_points(Step.INJURY)


def test_a_child_with_lost_income_fires_too() -> None:
    assert "R074" in fired(Step.INJURY, hurt(income_loss_claimed=True, age=9))
