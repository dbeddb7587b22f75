"""Why something is refused, in words for the person and for the program that asked."""

from __future__ import annotations

from esign.staff.domain.words import WORDS
from esign.staff.errors import StaffRefused, StaffTrailBroken


def refusal(code: str) -> StaffRefused:
    """Make the refusal `code`, which must have words."""
    zh_cause, zh_cure, cause, cure = WORDS[code]
    return StaffRefused(code, f"{zh_cause}。{zh_cure}。", f"{_sentence(cause)} {_sentence(cure)}", cause, cure)


def broken(cause: str) -> StaffTrailBroken:
    return StaffTrailBroken(
        "trail-broken",
        cause,
        "restore the trail from its last checkpoint that verifies, or use a build that knows every event in it",
    )


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."
