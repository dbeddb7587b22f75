"""What is wanting in a capture, in words for the person who made it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from esign.errors import EvidenceError


@dataclass(frozen=True)
class Shortcoming:
    """One reason why a capture should be made again.

    `code` is stable, lower-case words with hyphens. `zh` and `en` are two sentences each: what happened,
    then the one thing to do. What has been kept so far ("前两步都已保存") is the caller's to add:
    only the caller knows.
    """

    code: str
    zh: str
    en: str


def require_acceptable(shortcomings: Sequence[Shortcoming]) -> None:
    """Pass when nothing is wanting; else raise `EvidenceError` with the code and words of the first shortcoming."""
    if not shortcomings:
        return
    first = shortcomings[0]
    cause, _, cure = first.en.rstrip(".").partition(". ")
    raise EvidenceError(first.code, cause[:1].lower() + cause[1:], cure[:1].lower() + cure[1:])
