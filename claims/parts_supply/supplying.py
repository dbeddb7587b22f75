"""Shops are asked what parts cost, one is chosen, and what it promised is watched until it is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.board.moments import Moments
from claims.board.reach import in_reach, require_in_reach
from claims.domain import Claim
from claims.domain import commands as c
from claims.domain import events as e
from claims.domain.state import Quote, Supply
from claims.domain.supply_rules import supply_of
from claims.domain.table import TABLE
from claims.domain.values import AskedShop, Line, LineKind
from claims.handling.allowed import require_nobody_elses
from claims.hotline.calling import AGENTS
from claims.models import ClaimRow
from claims.parts.files import load_parts
from claims.parts_supply.models import QuoteRow
from claims.parts_supply.shops import Shops
from claims.refusals import refused
from claims.rules_in_force import deadlines_of
from claims.service.office import Office
from claims.service.projection import ClaimChange
from claims.sheets import named
from claims.wording import Words as Called
from esign.public.console import Caller, staff_actor
from esign.public.events import read_stream
from esign.public.messages import MessageText, Words
from esign.public.people import RecordErased
from esign.public.rows import new_id

QUOTE: Final = "claims-quote-asked"
ORDERED: Final = "claims-parts-ordered"
MESSAGES: Final[Mapping[str, MessageText]] = {
    QUOTE: MessageText(
        Words("请报配件价", "请打开链接，报配件的价格和几天送到： {link} 不用注册。"),
        Words(
            "Please quote for parts",
            "Open the link, and tell what the parts cost and in how many days they come: {link} No account is needed.",
        ),
    ),
    ORDERED: MessageText(
        Words("订您的配件", "您报的配件已订，请在 {days} 天内送到： {link} 有疑问请联系我们。"),
        Words("Your parts are ordered", "The parts that you quoted are ordered. Deliver within {days} days: {link}"),
    ),
}
SHOPS_AT_MOST: Final = 8
SHOWN_AT_MOST: Final = 50
CANCELS: Final = ("repaired-elsewhere", "too-dear", "not-delivered", "not-needed")
"""Codes of why parts are not wanted any more."""


@dataclass(frozen=True)
class PartLine:
    """A part and how many of it."""

    words: Called
    quantity: int


@dataclass(frozen=True)
class Quoted:
    """A quote of a shop, by name; `is_cheapest` and `is_soonest` among those that came."""

    quote: Quote
    name: str = field(repr=False)
    is_cheapest: bool
    is_soonest: bool


@dataclass(frozen=True)
class SupplyView:
    """A supply with what its shops say, the cheapest first. `left` is what is left of its clock."""

    supply: Supply
    quotes: tuple[Quoted, ...]
    left: timedelta | None


@dataclass(frozen=True)
class PartsView:
    """The parts of one claim: what is wanted, whether shops can be asked now, and what was asked before."""

    row: ClaimRow
    parts: tuple[PartLine, ...]
    can_ask: bool
    supplies: tuple[SupplyView, ...]


@dataclass(frozen=True)
class AskedQuote:
    """What a shop sees behind its link: the car's model (None once it was erased), the parts, what it quoted, and
    whether it can still quote."""

    model: str | None
    parts: tuple[PartLine, ...]
    quote: Quote
    is_open: bool
    is_ordered: bool
    days: int | None


class Supplying:
    """Asks, orders, and takes down what comes."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._house = office.house
        self.shops = Shops(office.house)

    def open(self, who: Caller) -> list[tuple[ClaimRow, timedelta | None]]:
        """Return the claims whose parts are asked for or ordered, the most urgent first, with what is left."""
        asked = select(QuoteRow.claim).where(QuoteRow.over_at.is_(None)).distinct()
        row = ClaimRow
        chosen = select(row).where(row.id.in_(asked)).order_by(row.next_due.is_(None), row.next_due, row.id)
        with self._house.database.reading() as session:
            moments = Moments.of(session, self._house)
            found = session.scalars(chosen.where(in_reach(session, who, roles=AGENTS)).limit(SHOWN_AT_MOST))
            return [(one, moments.left(one)) for one in found]

    def view(self, who: Caller, claim: str) -> PartsView:
        """Return the parts of a claim. Raises `ClaimRefused` (`no-claim`)."""
        with self._house.database.reading() as session:
            row = require_in_reach(session, who, claim, AGENTS)
            state = self._office.get(session, claim)
            now = self._office.now(session, state)
            running = {one.clock: one.due - now for one in deadlines_of(state)}
            parts = () if state.assessment is None else self._parts(session, claim, state.assessment.id)
            busy = any(one.is_open for one in state.supplies)
            can_ask = bool(parts) and not busy and c.AskQuotes in TABLE[state.state].accepts
            supplies = tuple(self._supply(session, one, running) for one in reversed(state.supplies))
            return PartsView(row, parts, can_ask, supplies)

    def ask(self, who: Caller, claim: str, shops: Sequence[str], form: str) -> None:
        """Ask shops by a link each. `form` is the id of the form: the same one again asks nobody a second time.

        Raises `ClaimRefused` (`no-shop`, `shops-unclear`, `too-many-shops`, ...).
        """
        supply = f"sup_{form.rpartition('_')[2]}"
        if len(shops) > SHOPS_AT_MOST:
            raise refused("too-many-shops")
        people: dict[str, str] = {}

        def command(session: Session, state: Claim) -> c.Command:
            require_in_reach(session, who, claim, AGENTS)
            require_nobody_elses(who, state)
            at = self._office.now(session, state)
            assessment = "ass_none" if state.assessment is None else state.assessment.id
            if not self._parts(session, claim, assessment):
                raise refused("no-parts")
            people.update({shop: self.shops.open(session, who, shop).person for shop in shops})
            asked = tuple(AskedShop(new_id("quo", at), shop) for shop in people)
            return c.AskQuotes(at=at, supply=supply, assessment=assessment, shops=asked, by=who.member)

        def beside(session: Session, change: ClaimChange) -> None:
            for event in change.events:
                if not isinstance(event, e.QuotesAsked):
                    continue
                for one in event.shops:
                    person = people[one.shop]
                    session.add(QuoteRow(id=one.quote, claim=claim, shop=one.shop, person=person, over_at=None))
                    self._house.messages.tell(session, QUOTE, person, about=one.quote, because=one.quote, at=event.at)
                session.flush()

        self._office.change(claim, command, actor=staff_actor(who.member), beside=beside)

    def order(self, who: Caller, claim: str, quote: str, seen: str) -> None:
        """Order of the shop of this quote, and tell it. `seen` are the price in fen and the days that the caller saw.

        Raises `ClaimRefused` (`quote-changed` where the shop wants something else by now, ...).
        """

        def beside(session: Session, change: ClaimChange) -> None:
            row = session.get(QuoteRow, quote)
            for number, event in enumerate(change.events):
                if isinstance(event, e.PartsOrdered) and row is not None:
                    because, facts = change.recorded[number].id, {"days": event.days}
                    self._house.messages.tell(
                        session, ORDERED, row.person, about=quote, because=because, at=event.at, facts=facts
                    )

        def made(state: Claim, at: datetime) -> c.Command:
            _, now = supply_of(state, quote)
            if f"{now.fen} {now.days}" != seen:
                raise refused("quote-changed")
            return c.OrderParts(at=at, quote=quote, by=who.member)

        self._do(who, claim, made, beside)

    def delivered(self, who: Caller, claim: str, supply: str) -> None:
        """Take down that the parts came. Raises `ClaimRefused`."""
        self._do(who, claim, lambda _state, at: c.RecordPartsDelivered(at=at, supply=supply, by=who.member), self._over)

    def cancel(self, who: Caller, claim: str, supply: str, reason: str) -> None:
        """Want them no more. Raises `ClaimRefused` (`no-cancel-reason`, ...)."""
        if reason not in CANCELS:
            raise refused("no-cancel-reason")
        self._do(
            who, claim, lambda _state, at: c.CancelParts(at=at, supply=supply, reason=reason, by=who.member), self._over
        )

    def asked(self, quote: str) -> AskedQuote:
        """Return what the shop of a quote sees. Raises `ClaimRefused` (`no-quote`, `no-claim`)."""
        with self._house.database.reading() as session:
            row = self._row(session, quote)
            state = self._office.get(session, row.claim)
            supply, one = supply_of(state, quote)
            parts = self._parts(session, row.claim, supply.assessment)
            is_open = supply.is_open and supply.ordered is None
            is_ordered = supply.ordered == quote and not supply.cancelled
            return AskedQuote(self._model(session, state), parts, one, is_open, is_ordered, supply.days)

    def _model(self, session: Session, state: Claim) -> str | None:
        """Return which car the parts are for: without it nobody can say a price. It tells nobody whose car it is."""
        try:
            return self._office.policy_of(session, state).car.model
        except RecordErased:
            return None

    def quote(self, quote: str, fen: int, days: int) -> None:
        """Take down what a shop wants. By its link. Raises `ClaimRefused`."""
        self._say(quote, lambda at: c.RecordQuote(at=at, quote=quote, fen=fen, days=days))

    def decline(self, quote: str) -> None:
        """Take down that a shop has not all of them. By its link. Raises `ClaimRefused`."""
        self._say(quote, lambda at: c.DeclineQuote(at=at, quote=quote))

    def _say(self, quote: str, make: Callable[..., c.Command]) -> None:
        with self._house.database.reading() as session:
            row = self._row(session, quote)
            claim, shop = row.claim, row.shop
        self._office.change(claim, lambda session, state: make(self._office.now(session, state)), actor=f"shop:{shop}")

    def _do(
        self,
        who: Caller,
        claim: str,
        make: Callable[[Claim, datetime], c.Command],
        beside: Callable[[Session, ClaimChange], None],
    ) -> None:
        def command(session: Session, state: Claim) -> c.Command:
            require_in_reach(session, who, claim, AGENTS)
            require_nobody_elses(who, state)
            return make(state, self._office.now(session, state))

        self._office.change(claim, command, actor=staff_actor(who.member), beside=beside)

    def _over(self, session: Session, change: ClaimChange) -> None:
        """Close the quotes of supplies of which nothing more comes."""
        state = change.after
        over = () if state is None else [one for one in state.supplies if not one.is_open]
        for supply in over:
            for one in supply.quotes:
                row = session.get(QuoteRow, one.id)
                if row is not None and row.over_at is None:
                    row.over_at = self._house.clock()
        session.flush()

    @staticmethod
    def _row(session: Session, quote: str) -> QuoteRow:
        row = session.get(QuoteRow, quote)
        if row is None:
            raise refused("no-quote-row")
        return row

    def _supply(self, session: Session, supply: Supply, running: Mapping[str, timedelta]) -> SupplyView:
        came = [one for one in supply.quotes if one.fen is not None and one.days is not None]
        cheapest = min((one.fen or 0 for one in came), default=0)
        soonest = min((one.days or 0 for one in came), default=0)
        quoted = [
            Quoted(one, self.shops.name_of(session, one.shop), one.fen == cheapest, one.days == soonest)
            for one in supply.quotes
        ]
        quoted.sort(key=lambda one: (one.quote.fen is None, one.quote.fen or 0, one.quote.days or 0, one.quote.id))
        clock = "parts-order" if supply.ordered is None else "parts-delivery"
        return SupplyView(supply, tuple(quoted), running.get(clock) if supply.is_open else None)

    def _parts(self, session: Session, claim: str, assessment: str) -> tuple[PartLine, ...]:
        """Return the parts of an assessment, in the words of the catalogue that it was made by."""
        for stored in read_stream(session, claim):
            if stored.type != e.LossAssessed.type.name:
                continue
            event = self._office.claims.forms.event_of(stored)
            if isinstance(event, e.LossAssessed) and event.assessment == assessment:
                return tuple(_part(event.catalogue, one) for one in event.lines if one.kind is LineKind.PART)
        return ()


def _part(catalogue: str, line: Line) -> PartLine:
    item = named(load_parts(), catalogue).find(line.item)
    return PartLine(Called(line.item, line.item) if item is None else item.words, line.quantity)


def visitor_of_quote(session: Session, subject: str) -> str | None:
    """Return the record of the shop that a link about a quote reaches, None where it is about none."""
    return session.scalar(select(QuoteRow.person).where(QuoteRow.id == subject))
