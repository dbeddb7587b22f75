"""Points of the history and its network."""

from __future__ import annotations

import pytest

from claims.risk.facts import Facts, HistoryFacts, Step
from tests.unit.claims.risk.firing import check, observed_points, scored

COUNTS = {
    "R094": ("claims_6m", 3, 2),
    "R095": ("drivers_year", 3, 2),
    "R096": ("refusals", 1, 0),
    "R097": ("frauds", 1, 0),
    "R098": ("same_counterparty", 1, 0),
    "R099": ("shared_contacts", 2, 1),
    "R100": ("cars_of_driver", 4, 3),
    "R101": ("community", 6, 5),
    "R103": ("litigations", 1, 0),
    "R104": ("complaints_90d", 1, 0),
    "R106": ("withdrawn", 2, 1),
}


@pytest.mark.parametrize(("point", "member", "fires", "quiet"), [(point, *row) for point, row in COUNTS.items()])
def test_a_point_of_the_history_fires_from_its_count_on(point: str, member: str, fires: int, quiet: int) -> None:
    def facts(count: int) -> Facts:
        return Facts(history=HistoryFacts(**{member: count}))  # type: ignore[arg-type]

    check(Step.HISTORY_NETWORK, point, facts(fires), facts(quiet))


def test_every_computed_point_of_the_history_has_its_case() -> None:
    assert COUNTS.keys() == observed_points(Step.HISTORY_NETWORK)


def test_an_earlier_fraud_is_a_hard_stop() -> None:
    assert scored(Step.HISTORY_NETWORK, Facts(history=HistoryFacts(frauds=1))).hard_stop
    assert not scored(Step.HISTORY_NETWORK, Facts(history=HistoryFacts(community=40))).hard_stop
