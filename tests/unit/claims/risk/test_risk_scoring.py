"""A score is a sum of points that fired.

What nobody knows is said so and weighs nothing; the trace can be made again.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.risk.errors import ScoringFailed
from claims.risk.facts import (
    Facts,
    HistoryFacts,
    PaymentFacts,
    Picture,
    PolicyFacts,
    ReportFacts,
    Step,
    SurveyFacts,
)
from claims.risk.inputs.steps import COMPUTED, WITHOUT_HISTORY, columns_of
from claims.risk.scoring import goes_to_people, is_for_express, score_inputs, score_step
from claims.risk.tables import RiskTable
from esign.public.decisions import Column
from tests.unit.claims.risk.firing import FAR, NOON, RULES, SCENE, scored

NIGHT = NOON.replace(hour=23)
DOUBTFUL = Facts(
    report=ReportFacts(
        occurred_at=NIGHT, reported_at=NIGHT + timedelta(days=3), stated_place=SCENE, located_at=FAR, edits=4
    ),
    policy=PolicyFacts(starts_at=NIGHT - timedelta(days=2)),
)


def test_a_score_is_the_sum_of_the_points_that_fired() -> None:
    found = scored(Step.REPORT, DOUBTFUL)
    assert {one.point: one.weight for one in found.fired} == {"R001": 4, "R005": 3, "R006": 2, "R012": 12, "R014": 3}
    assert (found.score, found.maximum, found.hard_stop) == (24, 24, False)
    assert goes_to_people(RULES.sheet, found)


def test_the_largest_score_so_far_is_carried_on() -> None:
    quiet = score_step(RULES, Step.DOCUMENTS, Facts(), maximum=24)
    assert (quiet.score, quiet.maximum) == (0, 24)
    assert goes_to_people(RULES.sheet, quiet), "a quiet step does not take a claim away from people"
    assert score_step(RULES, Step.REPORT, DOUBTFUL, maximum=90).maximum == 90


def test_a_hard_stop_goes_to_people_and_a_low_score_to_express() -> None:
    fraud = scored(Step.HISTORY_NETWORK, Facts(history=HistoryFacts(frauds=1)))
    assert fraud.hard_stop
    assert goes_to_people(RULES.sheet, fraud)
    low = scored(Step.REPORT, Facts(report=ReportFacts(occurred_at=NIGHT)))
    assert is_for_express(RULES.sheet, low)
    assert not is_for_express(RULES.sheet, scored(Step.REPORT, DOUBTFUL))
    assert not is_for_express(RULES.sheet, fraud)


def test_a_point_tells_the_inputs_by_which_it_fired() -> None:
    found = {one.point: one.inputs for one in scored(Step.REPORT, DOUBTFUL).fired}
    assert found["R001"] == {"days_since_start": 2}
    assert found["R012"] == {"gps_distance_km": 84.8}


def test_every_point_of_a_step_has_fired_or_was_silent_or_says_why_it_was_not_observed() -> None:
    found = scored(Step.REPORT, DOUBTFUL)
    unseen = {one.point: one for one in found.not_observed}
    assert not unseen.keys() & {one.point for one in found.fired}
    assert unseen["R007"].missing == ()
    assert unseen["R007"].why.en == "there is no map that tells how remote a place is"
    assert unseen["R011"].missing == ("phone_other_insureds",)
    assert len(scored(Step.SURVEY, Facts()).not_observed) == len(RULES.points.by_step[Step.SURVEY])


def test_the_same_facts_by_the_same_table_give_the_same_bytes() -> None:
    first, again = scored(Step.REPORT, DOUBTFUL), scored(Step.REPORT, DOUBTFUL)
    assert first.trace == again.trace
    assert first.trace_digest == again.trace_digest
    told = json.loads(first.trace)
    assert (told["schema"], told["table"], told["version"]) == ("claim-risk-trace/1", "report", "2026-1")
    assert told["table_sha256"] == first.table_digest == RULES.tables[Step.REPORT].digest
    assert told["inputs"] == dict(first.inputs)


def test_a_trace_names_nobody() -> None:
    facts = replace(DOUBTFUL, report=replace(DOUBTFUL.report, driver="per_secret"))
    assert b"per_secret" not in scored(Step.REPORT, facts).trace


def test_a_kept_score_is_made_again_from_its_inputs_alone() -> None:
    first = scored(Step.REPORT, DOUBTFUL)
    table, points = RULES.tables[Step.REPORT], RULES.points.by_step[Step.REPORT]
    assert score_inputs(table, points, Step.REPORT, json.loads(first.trace)["inputs"]).trace == first.trace


def test_a_table_that_fires_on_what_nobody_knows_is_no_score() -> None:
    table: RiskTable = RULES.tables[Step.REPORT]
    edited = replace(table, conditions={**table.conditions, "r006": {"at_night": "true", "story_edits": "> 1"}})
    night = {**dict.fromkeys(table.kind.columns), "at_night": True}
    with pytest.raises(ScoringFailed, match="not observed"):
        score_inputs(edited, RULES.points.by_step[Step.REPORT], Step.REPORT, night)


def test_a_table_that_gives_no_answer_is_no_score_of_zero() -> None:
    broken = replace(RULES.tables[Step.REPORT], graph=b'{"nodes":[],"edges":[]}')
    with pytest.raises(ScoringFailed) as refused:
        score_inputs(broken, (), Step.REPORT, dict.fromkeys(columns_of(Step.REPORT)))
    assert refused.value.code == "scoring-failed"


def known(step: Step) -> st.SearchStrategy[dict[str, Any]]:
    """Inputs of a step, each known or not."""
    kinds = {Column.FLAG: st.booleans(), Column.NUMBER: st.integers(-50, 500)}
    return st.fixed_dictionaries({name: st.none() | kinds[kind] for name, kind in columns_of(step).items()})


@given(st.data(), st.sampled_from(Step), st.integers(0, 100))
def test_whatever_is_known_no_point_fires_on_what_is_not(data: st.DataObject, step: Step, maximum: int) -> None:
    inputs = data.draw(known(step))
    found = score_inputs(RULES.tables[step], RULES.points.by_step[step], step, inputs, maximum=maximum)
    fired = {one.point for one in found.fired}
    assert not fired & {one.point for one in found.not_observed}
    assert all(value is not None for one in found.fired for value in one.inputs.values())
    assert found.score == sum(RULES.points.points[point].weight for point in fired)
    assert found.maximum == max(maximum, found.score)
    assert found.hard_stop is any(RULES.points.points[point].weight == 100 for point in fired)


@pytest.mark.parametrize(
    ("step", "facts"),
    [
        (Step.SURVEY, Facts(survey=SurveyFacts(pictures=(Picture(distance=6),)))),
        (Step.REPAIR_SHOP, Facts(history=HistoryFacts(pair_collisions=1))),
        (Step.HISTORY_NETWORK, Facts(history=HistoryFacts(community=6))),
        (
            Step.PAYMENT,
            Facts(history=HistoryFacts(account_payees=2), payment=PaymentFacts(payee="per_b", insured="per_a")),
        ),
    ],
    ids=["the picture of another claim", "the same two cars again", "a circle of claims", "an account of strangers"],
)
def test_what_names_other_claims_by_itself_is_for_people(step: Step, facts: Facts) -> None:
    assert goes_to_people(RULES.sheet, scored(step, facts))


def test_a_relative_who_is_paid_for_the_first_time_is_none_of_that() -> None:
    new = Facts(
        history=HistoryFacts(account_payees=1, account_known_days=0),
        payment=PaymentFacts(payee="per_b", insured="per_a"),
    )
    assert not goes_to_people(RULES.sheet, scored(Step.PAYMENT, new))


@pytest.mark.parametrize("step", sorted(WITHOUT_HISTORY))
def test_a_step_for_which_nobody_looks_at_earlier_claims_asks_for_nothing_of_them(step: Step) -> None:
    class Unread:
        def __getattr__(self, name: str) -> object:
            raise AssertionError(f"{step} asks for {name} of earlier claims")

    COMPUTED[step](replace(Facts(), history=cast("HistoryFacts", Unread())))
