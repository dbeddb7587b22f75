"""Companies are told from people by the code that they are registered under."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.payment.companies import DIGITS, check_character, is_company

EXAMPLE = "91350100M000100Y43"


@pytest.mark.parametrize("code", [EXAMPLE, EXAMPLE.lower(), "9135 0100 M000 100Y 43"])
def test_a_unified_social_credit_code_is_a_companys(code: str) -> None:
    assert is_company(code)


@pytest.mark.parametrize(
    "number",
    [
        "990106198807152213",
        "11010119900307779X",
        "91350100M000100Y44",
        EXAMPLE[:-1],
        "",
        "913501OOM000100Y43",
        "12" * 9,
    ],
)
def test_a_persons_number_or_a_mistyped_code_is_not(number: str) -> None:
    assert not is_company(number)


@given(st.text(DIGITS, min_size=15, max_size=15), st.integers(0, 17), st.sampled_from(DIGITS))
def test_one_wrong_character_is_found(rest: str, place: int, wrong: str) -> None:
    first = f"91{rest}"
    code = first + check_character(first)
    assert is_company(code)
    if place >= 2 and code[place] != wrong:
        assert not is_company(code[:place] + wrong + code[place + 1 :])
