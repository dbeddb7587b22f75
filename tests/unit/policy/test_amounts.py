"""Amounts: digits with two decimals, Chinese capitals that read back, and fen that lose nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.amounts import fen_of, in_capitals, in_digits, yuan_of

DIGITS = {digit: value for value, digit in enumerate("零壹贰叁肆伍陆柒捌玖")}
PLACES = {"拾": 10, "佰": 100, "仟": 1000}


def read_capitals(text: str) -> Decimal:
    """Read an amount in capitals by the grammar alone, as a teller would."""
    text = text.removeprefix("人民币").removesuffix("整")
    whole, _, rest = text.rpartition("元") if "元" in text else ("", "", text)
    total = four = digit = 0
    for one in whole:
        if one in DIGITS:
            digit = DIGITS[one]
        elif one in PLACES:
            four, digit = four + digit * PLACES[one], 0
        else:
            total, four, digit = total + (four + digit) * {"万": 10**4, "亿": 10**8}[one], 0, 0
    fen = 0
    for one in rest:
        if one in DIGITS:
            digit_of_fen = DIGITS[one]
        else:
            fen += digit_of_fen * {"角": 10, "分": 1}[one]
    return Decimal((total + four + digit) * 100 + fen) / 100


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("0", "人民币零元整"),
        ("0.07", "人民币柒分"),
        ("0.30", "人民币叁角整"),
        ("10", "人民币壹拾元整"),
        ("24120", "人民币贰万肆仟壹佰贰拾元整"),
        ("300000", "人民币叁拾万元整"),
        ("26830.05", "人民币贰万陆仟捌佰叁拾元零伍分"),
        ("1005.50", "人民币壹仟零伍元伍角整"),
        ("100101.3", "人民币壹拾万零壹佰零壹元叁角整"),
        ("100000001", "人民币壹亿零壹元整"),
        ("120034005", "人民币壹亿贰仟零叁万肆仟零伍元整"),
    ],
)
def test_amounts_are_written_in_capitals(amount: str, written: str) -> None:
    assert in_capitals(Decimal(amount)) == written


@given(st.integers(0, 10**14 - 1))
def test_capitals_read_back_as_the_amount(fen: int) -> None:
    written = in_capitals(yuan_of(fen))
    assert read_capitals(written) == yuan_of(fen)
    assert "零零" not in written


@given(st.integers(0, 10**14 - 1))
def test_fen_and_yuan_lose_nothing(fen: int) -> None:
    assert fen_of(yuan_of(fen)) == fen
    assert Decimal(in_digits(yuan_of(fen)).replace(",", "")) == yuan_of(fen)


@pytest.mark.parametrize("amount", ["-1", "0.005", "1000000000000"])
def test_an_amount_that_cannot_be_written_out_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="to the fen"):
        in_capitals(Decimal(amount))


@pytest.mark.parametrize("amount", ["0.001", "NaN", "Infinity"])
def test_what_is_no_amount_of_money_makes_no_fen(amount: str) -> None:
    with pytest.raises(ValueError, match="to the fen"):
        fen_of(Decimal(amount))


def test_digits_have_two_decimals_and_commas() -> None:
    assert in_digits(Decimal(1234567)) == "1,234,567.00"
