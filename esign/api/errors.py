"""Errors of the API itself: what is wrong with a request before, or beside, what it asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from esign.api.own_words import OWN_WORDS
from esign.errors import EsignError


@dataclass(frozen=True)
class Issue:
    """What is wrong at one place of a request: a JSON pointer (RFC 6901), or `?name` for a parameter of the query."""

    pointer: str
    zh: str
    en: str


class ApiError(EsignError):
    """A request cannot be answered as it is. `code` is in `OWN_WORDS`, which has its status and words."""

    def __init__(self, code: str, *, issues: Sequence[Issue] = (), retry_after: int | None = None) -> None:
        words = OWN_WORDS[code]
        super().__init__(code, words.cause, words.cure)
        self.words = words
        self.issues = tuple(issues)
        self.retry_after = retry_after
        """Seconds after which trying again makes sense."""
