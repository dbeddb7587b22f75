"""The contract's figures: capitals, premium, cash values, bar code."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest

from demo.contract.actuary import LAST_AGE, annual_premium, year_values
from demo.contract.amounts import in_capitals, in_digits
from demo.contract.barcode import code39_widths

SUM = Decimal(300_000)


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


@pytest.mark.parametrize("amount", ["-1", "0.005", "1000000000000"])
def test_an_amount_that_cannot_be_written_out_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="to the fen"):
        in_capitals(Decimal(amount))


def test_digits_have_two_decimals_and_commas() -> None:
    assert in_digits(Decimal(1234567)) == "1,234,567.00"


@pytest.mark.parametrize("age", [18, 30, 45, 56, 60, 64, 65])
def test_figures_hang_together_at_every_age(age: int) -> None:
    premium = annual_premium(age=age, sum_insured=SUM, years=10)
    rows = year_values(age=age, sum_insured=SUM, years=10, premium=premium)
    assert [row.year for row in rows] == list(range(1, LAST_AGE - age + 1))
    assert all(later.cash_value > earlier.cash_value for earlier, later in pairwise(rows))
    assert rows[0].cash_value < premium / 2, "leaving in the first year has to cost, as the notice says"
    assert all(row.death_benefit >= max(SUM, row.cash_value) for row in rows)
    assert all(row.death_benefit >= row.premiums_paid * Decimal("1.2") for row in rows)
    assert [row.paid_up_sum is None for row in rows] == [row.year >= 10 for row in rows]
    assert rows[-1].cash_value == rows[-1].death_benefit


def test_older_people_pay_more() -> None:
    premiums = [annual_premium(age=age, sum_insured=SUM, years=10) for age in range(30, 66, 5)]
    assert premiums == sorted(set(premiums))


def test_a_bar_code_has_nine_elements_and_three_wide_ones_for_each_character() -> None:
    widths = [*code39_widths("CY-330126112200"), 1.0]
    characters = [widths[i : i + 10] for i in range(0, len(widths), 10)]
    assert len(characters) == len("CY-330126112200") + 2
    for elements in characters:
        assert sum(width > 1 for width in elements[:9]) == 3
        assert elements[9] == 1.0
    assert characters[0] == characters[-1]
    assert len({tuple(c) for c in characters}) == len(set("CY-330126112200")) + 1


@pytest.mark.parametrize("text", ["", "cy1", "A*B", "合同"])
def test_a_text_that_code_39_cannot_carry_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Code 39"):
        code39_widths(text)
