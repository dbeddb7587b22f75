"""Points of the papers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from claims.risk.facts import DocumentFacts, Facts, HistoryFacts, ReportFacts, Step, VehicleFacts
from tests.unit.claims.risk.firing import NOON, check, fired, observed_points

LICENCE = {"licence_until": date(2030, 1, 1), "licence_classes": frozenset({"C1"})}


def papers(**known: Any) -> Facts:
    return Facts(report=ReportFacts(occurred_at=NOON, counterparties=1), documents=DocumentFacts(**known))


def registered(until: date) -> Facts:
    return Facts(report=ReportFacts(occurred_at=NOON), vehicle=VehicleFacts(registration_until=until))


def earlier(**known: Any) -> Facts:
    return Facts(history=HistoryFacts(**known))


CASES = {
    "R085": (papers(**LICENCE, needed_class="A2"), papers(**LICENCE, needed_class="C1")),
    "R086": (registered(date(2026, 9, 30)), registered(date(2028, 9, 30))),
    "R087": (earlier(certificate_of_other_event=True), earlier(certificate_of_other_event=False)),
    "R088": (papers(stated_times=(NOON + timedelta(hours=5),)), papers(stated_times=(NOON,))),
    "R090": (papers(originals_needed=3, originals_seen=1), papers(originals_needed=3, originals_seen=3)),
    "R092": (earlier(same_text_claims=2), earlier(same_text_claims=0)),
    "R093": (
        papers(our_share=100, liability_explained=False),
        papers(our_share=100, liability_explained=True),
    ),
}


@pytest.mark.parametrize(("point", "fires", "quiet"), [(point, *both) for point, both in CASES.items()])
def test_a_point_of_the_papers_fires_on_what_it_is_about(point: str, fires: Facts, quiet: Facts) -> None:
    check(Step.DOCUMENTS, point, fires, quiet)


def test_every_computed_point_of_the_papers_has_its_case() -> None:
    assert CASES.keys() == observed_points(Step.DOCUMENTS)


def test_a_licence_that_ended_before_the_accident_fires_whatever_its_classes() -> None:
    ended = papers(licence_until=date(2026, 11, 25), licence_classes=frozenset({"C1"}), needed_class="C1")
    assert "R085" in fired(Step.DOCUMENTS, ended)


def test_half_the_liability_needs_no_reason() -> None:
    assert "R093" not in fired(Step.DOCUMENTS, papers(our_share=50, liability_explained=False))
