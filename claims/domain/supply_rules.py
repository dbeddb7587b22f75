"""Parts: one supply at a time, of the assessment of now; the shop that was chosen delivers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from claims.domain import commands as c
from claims.domain import events as e
from claims.domain.loss_rules import assessed
from claims.domain.refusal import broken, refusal
from claims.domain.replacing import replace
from claims.domain.rule import Rule, require_new
from claims.domain.state import Claim, Quote, Supply


def _supply(state: Claim, id: str) -> Supply:
    found = next((one for one in state.supplies if one.id == id), None)
    if found is None:
        raise refusal("no-supply", (id,))
    return found


def supply_of(state: Claim, quote: str) -> tuple[Supply, Quote]:
    """Return a quote and what it is part of. Raises `ClaimRefused` (`no-quote`)."""
    for supply in state.supplies:
        for one in supply.quotes:
            if one.id == quote:
                return supply, one
    raise refusal("no-quote", (quote,))


def _are_asked(state: Claim, command: c.AskQuotes) -> bool:
    return any(one.id == command.supply for one in state.supplies)


def _ask(state: Claim, command: c.AskQuotes) -> tuple[e.Event, ...]:
    require_new(state, command.supply)
    assessed(state, command.assessment)
    if any(one.is_open for one in state.supplies):
        raise refusal("parts-under-way")
    shops = [one.shop for one in command.shops]
    if not shops or len(set(shops)) < len(shops):
        raise refusal("shops-unclear")
    for one in command.shops:
        require_new(state, one.quote)
    return (e.QuotesAsked(**vars(command)),)


def _is_quoted(state: Claim, command: c.RecordQuote) -> bool:
    _, quote = supply_of(state, command.quote)
    return (quote.fen, quote.days) == (command.fen, command.days)


def _quote(state: Claim, command: c.RecordQuote) -> tuple[e.Event, ...]:
    _require_asked(supply_of(state, command.quote)[0])
    return (e.QuoteReceived(**vars(command)),)


def _is_declined(state: Claim, command: c.DeclineQuote) -> bool:
    return supply_of(state, command.quote)[1].declined


def _decline(state: Claim, command: c.DeclineQuote) -> tuple[e.Event, ...]:
    _require_asked(supply_of(state, command.quote)[0])
    return (e.QuoteDeclined(**vars(command)),)


def _require_asked(supply: Supply) -> None:
    if not supply.is_open or supply.ordered is not None:
        raise refusal("quotes-closed")


def _is_ordered(state: Claim, command: c.OrderParts) -> bool:
    return supply_of(state, command.quote)[0].ordered == command.quote


def _order(state: Claim, command: c.OrderParts) -> tuple[e.Event, ...]:
    supply, quote = supply_of(state, command.quote)
    _require_asked(supply)
    if quote.fen is None or quote.days is None:
        raise refusal("not-quoted")
    ordered = e.PartsOrdered(
        at=command.at, supply=supply.id, quote=quote.id, fen=quote.fen, days=quote.days, by=command.by
    )
    return (ordered,)


def _are_delivered(state: Claim, command: c.RecordPartsDelivered) -> bool:
    return _supply(state, command.supply).delivered


def _deliver(state: Claim, command: c.RecordPartsDelivered) -> tuple[e.Event, ...]:
    supply = _supply(state, command.supply)
    if supply.ordered is None or supply.cancelled:
        raise refusal("parts-not-ordered")
    return (e.PartsDelivered(**vars(command)),)


def _are_cancelled(state: Claim, command: c.CancelParts) -> bool:
    return _supply(state, command.supply).cancelled


def _cancel(state: Claim, command: c.CancelParts) -> tuple[e.Event, ...]:
    if _supply(state, command.supply).delivered:
        raise refusal("parts-delivered")
    return (e.PartsCancelled(**vars(command)),)


def _asked(state: Claim, event: e.QuotesAsked) -> Claim:
    quotes = tuple(Quote(one.quote, one.shop) for one in event.shops)
    known = state.known.union((event.supply, *(one.quote for one in event.shops)))
    supply = Supply(event.supply, event.assessment, event.at, quotes)
    return replace(state, supplies=(*state.supplies, supply), known=known)


def _received(state: Claim, event: e.QuoteReceived) -> Claim:
    return _quoted(state, event.quote, fen=event.fen, days=event.days, declined=False)


def _refused(state: Claim, event: e.QuoteDeclined) -> Claim:
    return _quoted(state, event.quote, fen=None, days=None, declined=True)


def _quoted(state: Claim, quote: str, **members: Any) -> Claim:
    supplies = tuple(
        replace(one, quotes=tuple(replace(q, **members) if q.id == quote else q for q in one.quotes))
        for one in state.supplies
    )
    if supplies == state.supplies and not any(q.id == quote for one in supplies for q in one.quotes):
        raise broken("an event names a quote that nobody was asked for")
    return replace(state, supplies=supplies)


def _changed(state: Claim, supply: str, **members: Any) -> Claim:
    if not any(one.id == supply for one in state.supplies):
        raise broken("an event names parts that nobody was asked for")
    supplies = tuple(replace(one, **members) if one.id == supply else one for one in state.supplies)
    return replace(state, supplies=supplies)


SUPPLY_RULES: Final[Mapping[type[c.Command], Rule]] = {
    c.AskQuotes: Rule(_are_asked, _ask),
    c.RecordQuote: Rule(_is_quoted, _quote),
    c.DeclineQuote: Rule(_is_declined, _decline),
    c.OrderParts: Rule(_is_ordered, _order),
    c.RecordPartsDelivered: Rule(_are_delivered, _deliver),
    c.CancelParts: Rule(_are_cancelled, _cancel),
}
SUPPLY_STEPS: Final[Mapping[type[e.Event], Callable[[Claim, Any], Claim]]] = {
    e.QuotesAsked: _asked,
    e.QuoteReceived: _received,
    e.QuoteDeclined: _refused,
    e.PartsOrdered: lambda state, event: _changed(
        state, event.supply, ordered=event.quote, ordered_at=event.at, days=event.days
    ),
    e.PartsDelivered: lambda state, event: _changed(state, event.supply, delivered=True),
    e.PartsCancelled: lambda state, event: _changed(state, event.supply, cancelled=True),
}
