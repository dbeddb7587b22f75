"""The settlement: compulsory cover first, then the liability share, what the policy never pays, the sum insured."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.errors import ClaimDataBroken, ClaimRefused
from claims.settlement.files import (
    load_premium_tables,
    load_settlement_tables,
    read_premium_table,
    read_settlement_table,
)
from claims.settlement.premium import next_premium
from claims.settlement.settling import Accident, CoverTerms, Settled, settle, share_of
from claims.settlement.table import Cover, Loss
from claims.settlement.telling import RULES, trace_of, words_of
from claims.sheets import DATA

TABLE = load_settlement_tables()[-1]
PREMIUM = load_premium_tables()[-1]
SUMS = {
    Cover.COMPULSORY: CoverTerms(Cover.COMPULSORY, 20_000_000),
    Cover.VEHICLE: CoverTerms(Cover.VEHICLE, 9_800_000),
    Cover.THIRD_PARTY: CoverTerms(Cover.THIRD_PARTY, 200_000_000),
    Cover.OCCUPANTS: CoverTerms(Cover.OCCUPANTS, 5_000_000),
}


def settled(losses: dict[Loss, int], fault: int = 100, **more: Any) -> Settled:
    return settle(TABLE, SUMS | more.pop("terms", {}), Accident(losses, fault, **more))


def test_a_scratch_of_the_own_car_is_paid_whole() -> None:
    assert settled({Loss.OWN_VEHICLE: 120_000}).covers == ((Cover.VEHICLE, 120_000),)


def test_compulsory_cover_comes_before_commercial_cover() -> None:
    made = settled({Loss.THIRD_PROPERTY: 500_000}, 70)
    assert (made.of(Cover.COMPULSORY), made.of(Cover.THIRD_PARTY)) == (200_000, 210_000)
    assert [step.rule for step in made.steps] == ["third-property-limit", "after-compulsory", "liability-share"]


def test_without_fault_the_small_limits_hold_and_third_party_cover_pays_nothing() -> None:
    made = settled({Loss.THIRD_PROPERTY: 500_000, Loss.THIRD_MEDICAL: 900_000}, 0)
    assert (made.of(Cover.COMPULSORY), made.of(Cover.THIRD_PARTY)) == (10_000 + 180_000, 0)


def test_each_kind_of_loss_has_a_limit_of_its_own() -> None:
    losses = {Loss.THIRD_DEATH: 30_000_000, Loss.THIRD_MEDICAL: 100_000, Loss.THIRD_PROPERTY: 100_000}
    made = settled(losses)
    assert made.of(Cover.COMPULSORY) == 18_000_000 + 100_000 + 100_000
    assert made.of(Cover.THIRD_PARTY) == 12_000_000


def test_the_other_cars_compulsory_cover_pays_for_ours_first() -> None:
    assert settled({Loss.OWN_VEHICLE: 500_000}, 30, other_car=True).fen == share_of(500_000 - 200_000, 30)
    assert settled({Loss.OWN_VEHICLE: 500_000}, 100, other_car=True).fen == 500_000 - 10_000


def test_by_subrogation_the_own_car_is_paid_whole_and_the_share_of_the_others_claimed_back() -> None:
    made = settled({Loss.OWN_VEHICLE: 500_000}, 30, other_car=True, subrogates=True)
    assert (made.fen, made.recoverable) == (500_000, 350_000)


def test_salvage_never_paid_share_deductible_and_sum_insured_come_in_this_order() -> None:
    terms = {Cover.VEHICLE: CoverTerms(Cover.VEHICLE, 500_000, deductible=50_000, never_paid_percent=10)}
    made = settled({Loss.OWN_VEHICLE: 1_000_000}, terms=terms, salvage=200_000)
    assert [step.after for step in made.steps] == [800_000, 800_000, 720_000, 670_000, 500_000]


def test_a_deductible_never_makes_less_than_nothing() -> None:
    terms = {Cover.VEHICLE: CoverTerms(Cover.VEHICLE, 500_000, deductible=50_000)}
    assert settled({Loss.OWN_VEHICLE: 20_000}, terms=terms).fen == 0


def test_a_loss_without_a_cover_is_told_and_one_that_has_none_at_all_refused() -> None:
    only = {Cover.COMPULSORY: SUMS[Cover.COMPULSORY]}
    losses = {Loss.OWN_VEHICLE: 1000, Loss.THIRD_PROPERTY: 1000}
    assert settle(TABLE, only, Accident(losses, 100)).uncovered == (Loss.OWN_VEHICLE,)
    with pytest.raises(ClaimRefused, match="no cover"):
        settle(TABLE, only, Accident({Loss.OWN_VEHICLE: 1000}, 100))
    with pytest.raises(ClaimRefused, match="salvage"):
        settled({Loss.OWN_VEHICLE: 1000}, salvage=1001)


@settings(max_examples=60)
@given(
    losses=st.dictionaries(st.sampled_from(Loss), st.integers(0, 10**9), min_size=1),
    fault=st.sampled_from((0, 30, 50, 70, 100)),
    other_car=st.booleans(),
    subrogates=st.booleans(),
    never=st.integers(0, 30),
    deductible=st.integers(0, 10**6),
)
def test_no_cover_pays_more_than_the_loss_or_its_sum_and_the_steps_join(
    losses: dict[Loss, int], fault: int, other_car: bool, subrogates: bool, never: int, deductible: int
) -> None:
    terms = {cover: CoverTerms(cover, one.sum_insured, deductible, never) for cover, one in SUMS.items()}
    accident = Accident(losses, fault, other_car=other_car, subrogates=subrogates)
    try:
        made = settle(TABLE, terms, accident)
    except ClaimRefused:
        assert not any(losses.values())
        return
    assert 0 <= made.fen <= sum(losses.values())
    assert made.fen == sum(fen for _cover, fen in made.covers)
    assert made.recoverable <= made.of(Cover.VEHICLE)
    for cover, fen in made.covers:
        assert cover is Cover.COMPULSORY or fen <= terms[cover].sum_insured
        steps = [step for step in made.steps if step.cover is cover]
        if cover is not Cover.COMPULSORY:
            assert all(one.after == other.before for one, other in pairwise(steps))
            assert steps[-1].after == fen
    assert trace_of(terms, accident, made) == trace_of(terms, accident, settle(TABLE, terms, accident))


def test_every_step_is_a_sentence_in_both_languages() -> None:
    made = settled({Loss.OWN_VEHICLE: 500_000, Loss.THIRD_PROPERTY: 800_000}, 70, other_car=True)
    assert [words_of(step).zh for step in made.steps] == [
        "交强险：对方财产损失 8,000.00 元，限额 2,000.00 元，赔 2,000.00 元。",
        "三者险：对方损失 8,000.00 元，先由交强险赔 2,000.00 元，余 6,000.00 元。",
        "三者险：按您的责任比例 70%，6,000.00 元承担 4,200.00 元。",
        "车损险：对方车辆的交强险先赔 2,000.00 元，5,000.00 元余 3,000.00 元。",
        "车损险：按您的责任比例 70%，3,000.00 元承担 2,100.00 元。",
    ]
    assert words_of(made.steps[2]).en == (
        "Third-party cover: your share of the liability is 70 %: 4,200.00 of 6,000.00 yuan."
    )
    assert all("{" not in words_of(step).en for step in made.steps)
    assert len(RULES) == 14


def test_next_years_premium_is_shown_without_the_claim_and_with_it() -> None:
    change = next_premium(PREMIUM, 320_000, -2, 0, 39_000)
    assert (change.without, change.with_claim, change.more) == (192_000, 256_000, 64_000)


def test_a_second_claim_of_a_year_costs_a_further_grade_and_the_table_has_ends() -> None:
    assert next_premium(PREMIUM, 100_000, 0, 1, 39_000).with_claim == 140_000
    assert next_premium(PREMIUM, 100_000, 5, 9, 39_000).more == 0
    assert next_premium(PREMIUM, 100_000, -4, 0, 1).without == 50_000


def changed(folder: str, **changes: Any) -> bytes:
    sheet = json.loads((DATA / folder / "2026-1.json").read_bytes())
    return json.dumps(sheet | changes).encode()


@pytest.mark.parametrize(
    "changes",
    [
        {"others_pay": "yes"},
        {"extra": 1},
        {"compulsory_without_fault_yuan": {"death": 1, "medical": 1, "property": 2001}},
        {"effective_from": "soon"},
    ],
)
def test_a_settlement_table_of_another_form_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ClaimDataBroken):
        read_settlement_table(changed("settlement", **changes))


@pytest.mark.parametrize("changes", [{"factors_percent": [60, 50]}, {"least_grade": 1}, {"factors_percent": [0, 1]}])
def test_a_premium_table_that_does_not_hang_together_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ClaimDataBroken):
        read_premium_table(changed("premium", **changes))
