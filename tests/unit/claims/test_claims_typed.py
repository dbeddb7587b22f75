"""What people type is read in one way: full-width letters, spaces and points make no other plate."""

from __future__ import annotations

from claims.typed import fen_typed, plain_number


def test_a_plate_is_the_same_however_it_is_typed() -> None:
    assert {plain_number(one) for one in ("栖B·01234", "栖b 01234", "栖B-01234", "栖Ｂ０１２３４")} == {"栖B01234"}
    assert plain_number(" · ") == ""


def test_nothing_typed_is_no_amount_and_not_zero() -> None:
    assert fen_typed(" 元", yuan_at_most=10) is None
    assert fen_typed("0", yuan_at_most=10) == 0
    assert fen_typed("1,0.00", yuan_at_most=10) == 1000
