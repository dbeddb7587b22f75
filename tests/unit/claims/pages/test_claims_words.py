"""Every state, step, lane and act of a claim has words on the board."""

from __future__ import annotations

from claims.board.giving import REASONS
from claims.board.steps import STEP_OF
from claims.domain import Actor
from claims.domain.values import ClaimState, Lane
from claims.pages.board_words import BOARD_ACTORS, BOARD_ACTS, BOARD_STATES, GIVING_REASONS, LANES
from tests.unit.claims.domain.test_claim_machine import ACTS


def test_every_state_step_lane_and_act_has_words() -> None:
    assert set(BOARD_STATES) == set(ClaimState) == set(STEP_OF)
    assert set(LANES) == set(Lane)
    assert set(BOARD_ACTORS) == set(Actor)
    assert set(BOARD_ACTS) == set(ACTS)
    assert set(GIVING_REASONS) == set(REASONS)
