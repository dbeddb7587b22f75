"""Every refusal says what is the matter and what to do, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

from claims.domain import catalogue
from claims.domain.values import ClaimState
from claims.domain.words import WORDS
from claims.refusals import ROOM_WORDS

ROOT = Path(__file__).parents[4]
CALLS = re.compile(r'(?:refusal|refused)\("([a-z-]+)"')


def raised_in(folder: str) -> set[str]:
    return {code for path in (ROOT / "claims").glob(folder) for code in CALLS.findall(path.read_text("utf-8"))}


def test_every_refusal_has_words_and_all_words_are_of_a_refusal() -> None:
    used = raised_in("domain/*.py") | {f"claim-{state.value}" for state in ClaimState}
    assert used == set(WORDS)


def test_what_the_room_refuses_has_words() -> None:
    used = raised_in("**/*.py")
    assert used - set(WORDS) == set(ROOM_WORDS)
    assert not set(ROOM_WORDS) & set(WORDS)


def test_words_are_two_sentences_in_each_language() -> None:
    for one in catalogue():
        assert re.fullmatch(r"[^。]+。[^。]+。", one.zh), one.code
        assert one.en[0].isupper() and one.en.endswith("."), one.code
        assert not one.cause.endswith(".") and not one.cure.endswith("."), one.code
