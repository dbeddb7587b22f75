"""What can be asked about parts that the insurer has delivered to the repair shop."""

from __future__ import annotations

from dataclasses import dataclass

from claims.domain.command import Command
from claims.domain.forms import Code, Days, Fen, Id
from claims.domain.values import AskedShop


@dataclass(frozen=True, kw_only=True)
class AskQuotes(Command):
    """These shops are asked what the parts of an assessment cost, and how soon they come."""

    supply: Id
    assessment: Id
    shops: tuple[AskedShop, ...]
    by: Id


@dataclass(frozen=True, kw_only=True)
class RecordQuote(Command):
    """What a shop wants for all parts together, in fen, and within how many days they come. By the shop's link."""

    quote: Id
    fen: Fen
    days: Days


@dataclass(frozen=True, kw_only=True)
class DeclineQuote(Command):
    """The shop has not all of them. By the shop's link."""

    quote: Id


@dataclass(frozen=True, kw_only=True)
class OrderParts(Command):
    """From the shop of this quote."""

    quote: Id
    by: Id


@dataclass(frozen=True, kw_only=True)
class RecordPartsDelivered(Command):
    supply: Id
    by: Id


@dataclass(frozen=True, kw_only=True)
class CancelParts(Command):
    """They are not wanted any more, or come another way."""

    supply: Id
    reason: Code
    by: Id
