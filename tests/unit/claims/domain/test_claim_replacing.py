"""A claim that changes is copied as the standard library copies it, and what was found out before stays behind."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import pytest

from claims.domain import next_moves
from claims.domain.replacing import replace
from claims.domain.state import Claim
from claims.domain.values import ClaimState, Lane
from tests.unit.claims.claim_play import CLOSED, at


def claim() -> Claim:
    state = at(*CLOSED).state
    assert state is not None
    return state


def test_a_copy_is_the_one_that_the_standard_library_makes_and_the_state_before_stays_as_it_was() -> None:
    before, twin = claim(), claim()
    changes: dict[str, Any] = {"lane": Lane.BLOCKED, "handler": "usr_1", "fallen": ("usr_2",)}
    after = replace(before, **changes)
    assert after == dataclasses.replace(twin, **changes) != before == twin
    assert hash(after) == hash(dataclasses.replace(twin, **changes))
    assert replace(before) == before is not replace(before)


def test_who_acts_next_is_found_out_anew_for_a_copy() -> None:
    before = claim()
    assert next_moves(before) != next_moves(replace(before, state=ClaimState.OFFERED))


def test_a_member_that_is_not_there_is_refused() -> None:
    wrong: dict[str, Any] = {"handlers": "usr_1"}
    with pytest.raises(TypeError, match="handlers"):
        replace(claim(), **wrong)


def test_what_looks_at_its_members_when_it_is_made_is_not_copied_past_that() -> None:
    @dataclass(frozen=True)
    class Checked:
        number: int

        def __post_init__(self) -> None:
            if self.number < 0:
                raise ValueError("below zero")

    with pytest.raises(TypeError, match="Checked"):
        replace(Checked(1), number=-1)
