"""Why a command is refused, in words for the person at the screen and for the program that asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from claims.domain.words import WORDS
from claims.errors import ClaimRefused, ClaimTrailBroken


@dataclass(frozen=True)
class RefusalWords:
    """The words of one refusal, as the error catalogue shows them."""

    code: str
    zh: str
    en: str
    cause: str
    cure: str


def catalogue() -> tuple[RefusalWords, ...]:
    """Return every refusal there is, in order of its code."""
    return tuple(words_of(code) for code in sorted(WORDS))


def refusal(code: str, about: Sequence[str] = ()) -> ClaimRefused:
    """Make the refusal `code`, which must have words."""
    words = words_of(code)
    cause = f"{words.cause} ({', '.join(about)})" if about else words.cause
    return ClaimRefused(code, words.zh, words.en, cause, words.cure, about)


def broken(cause: str) -> ClaimTrailBroken:
    return ClaimTrailBroken(
        "trail-broken",
        cause,
        "restore the trail from its last checkpoint that verifies, or use a build that knows every event in it",
    )


@cache
def words_of(code: str) -> RefusalWords:
    """Return the words of a refusal."""
    zh_cause, zh_cure, cause, cure = WORDS[code]
    return RefusalWords(code, f"{zh_cause}。{zh_cure}。", f"{_sentence(cause)} {_sentence(cure)}", cause, cure)


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."
