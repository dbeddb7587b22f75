"""Points of the report: each fires on what it is about, and is silent on what is in order."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from claims.risk.facts import Facts, HistoryFacts, PolicyFacts, ReportFacts, Step
from tests.unit.claims.risk.firing import FAR, NEAR, NOON, SCENE, check, fired, observed_points

DAY = timedelta(days=1)
DATE = NOON.date()


def report(**known: Any) -> Facts:
    return Facts(report=ReportFacts(**{"occurred_at": NOON, **known}))


def under(known: dict[str, Any], **reported: Any) -> Facts:
    return Facts(report=ReportFacts(**{"occurred_at": NOON, **reported}), policy=PolicyFacts(**known))


def phone(insureds: int) -> Facts:
    return Facts(history=HistoryFacts(phone_insureds=insureds))


CASES = {
    "R001": (under({"starts_at": NOON - 3 * DAY}), under({"starts_at": NOON - 90 * DAY})),
    "R002": (under({"ends_at": NOON + 2 * DAY}), under({"ends_at": NOON + 200 * DAY})),
    "R003": (under({"cover_increased_on": (DATE - 9 * DAY,)}), under({"cover_increased_on": ()})),
    "R004": (under({"effective_at": NOON + timedelta(hours=2)}), under({"effective_at": NOON - DAY})),
    "R005": (report(reported_at=NOON + 3 * DAY), report(reported_at=NOON + timedelta(hours=2))),
    "R006": (report(occurred_at=NOON.replace(hour=23)), report(occurred_at=NOON.replace(hour=19))),
    "R008": (report(police_informed=False), report(police_informed=True)),
    "R009": (report(reporter_is_driver=False), report(reporter_is_driver=True)),
    "R010": (report(called_from_shop=True), report(called_from_shop=False)),
    "R011": (phone(2), phone(0)),
    "R012": (report(stated_place=SCENE, located_at=FAR), report(stated_place=SCENE, located_at=NEAR)),
    "R014": (report(edits=3), report(edits=1)),
    "R015": (report(holidays=frozenset({DATE})), report(holidays=frozenset({date(2026, 10, 1)}))),
    "R016": (under({"province": "31"}, province="32"), under({"province": "31"}, province="31")),
    "R018": (
        under({"usual_drivers": frozenset({"per_a"})}, driver="per_b"),
        under({"usual_drivers": frozenset()}, driver="per_b"),
    ),
}


@pytest.mark.parametrize(("point", "fires", "quiet"), [(point, *both) for point, both in CASES.items()])
def test_a_point_of_the_report_fires_on_what_it_is_about(point: str, fires: Facts, quiet: Facts) -> None:
    check(Step.REPORT, point, fires, quiet)


def test_every_computed_point_of_the_report_has_its_case() -> None:
    assert CASES.keys() == observed_points(Step.REPORT)


def test_a_policy_that_began_after_the_accident_is_not_called_fresh() -> None:
    facts = under({"starts_at": NOON + DAY, "effective_at": NOON + DAY})
    assert fired(Step.REPORT, facts) == {"R004"}
