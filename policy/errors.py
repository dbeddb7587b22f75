"""Errors of the policy room."""

from __future__ import annotations

from collections.abc import Sequence

from esign.public.errors import EsignError


class PolicyRefused(EsignError):
    """What somebody asked for is refused; nothing has changed.

    `zh` and `en` are two sentences each for the person at the screen: what is the matter, and the one thing to do.
    `about` names what it is about: ids, codes or days, never more.
    """

    def __init__(self, code: str, zh: str, en: str, cause: str, cure: str, about: Sequence[str] = ()) -> None:
        super().__init__(code, cause, cure)
        self.zh = zh
        self.en = en
        self.about = tuple(about)


class PolicyTrailBroken(EsignError):
    """Stored events make no proposal or service request: one is unknown, malformed, or cannot follow."""


class PolicyDataBroken(EsignError):
    """A data file of the room cannot be used: a product, a rate table, a decision table, the table of occupations."""


class UnderwritingFailed(EsignError):
    """The decision table gave no decision for what it was told."""


class GoesNotOn(EsignError):
    """What the service has to do about a proposal ends the same at every try; `code` is that of the reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, "the proposal does not go on by itself", "mend what the reason names; it is tried on")
