"""Errors of the staff room."""

from __future__ import annotations

from esign.errors import EsignError


class StaffRefused(EsignError):
    """What somebody asked for is refused; nothing has changed, but for the count of failed logins.

    `zh` and `en` are two sentences each for the person at the screen: what is the matter, and the one thing to do.
    """

    def __init__(self, code: str, zh: str, en: str, cause: str, cure: str) -> None:
        super().__init__(code, cause, cure)
        self.zh = zh
        self.en = en


class StaffTrailBroken(EsignError):
    """Stored events make no member, institution or approval: one is unknown, malformed, or cannot follow."""
