"""Why a command is refused, in words for the person at the screen and for the program that asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from policy.domain.words import WORDS
from policy.errors import PolicyRefused, PolicyTrailBroken


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
    return tuple(_words(code) for code in sorted(WORDS))


def refusal(code: str, about: Sequence[str] = ()) -> PolicyRefused:
    """Make the refusal `code`, which must have words."""
    words = _words(code)
    cause = f"{words.cause} ({', '.join(about)})" if about else words.cause
    return PolicyRefused(code, words.zh, words.en, cause, words.cure, about)


def broken(cause: str) -> PolicyTrailBroken:
    return PolicyTrailBroken(
        "trail-broken",
        cause,
        "restore the trail from its last checkpoint that verifies, or use a build that knows every event in it",
    )


def _words(code: str) -> RefusalWords:
    zh_cause, zh_cure, cause, cure = WORDS[code]
    return RefusalWords(code, f"{zh_cause}。{zh_cure}。", f"{_sentence(cause)} {_sentence(cure)}", cause, cure)


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."
