"""Errors of the delivery room."""

from __future__ import annotations

from collections.abc import Sequence

from esign.public.errors import EsignError


class DeliveryRefused(EsignError):
    """What somebody asked for is refused; nothing has changed.

    `zh` and `en` are two sentences each for the person at the screen: what is the matter, and the one thing to do.
    `about` names what it is about: ids, codes or days, never more.
    """

    def __init__(self, code: str, zh: str, en: str, cause: str, cure: str, about: Sequence[str] = ()) -> None:
        super().__init__(code, cause, cure)
        self.zh = zh
        self.en = en
        self.about = tuple(about)


class DeliveryTrailBroken(EsignError):
    """Stored events make no delivery or route table: one is unknown, malformed, or cannot follow."""


class DeliveryDataBroken(EsignError):
    """A data file of the room cannot be used: the table of announced years, the codes of reasons."""
