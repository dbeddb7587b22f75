"""Why a command is refused, in words for the person at the screen and for the program that asked."""

from __future__ import annotations

from collections.abc import Sequence

from delivery.domain.words import WORDS
from delivery.errors import DeliveryRefused, DeliveryTrailBroken


def refusal(code: str, about: Sequence[str] = ()) -> DeliveryRefused:
    """Make the refusal `code`, which must have words. `about` names ids, codes or days, never more."""
    zh_cause, zh_cure, cause, cure = WORDS[code]
    zh = f"{zh_cause}。{zh_cure}。"
    en = f"{_sentence(cause)} {_sentence(cure)}"
    return DeliveryRefused(code, zh, en, f"{cause} ({', '.join(about)})" if about else cause, cure, about)


def broken(cause: str) -> DeliveryTrailBroken:
    return DeliveryTrailBroken(
        "trail-broken",
        cause,
        "restore the trail from its last checkpoint that verifies, or use a build that knows every event in it",
    )


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."
