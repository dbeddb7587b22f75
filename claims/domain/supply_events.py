"""What can happen to parts: shops are asked, quote or decline, one is chosen, and delivers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from claims.domain.event import Event
from claims.domain.forms import Code, Days, Fen, Id
from claims.domain.values import AskedShop
from esign.trail.event import EventType


@dataclass(frozen=True, kw_only=True)
class QuotesAsked(Event):
    """Each of these shops was sent a link to tell price and days for the parts of an assessment."""

    type: ClassVar[EventType] = EventType("claim.quotes-asked")
    supply: Id
    assessment: Id
    shops: tuple[AskedShop, ...]
    by: Id


@dataclass(frozen=True, kw_only=True)
class QuoteReceived(Event):
    """A shop wants `fen` for all of them, and delivers within `days`. A later one takes the place of an earlier."""

    type: ClassVar[EventType] = EventType("claim.quote-received")
    quote: Id
    fen: Fen
    days: Days


@dataclass(frozen=True, kw_only=True)
class QuoteDeclined(Event):
    type: ClassVar[EventType] = EventType("claim.quote-declined")
    quote: Id


@dataclass(frozen=True, kw_only=True)
class PartsOrdered(Event):
    """From one shop, at its price; they come within `days`."""

    type: ClassVar[EventType] = EventType("claim.parts-ordered")
    supply: Id
    quote: Id
    fen: Fen
    days: Days
    by: Id


@dataclass(frozen=True, kw_only=True)
class PartsDelivered(Event):
    type: ClassVar[EventType] = EventType("claim.parts-delivered")
    supply: Id
    by: Id


@dataclass(frozen=True, kw_only=True)
class PartsCancelled(Event):
    type: ClassVar[EventType] = EventType("claim.parts-cancelled")
    supply: Id
    reason: Code
    by: Id
