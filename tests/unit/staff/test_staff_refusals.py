"""The words of refusals: all there, in both languages, and none that helps somebody who guesses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from esign.staff.domain.refusal import refusal
from esign.staff.domain.words import WORDS

ROOT = Path(__file__).parents[3]


def test_every_refusal_that_the_room_makes_has_words_and_every_word_is_used() -> None:
    source = "".join(
        path.read_text("utf-8") for path in (ROOT / "esign" / "staff").rglob("*.py") if path.stem != "words"
    )
    used = set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', source))
    assert set(re.findall(r'refusal\(\s*"([^"]+)"', source)) <= WORDS.keys() <= used


@pytest.mark.parametrize("code", WORDS)
def test_a_refusal_says_cause_and_cure_in_both_languages(code: str) -> None:
    made = refusal(code)
    assert made.code == code
    assert re.fullmatch(r"[^。]+。[^。]+。", made.zh)
    assert re.fullmatch(r"[A-Z].+\. [A-Z].+\.", made.en)


def test_the_words_of_a_refused_login_name_no_part_of_it() -> None:
    made = refusal("login-refused")
    assert "password is" not in made.en
    assert "密码不正确" not in made.zh
