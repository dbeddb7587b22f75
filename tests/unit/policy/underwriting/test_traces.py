"""A kept trace read for people: what is read is what was kept, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest
from flask import Flask

from policy.domain.values import Outcome, RequirementKind
from policy.errors import PolicyDataBroken
from policy.pages.trace_words import asked_words, outcome_of, shown_told, told_words
from policy.proposing.quoting import inquiry_of, quote
from policy.underwriting.inputs import assess
from policy.underwriting.traces import Condition, DecisionTrace, read_trace
from tests.unit.policy.policy_people import TERM_LIFE, TODAY, for_himself, product

PRODUCT = product(TERM_LIFE)


def kept(*yes: str, in_force: int = 0) -> bytes:
    """Return the trace of a decision as it is kept."""
    one = for_himself(TERM_LIFE, *yes)
    made = assess(one, PRODUCT, quote(PRODUCT, inquiry_of(one)), in_force=Decimal(in_force), on=TODAY)
    return made.evaluation.trace


def read(data: bytes) -> DecisionTrace:
    return read_trace(data, sha256(data).hexdigest())


def changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    told = json.loads(kept("diabetes"))
    change(told)
    return json.dumps(told).encode()


def test_a_standard_life_has_a_trace_in_which_nothing_fired() -> None:
    trace = read(kept())
    assert (trace.rows, trace.used, trace.suggested_loading) == ((), frozenset(), 0)
    assert trace.inputs["age"] == 35


def test_every_row_that_fired_is_there_with_its_conditions_and_what_was_told() -> None:
    trace = read(kept("diabetes", "heavy-use", in_force=1_900_000))
    rows = {row.reason: row for row in trace.rows}
    assert rows["diabetes"].outcome is Outcome.REFER
    assert rows["diabetes"].conditions == (Condition("yes", 'contains($, "diabetes")', ("diabetes", "heavy-use")),)
    examination = rows["sum-needs-examination-up-to-40"]
    assert examination.ask is RequirementKind.EXAMINATION
    assert [one.column for one in examination.conditions] == ["kind", "age", "total_sum"]
    assert trace.suggested_loading == 25
    assert {"yes", "age", "total_sum"} <= trace.used


def test_conditions_are_said_in_words() -> None:
    rows = {row.reason: row for row in read(kept("diabetes", "heavy-use", in_force=1_900_000)).rows}
    with Flask(__name__).test_request_context(headers={"Accept-Language": "zh-CN"}):
        kind, age, total = rows["sum-needs-examination-up-to-40"].conditions
        assert [asked_words(one, PRODUCT) for one in (kind, age, total)] == [
            "定期寿险、终身寿险",
            "18 岁 至 40 岁",
            "超过 1,500,000 元",
        ]
        assert [shown_told(age), shown_told(*rows["diabetes"].conditions)] == ["35 岁", "答“是”"]
        assert "糖尿病" in asked_words(*rows["diabetes"].conditions, PRODUCT)
        assert outcome_of(rows["heavy-use"]) == ("wait", "加费 25%")
        assert [told_words("yes", ()), told_words("smoker", False), told_words("income_multiple", 9_999)] == [
            "全部答“否”",
            "否",
            "没有收入",
        ]
        assert asked_words(Condition("occupation_class", "5", 5), PRODUCT) == "5 类"
        assert asked_words(Condition("bmi", "(16..32]", 20), PRODUCT) == "(16..32]"


@pytest.mark.parametrize(
    "broken",
    [
        lambda told: told.pop("inputs"),
        lambda told: told["inputs"].update(age="forty"),
        lambda told: told["inputs"].update(smoker=1),
        lambda told: told["inputs"].update(unknown=1),
        lambda told: told["inputs"].pop("yes"),
        lambda told: told["trace"]["rules"]["output"].pop(),
        lambda told: told["trace"]["rules"]["output"][0].update(outcome="perhaps"),
    ],
)
def test_a_trace_of_another_form_is_refused(broken: Callable[[dict[str, Any]], object]) -> None:
    with pytest.raises(PolicyDataBroken):
        read(changed(broken))


def test_a_trace_that_is_not_the_one_of_the_trail_is_refused() -> None:
    data = kept("diabetes")
    with pytest.raises(PolicyDataBroken):
        read_trace(data.replace(b"diabetes", b"diabetic"), sha256(data).hexdigest())
