"""Chinese resident identity numbers: the check character and the day of birth, on numbers that are all invented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign.ceremony.id_number import is_resident_id_number, last_four

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
"""As GB 11643-1999 lists them."""


def completed(first_17: str) -> str:
    """Append the check character."""
    return first_17 + "10X98765432"[sum(w * int(d) for w, d in zip(WEIGHTS, first_17, strict=True)) % 11]


def test_the_examples_of_the_standard_are_right() -> None:
    assert is_resident_id_number("11010519491231002X")
    assert is_resident_id_number("440524188001010014")


@given(st.dates().filter(lambda day: day.year >= 1000), st.integers(100_000, 999_999), st.integers(0, 999))
def test_one_wrong_digit_or_two_swapped_neighbours_are_found(day: object, region: int, order: int) -> None:
    number = completed(f"{region}{str(day).replace('-', '')}{order:03}")
    assert is_resident_id_number(number)
    for place in range(17):
        other = str((int(number[place]) + 1) % 10)
        assert not is_resident_id_number(number[:place] + other + number[place + 1 :])
        swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        assert swapped == number or not is_resident_id_number(swapped)


@pytest.mark.parametrize("birthday", ["19900230", "20230229", "19901301", "19900001", "19900100", "00000101"])
def test_a_day_of_birth_that_never_was_is_refused(birthday: str) -> None:
    assert not is_resident_id_number(completed(f"110101{birthday}001"))


def test_the_29th_of_february_exists_in_leap_years() -> None:
    assert is_resident_id_number(completed("11010120240229001"))


def test_a_small_x_will_do() -> None:
    assert is_resident_id_number("11010519491231002x")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "110105194912310",
        "11010519491231002",
        "11010519491231002X ",
        "11010519491231002X\n",
        "1101051949123100X2",
        "010105194912310025",
        "１１０１０５１９４９１２３１００２Ｘ",
        "11010519491231002\u2169",
    ],
)
def test_what_has_another_form_is_refused(text: str) -> None:
    assert not is_resident_id_number(text)


def test_the_last_four_end_in_a_capital_x_or_are_all_there_is() -> None:
    assert last_four("11010519491231002x") == "002X"
    assert last_four("E12345678") == "5678"
    assert last_four("12") == "12"
