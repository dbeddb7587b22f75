"""What people type is read in one way: full-width letters, spaces and points make no other plate."""

from __future__ import annotations

import pytest

from claims.typed import fen_typed, moment_typed, plain_number


def test_a_plate_is_the_same_however_it_is_typed() -> None:
    assert {plain_number(one) for one in ("栖B·01234", "栖b 01234", "栖B-01234", "栖Ｂ０１２３４")} == {"栖B01234"}
    assert plain_number(" · ") == ""


def test_nothing_typed_is_no_amount_and_not_zero() -> None:
    assert fen_typed(" 元", yuan_at_most=10) is None
    assert fen_typed("0", yuan_at_most=10) == 0
    assert fen_typed("1,0.00", yuan_at_most=10) == 1000


@pytest.mark.parametrize(
    "text", ["2026-11-27T12:00", "2026-11-27T12:00+23:59:59.999999", "20261127T1200", "2026-11-27 12:00Z"]
)
def test_a_moment_is_the_time_of_china_whatever_stands_behind_it(text: str) -> None:
    """An offset would be kept, and one with split seconds is read again by nobody: the claim would be lost."""
    assert moment_typed(text).isoformat() == "2026-11-27T12:00:00+08:00"


@pytest.mark.parametrize("text", ["", "gestern", "0001-01-01T00:00", "2026-02-30T12:00"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        moment_typed(text)
