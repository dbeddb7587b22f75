"""Underwriting by the table: every row fires where it should and stays silent where it should not."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest

from policy.domain.values import Outcome, RequirementKind
from policy.errors import UnderwritingFailed
from policy.proposal import Frequency, Gender, Interest, Payment, Proposal, Relation
from policy.proposing.quoting import inquiry_of, quote
from policy.underwriting.inputs import MOST, STANDARD, Assessment, assess, inputs_of, load_tables
from tests.unit.policy.policy_people import (
    CANCER,
    SON,
    TODAY,
    for_a_child,
    for_himself,
    health,
    party,
    product,
    proposal,
)

(TABLE,) = load_tables()
RICH = Decimal(10_000_000)


def assessed(one: Proposal, in_force: int = 0) -> Assessment:
    of = product(one.product)
    return assess(one, of, quote(of, inquiry_of(one)), in_force=Decimal(in_force), on=TODAY)


def himself(*yes: str, **changes: Any) -> Proposal:
    return for_himself("term-life-anxing", *yes, **changes)


def like(one: Proposal, **changes: Any) -> Proposal:
    """Return the proposal for another life: what changes is the insured, who is the applicant too."""
    person = replace(one.insured, **changes)
    return replace(one, insured=person, applicant=person, payment=replace(one.payment, holder=person.name))


def aged(born: date, sum_insured: int, **changes: Any) -> Proposal:
    someone = party("周明远", born, Gender.MALE, annual_income=RICH)
    return proposal(
        insured=someone, applicant=someone, applicant_is=Relation.SELF, sum_insured=Decimal(sum_insured), **changes
    )


def built(of: Proposal, height: int, weight: int) -> Proposal:
    return replace(of, health=health(product(of.product), height_cm=height, weight_kg=weight))


def child(born: date, sum_insured: int, elsewhere: int = 0) -> Proposal:
    insured = party("于知春", born, Gender.FEMALE, phone="", occupation="student", annual_income=Decimal(0))
    return for_a_child(insured=insured, sum_insured=Decimal(sum_insured), cover_elsewhere=Decimal(elsewhere))


TEN_YEARS_OLD, NINE_YEARS_OLD = date(2016, 11, 27), date(2016, 11, 28)
RICH_HIMSELF = like(himself(), annual_income=RICH)


def insuring(sum_insured: int) -> Proposal:
    return replace(RICH_HIMSELF, sum_insured=Decimal(sum_insured))


def cancer(*yes: str) -> Proposal:
    return proposal(CANCER, *yes, sum_insured=Decimal(100_000))


HEIR = proposal().beneficiaries[0]
Make = Callable[[], Proposal]
ROWS: dict[str, tuple[Make, Make]] = {
    # Each reason: where it fires, and the nearest case where it does not.
    "minor-limit-under-10": (
        lambda: child(NINE_YEARS_OLD, 150_000, 60_000),
        lambda: child(NINE_YEARS_OLD, 150_000, 50_000),
    ),
    "minor-limit-under-18": (
        lambda: child(TEN_YEARS_OLD, 400_000, 100_001),
        lambda: child(TEN_YEARS_OLD, 400_000, 100_000),
    ),
    "tumour": (lambda: cancer("tumour"), lambda: cancer("digestive")),
    "heart-disease": (lambda: himself("heart"), lambda: himself("hypertension")),
    "nervous-disease": (lambda: himself("nervous"), lambda: himself("heart")),
    "immune-or-blood-disease": (lambda: himself("immune-blood"), lambda: himself("diabetes")),
    "occupation-class-6": (lambda: like(himself(), occupation="miner"), lambda: like(himself(), occupation="welder")),
    "sum-needs-examination-over-60": (
        lambda: proposal(sum_insured=Decimal(310_000)),
        lambda: proposal(sum_insured=Decimal(300_000)),
    ),
    "sum-needs-examination-51-to-60": (
        lambda: aged(date(1970, 1, 1), 510_000),
        lambda: aged(date(1970, 1, 1), 500_000),
    ),
    "sum-needs-examination-41-to-50": (
        lambda: aged(date(1980, 1, 1), 1_010_000),
        lambda: aged(date(1980, 1, 1), 1_000_000),
    ),
    "sum-needs-examination-up-to-40": (lambda: insuring(1_510_000), lambda: insuring(1_500_000)),
    "sum-needs-investigation": (lambda: insuring(2_010_000), lambda: insuring(2_000_000)),
    "weight-loss": (lambda: cancer("weight-loss"), lambda: cancer("lung")),
    "digestive-signs": (lambda: cancer("digestive"), cancer),
    "abnormal-checks": (lambda: himself("abnormal-checks"), himself),
    "stay-in-hospital": (lambda: himself("hospital"), himself),
    "hypertension": (lambda: himself("hypertension"), lambda: himself("hospital")),
    "congenital-disease": (lambda: for_a_child("congenital"), for_a_child),
    "diabetes": (lambda: himself("diabetes"), himself),
    "kidney-or-liver-disease": (lambda: cancer("kidney-liver"), cancer),
    "lung-disease": (lambda: cancer("lung"), cancer),
    "disability": (lambda: himself("disability"), himself),
    "declined-before": (lambda: himself("declined-before"), himself),
    "family-history": (lambda: cancer("family-history"), cancer),
    "dangerous-pursuits": (lambda: himself("dangerous-pursuits"), himself),
    "bmi-very-high": (lambda: built(himself(), 170, 93), lambda: built(himself(), 170, 92)),
    "bmi-very-low": (lambda: built(himself(), 170, 46), lambda: built(himself(), 170, 47)),
    "occupation-class-5": (
        lambda: like(himself(), occupation="welder"),
        lambda: like(himself(), occupation="carpenter"),
    ),
    "sum-against-income": (
        lambda: like(himself(sum_insured=Decimal(2_000_000)), annual_income=Decimal(99_000)),
        lambda: like(himself(sum_insured=Decimal(2_000_000)), annual_income=Decimal(100_000)),
    ),
    "premium-against-income": (
        lambda: proposal(applicant=replace(SON, annual_income=Decimal(100_000))),
        lambda: proposal(applicant=replace(SON, annual_income=Decimal(130_000))),
    ),
    "interest-by-consent": (
        lambda: proposal(applicant_is=Relation.OTHER, interest=Interest.CONSENT),
        lambda: proposal(applicant_is=Relation.SIBLING, interest=Interest.SUPPORT),
    ),
    "employer-applies": (
        lambda: proposal(applicant_is=Relation.EMPLOYER, interest=Interest.EMPLOYMENT),
        lambda: proposal(applicant_is=Relation.FAMILY, interest=Interest.SUPPORT),
    ),
    "beneficiary-outside-family": (
        lambda: proposal(beneficiaries=(replace(HEIR, share=100, is_insureds=Relation.OTHER),)),
        lambda: proposal(beneficiaries=(replace(HEIR, share=100, is_insureds=Relation.FAMILY),)),
    ),
    "bmi-high": (lambda: built(himself(), 170, 81), lambda: built(himself(), 170, 80)),
    "smoker": (lambda: replace(himself(), health=health(product("term-life-anxing"), smoker=True)), himself),
    "heavy-use": (lambda: himself("heavy-use"), himself),
    "occupation-class-4": (
        lambda: like(himself(), occupation="carpenter"),
        lambda: like(himself(), occupation="electrician"),
    ),
    STANDARD: (himself, lambda: himself("heavy-use")),
}


def test_the_cases_are_those_of_the_table() -> None:
    assert list(ROWS) == list(TABLE.reasons)


@pytest.mark.parametrize("reason", ROWS)
def test_a_row_fires_where_it_should_and_only_there(reason: str) -> None:
    fires, does_not = ROWS[reason]
    assert reason in assessed(fires()).reasons
    assert reason not in assessed(does_not()).reasons


def test_a_standard_life_is_accepted_and_nothing_is_added() -> None:
    for one in (himself(), proposal(), cancer(), for_a_child()):
        made = assessed(one)
        assert (made.outcome, made.reasons, made.loading, made.wanted) == (Outcome.ACCEPT, (STANDARD,), 0, ())
        assert made.words()[0].zh == "标准体"


def test_the_gravest_reason_decides_and_stands_first() -> None:
    made = assessed(himself("heavy-use", "diabetes", "hospital", "tumour"))
    assert made.outcome is Outcome.DECLINE
    assert made.reasons == ("tumour", "stay-in-hospital", "diabetes", "heavy-use")
    assert made.wanted == (), "nobody is sent to a doctor to be declined"
    assert (made.loading, made.suggested_loading) == (0, 25)


def test_what_is_asked_for_has_a_kind_and_a_day() -> None:
    made = assessed(himself("weight-loss", "hospital", "diabetes"))
    assert made.outcome is Outcome.ASK
    assert [(one.kind, one.reason, one.due) for one in made.wanted] == [
        (RequirementKind.EXAMINATION, "weight-loss", TODAY + timedelta(days=15)),
        (RequirementKind.PAPERS, "stay-in-hospital", TODAY + timedelta(days=10)),
    ]


def test_loadings_add_up() -> None:
    smoker = replace(himself("heavy-use"), health=health(product("term-life-anxing"), "heavy-use", smoker=True))
    made = assessed(like(smoker, occupation="carpenter"))
    assert (made.outcome, made.loading) == (Outcome.ACCEPT, 70)


def test_what_is_in_force_already_counts() -> None:
    assert assessed(proposal()).outcome is Outcome.ACCEPT
    assert assessed(proposal(), in_force=1).reasons == ("sum-needs-examination-over-60",)
    assert "minor-limit-under-10" in assessed(child(NINE_YEARS_OLD, 200_000), in_force=1).reasons


def test_no_income_is_not_taken_for_any_income() -> None:
    assert "sum-against-income" in assessed(like(himself(), annual_income=Decimal(0))).reasons
    made = inputs(proposal(applicant=replace(SON, annual_income=Decimal(0))))
    assert made["premium_share"] == MOST


def test_a_minors_cover_is_measured_by_who_applies() -> None:
    assert inputs(for_a_child())["income_multiple"] == 0.7
    assert inputs(proposal())["minor_death_cover"] == 0


def test_one_payment_weighs_as_a_tenth_of_it_each_year() -> None:
    once = proposal(payment=Payment("栖川银行", "6200990106005183", SON.name, 1, Frequency.ONCE))
    of = product()
    premium = quote(of, inquiry_of(once)).premium
    assert inputs(once)["premium_share"] == float(round(premium / 10 / SON.annual_income * 100, 1))


def inputs(one: Proposal) -> dict[str, Any]:
    of = product(one.product)
    return inputs_of(one, of, quote(of, inquiry_of(one)), in_force=Decimal(0))


def test_what_the_table_is_told_is_computed_from_the_proposal() -> None:
    assert inputs(proposal("whole-life-suian", "hypertension", "hospital")) == {
        "kind": "whole-life",
        "age": 64,
        "total_sum": 300_000,
        "minor_death_cover": 0,
        "bmi": 22.8,
        "smoker": False,
        "occupation_class": 1,
        "income_multiple": 4.3,
        "premium_share": 8.6,
        "applicant_is": "child",
        "interest": "kinship",
        "outside_family": False,
        "yes": ["hospital", "hypertension"],
    }


def test_the_trace_tells_the_whole_way_and_holds_no_name() -> None:
    evaluation = assessed(himself("hospital")).evaluation
    trace = json.loads(evaluation.trace)
    assert trace["table"] == "life"
    assert trace["version"] == "2026-1"
    assert trace["table_sha256"] == TABLE.digest
    assert trace["inputs"] == inputs(himself("hospital"))
    fired = [one["rule"]["_id"] for one in trace["trace"]["rules"]["traceData"]]
    assert fired == ["stay-in-hospital", STANDARD]
    assert all(word not in evaluation.trace.decode() for word in (SON.name, SON.id_number, SON.phone))


def test_deciding_again_gives_the_same_bytes() -> None:
    first, again = (assessed(himself("hospital")).evaluation for _ in range(2))
    assert first.trace == again.trace
    assert first.trace_digest == sha256(again.trace).hexdigest()
    assert first.inputs_digest == sha256(again.inputs).hexdigest()


@pytest.mark.parametrize(
    "one",
    [
        like(himself(), occupation="astronaut"),
        replace(himself(), health=health(product("term-life-anxing"), height_cm=0)),
    ],
)
def test_what_cannot_be_so_is_not_underwritten(one: Proposal) -> None:
    with pytest.raises(UnderwritingFailed) as failed:
        assessed(one)
    assert failed.value.code == "underwriting-inputs"


def test_a_day_before_the_first_version_is_not_underwritten() -> None:
    of, one = product(), proposal()
    with pytest.raises(UnderwritingFailed, match="no version is in force"):
        assess(one, of, quote(of, inquiry_of(one)), in_force=Decimal(0), on=date(2025, 12, 31))


def test_each_reason_has_words_in_both_languages() -> None:
    for words in TABLE.reasons.values():
        assert words.zh and words.en.isascii()
