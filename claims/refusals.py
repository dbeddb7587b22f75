"""What the room refuses beside the domain: names that are taken, what is not there, what does not fit together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from claims.errors import ClaimRefused
from claims.refusal_words.cases import CASES
from claims.refusal_words.form import RefusalWords
from claims.refusal_words.hotline import HOTLINE
from claims.refusal_words.leading import LEADING
from claims.refusal_words.money import MONEY
from claims.refusal_words.selfservice import SELF_SERVICE

ROOM_WORDS: Final[RefusalWords] = {**CASES, **SELF_SERVICE, **MONEY, **HOTLINE, **LEADING}
"""All of them, by code."""


def refused(code: str, about: Sequence[str] = ()) -> ClaimRefused:
    """Make the refusal `code`, which must have words here."""
    zh_cause, zh_cure, cause, cure = ROOM_WORDS[code]
    zh = f"{zh_cause}。{zh_cure}。"
    en = f"{cause[0].upper()}{cause[1:]}. {cure[0].upper()}{cure[1:]}."
    return ClaimRefused(code, zh, en, cause, cure, about)
