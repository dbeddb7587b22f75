"""A new table over past claims: what it would hit, what it would send to people, and how much of that was in order."""

from __future__ import annotations

from collections.abc import Mapping

from claims.risk.comparing import Input
from claims.risk.facts import Step
from claims.risk.inputs.steps import columns_of
from claims.risk.scoring import score_inputs
from claims.risk.tables import RiskTable, path_of, read_risk_table
from claims.risk.what_if import KeptScore, PastClaim, WhatIf, what_if
from tests.unit.claims.risk.firing import RULES

STEP = Step.HISTORY_NETWORK
POINTS = RULES.points.by_step[STEP]
YUAN = 100


def table(old: str, new: str) -> RiskTable:
    text = path_of(STEP, "2026-1").read_text(encoding="utf-8")
    assert old in text
    return read_risk_table(text.replace(old, new).replace("2026-1", "2026-2").encode())[1]


def kept(inputs: Mapping[str, Input]) -> KeptScore:
    full = {**dict.fromkeys(columns_of(STEP)), **inputs}
    found = score_inputs(RULES.tables[STEP], POINTS, STEP, full)
    return KeptScore(full, found.score, tuple(one.point for one in found.fired), found.hard_stop)


def past(name: str, amount: int, in_order: bool | None, **inputs: Input) -> PastClaim:
    return PastClaim(f"clm_{name}", amount * YUAN, {STEP: kept(inputs)}, in_order)


CLAIMS = (
    past("quiet", 1_000, True, claims_6m=0, community=0),
    past("busy", 2_000, True, claims_6m=3, community=4),
    past("ring", 4_000, False, claims_6m=3, community=8),
    past("fraud", 8_000, False, frauds=1),
)


def asked(new: RiskTable, claims: tuple[PastClaim, ...] = CLAIMS) -> WhatIf:
    return what_if(new, POINTS, STEP, RULES.sheet, claims)


def test_the_same_table_changes_nothing() -> None:
    found = asked(RULES.tables[STEP])
    assert found.was == found.would
    assert (found.claims, found.newly, found.no_longer) == (4, (), ())
    assert found.was.hits == {"R094": 2, "R101": 1, "R097": 1}
    assert (found.was.blocked, found.was.blocked_amount) == (2, 12_000 * YUAN)
    assert (found.was.overturned, found.was.overturned_amount) == (0, 0)


def test_a_sharper_table_tells_what_it_would_block_and_how_much_of_that_was_in_order() -> None:
    found = asked(table('">= 6"', '">= 4"'))
    assert found.table_version == "2026-2"
    assert found.newly == ("clm_busy",)
    assert found.would.hits["R101"] == 2
    assert (found.would.blocked, found.would.blocked_amount) == (3, 14_000 * YUAN)
    assert (found.would.overturned, found.would.overturned_amount) == (1, 2_000 * YUAN)


def test_a_milder_table_tells_which_claims_it_would_let_go() -> None:
    found = asked(table('">= 6"', '">= 20"'))
    assert found.no_longer == ("clm_ring",)
    assert found.would.blocked_amount == 8_000 * YUAN


def test_what_other_steps_found_still_holds() -> None:
    high = KeptScore({}, 60, ("R042",), hard_stop=False)
    claim = PastClaim("clm_photo", 500, {STEP: kept({"community": 8}), Step.SURVEY: high}, None)
    found = asked(table('">= 6"', '">= 20"'), (claim,))
    assert (found.was.blocked, found.would.blocked, found.no_longer) == (1, 1, ())


def test_a_claim_whose_step_was_never_scored_is_left_out_and_an_input_not_kept_is_not_observed() -> None:
    elsewhere = PastClaim("clm_a", 500, {Step.SURVEY: KeptScore({}, 0, (), hard_stop=False)}, None)
    old = PastClaim("clm_b", 500, {STEP: KeptScore({"claims_6m": 3}, 10, ("R094",), hard_stop=False)}, None)
    found = asked(RULES.tables[STEP], (elsewhere, old))
    assert found.claims == 1
    assert found.would.hits == {"R094": 1}
