"""Errors of the claims room."""

from __future__ import annotations

from collections.abc import Sequence

from esign.public.errors import EsignError


class ClaimRefused(EsignError):
    """What somebody asked for is refused; nothing has changed.

    `zh` and `en` are two sentences each for the person at the screen: what is the matter, and the one thing to do.
    `about` names what it is about: ids, codes or days, never more.
    """

    def __init__(self, code: str, zh: str, en: str, cause: str, cure: str, about: Sequence[str] = ()) -> None:
        super().__init__(code, cause, cure)
        self.zh = zh
        self.en = en
        self.about = tuple(about)


class ClaimTrailBroken(EsignError):
    """Stored events make no claim: one is unknown, malformed, or cannot follow."""


class ClaimDataBroken(EsignError):
    """A data file of the room cannot be used: limits, clocks, parts, the settlement table, the premium table."""


class PaymentFileRefused(EsignError):
    """A payment file cannot be written: an amount, name or account that its schema does not take."""


class ClaimGoesNotOn(EsignError):
    """What the service has to do about a claim ends the same at every try; `code` is that of the reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, "the claim does not go on by itself", "mend what the reason names; it is tried on")


class StatementRefused(EsignError):
    """A bank's statement cannot be taken: its form, or an entry that said something else before."""


class ErasureRefused(EsignError):
    """What is kept on people is not erased: it takes two members of the staff."""
