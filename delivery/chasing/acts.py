"""What people do about an open delivery: calls, reports of what goes wrong, its next step, and who sees to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from delivery.chasing.sight import require_seen
from delivery.domain import Delivery
from delivery.domain import commands as c
from delivery.domain.clocks import day_of
from delivery.domain.command import Command
from delivery.domain.refusal import refusal
from delivery.domain.table import TABLE
from delivery.domain.values import ReprintReason
from delivery.reasons import ReasonKind, load_reasons
from delivery.receipts.addressees import note_of
from delivery.receipts.ceremony import ReceiptCeremony
from delivery.receipts.inviting import Inviting
from delivery.service.deliveries import Deliveries
from delivery.service.notes import KIND, corrected
from delivery.service.projection import DeliveryChange
from esign.public.console import Caller, Role, institution_and_below, member_name, members_at, staff_actor
from esign.public.events import retried
from esign.public.people import SearchField
from esign.public.rows import new_id

WORDS_AT_MOST: Final = 500
ADDRESS_AT_MOST: Final = 400
CALL, NOTE = "cal", "dln"
CALL_NOTE: Final = "delivery-call"
_CALL: Final = re.compile(rf"{CALL}_[0-9a-z]{{1,40}}", re.ASCII)
_PHONE: Final = re.compile(r"\+?[0-9]{5,15}", re.ASCII)

SALES, LEAD, BRANCH = Role.SALES, Role.SUPERVISOR, Role.OPERATIONS
ALLOWED: Final[Mapping[type[Command], frozenset[Role]]] = {
    c.LogCall: frozenset({SALES, LEAD, BRANCH}),
    c.ForetellLate: frozenset({SALES, LEAD}),
    c.ReportAway: frozenset({SALES, LEAD}),
    c.ReportAddressWrong: frozenset({SALES, LEAD}),
    c.CorrectAddress: frozenset({SALES, LEAD}),
    c.ReportRefused: frozenset({SALES, LEAD}),
    c.Resume: frozenset({LEAD, BRANCH}),
    c.Reprint: frozenset({SALES, LEAD, BRANCH, Role.CLERK}),
    c.SwitchToPaper: frozenset({SALES, LEAD}),
    c.SendLink: frozenset({SALES, LEAD}),
    c.Sign: frozenset({SALES, LEAD}),
    c.Photograph: frozenset({SALES}),
    c.Reassign: frozenset({LEAD, BRANCH}),
    c.ExplainLate: frozenset({LEAD, BRANCH}),
    c.SettleSignature: frozenset({BRANCH}),
    c.AcceptReceipt: frozenset({Role.CLERK}),
    c.RejectReceipt: frozenset({Role.CLERK}),
}
"""Who asks what, at the pages. What the service asks by itself is not here."""


@dataclass(frozen=True)
class Seller:
    """Somebody who can take a delivery over."""

    id: str
    name: str


def may(who: Caller, kind: type[Command], state: Delivery) -> bool:
    """Tell whether the caller can ask for this of a delivery that stands so."""
    if kind not in TABLE[state.state].accepts or ALLOWED[kind].isdisjoint(who.roles):
        return False
    if kind in (c.SendLink, c.SwitchToPaper):
        return state.is_electronic
    if kind in (c.Photograph, c.Reprint):
        return not state.is_electronic and state.issued is not None
    if kind is c.ExplainLate:
        return state.was_late and state.late_reason is None
    return kind is not c.ForetellLate or not state.was_late


class Acts:
    """Does them, within the caller's sight and role. Every one raises `DeliveryRefused`."""

    def __init__(self, deliveries: Deliveries) -> None:
        self.deliveries = deliveries
        self._house = deliveries.house
        self._inviting = Inviting(deliveries)

    def call(self, who: Caller, delivery: str, outcome: str, words: str, call: str) -> None:
        """Log a call to the customer: what came of it, and the caller's own words, which are kept sealed.

        `call` is the id that the page gave it: sent twice, it is one. What is no such id is another call.
        """
        load_reasons().require(ReasonKind.CALL, outcome, self._today())
        text = words.strip()
        if len(text) > WORDS_AT_MOST:
            raise refusal("delivery-words-many")

        def command(session: Session, at: datetime) -> Command:
            given = call if _CALL.fullmatch(call) else new_id(CALL, at)
            note = None
            if text and given not in self.deliveries.get(session, delivery).calls:
                note = new_id(CALL, at)
                self._house.records.keep(session, note, CALL_NOTE, text.encode(), at=self._house.clock(), find_by=[])
            return c.LogCall(at=at, call=given, outcome=outcome, note=note, by=who.member)

        self.do(who, delivery, c.LogCall, command)

    def foretell(self, who: Caller, delivery: str, reason: str, expected: str) -> None:
        """Report in advance that it will be late."""
        load_reasons().require(ReasonKind.LATE, reason, self._today())
        day = _day(expected)
        self.do(
            who,
            delivery,
            c.ForetellLate,
            lambda _session, at: c.ForetellLate(at=at, reason=reason, expected_on=day, by=who.member),
        )

    def away(self, who: Caller, delivery: str, again: str) -> None:
        """Report that the customer was away, with the day of the next visit."""
        day = _day(again)
        self.do(who, delivery, c.ReportAway, lambda _session, at: c.ReportAway(at=at, again_on=day, by=who.member))

    def address_wrong(self, who: Caller, delivery: str) -> None:
        """Report that address or phone lead to nobody."""
        self.do(who, delivery, c.ReportAddressWrong, lambda _session, at: c.ReportAddressWrong(at=at, by=who.member))

    def correct(self, who: Caller, delivery: str, phone: str, address: str) -> None:
        """Correct where the customer is reached. An electronic policy's link is sent anew, and a receipt that is out to
        the old phone is withdrawn.

        Only the delivery learns of it: the contract's own contact details are changed by a service request.
        """
        typed, place = phone.replace(" ", ""), " ".join(address.split())
        if not _PHONE.fullmatch(typed) or not 0 < len(place) <= ADDRESS_AT_MOST:
            raise refusal("delivery-contact-malformed")

        def command(session: Session, at: datetime) -> Command:
            note = note_of(session, self._house, self.deliveries.get(session, delivery))
            record = new_id(NOTE, at)
            found_by = [(SearchField.NAME, note.applicant.name), (SearchField.PHONE, typed)]
            content = corrected(note, phone=typed, address=place)
            self._house.records.keep(session, record, KIND, content, at=self._house.clock(), find_by=found_by)
            return c.CorrectAddress(at=at, note=record, by=who.member)

        self.do(who, delivery, c.CorrectAddress, command, reached_anew=True)
        ReceiptCeremony(self.deliveries).withdraw_outdated(delivery, by=who.member)

    def refused(self, who: Caller, delivery: str, reason: str) -> None:
        """Report that the customer does not take it."""
        load_reasons().require(ReasonKind.REFUSED, reason, self._today())
        self.do(
            who,
            delivery,
            c.ReportRefused,
            lambda _session, at: c.ReportRefused(at=at, reason=reason, by=who.member),
        )

    def resume(self, who: Caller, delivery: str) -> None:
        """Record that the customer was talked to, and takes it."""
        self.do(who, delivery, c.Resume, lambda _session, at: c.Resume(at=at, by=who.member), reached_anew=True)

    def reprint(self, who: Caller, delivery: str, reason: str) -> None:
        """Report that the paper is lost or damaged: another copy is printed."""
        if reason not in (ReprintReason.LOST.value, ReprintReason.DAMAGED.value):
            raise refusal("delivery-reprint-reason")
        self.do(
            who,
            delivery,
            c.Reprint,
            lambda _session, at: c.Reprint(at=at, reason=ReprintReason(reason), by=who.member),
        )

    def switch(self, who: Caller, delivery: str) -> None:
        """Have the policy printed: the customer wants it on paper."""
        self.do(who, delivery, c.SwitchToPaper, lambda _session, at: c.SwitchToPaper(at=at, by=who.member))

    def send_link(self, who: Caller, delivery: str, seen: int) -> None:
        """Have the link sent once more; `seen` is how many the page showed, so that pressed twice it is sent once.

        Raises `DeliveryRefused`.
        """
        with self._house.database.reading() as session:
            require_seen(session, who, delivery)
            state = self.deliveries.get(session, delivery)
        if ALLOWED[c.SendLink].isdisjoint(who.roles):
            raise refusal("delivery-not-allowed")
        if c.SendLink not in TABLE[state.state].accepts:
            raise refusal(f"delivery-{state.state.value}")

        def work(session: Session) -> bool:
            return self._inviting.send_again(session, delivery, seen, actor=staff_actor(who.member))

        retried(self._house.database, work)

    def explain(self, who: Caller, delivery: str, reason: str) -> None:
        """Say why it is, or was, late."""
        load_reasons().require(ReasonKind.LATE, reason, self._today())
        self.do(
            who,
            delivery,
            c.ExplainLate,
            lambda _session, at: c.ExplainLate(at=at, reason=reason, by=who.member),
        )

    def settle(self, who: Caller, delivery: str, outcome: str) -> None:
        """Say what came of a receipt that was signed after the end."""
        load_reasons().require(ReasonKind.SETTLED, outcome, self._today())
        self.do(
            who,
            delivery,
            c.SettleSignature,
            lambda _session, at: c.SettleSignature(at=at, outcome=outcome, by=who.member),
        )

    def reassign(self, who: Caller, delivery: str, salesperson: str) -> None:
        """Have somebody else see to it, who sells within the caller's reach."""
        if salesperson not in {one.id for one in self.sellers(who, delivery)}:
            raise refusal("delivery-no-salesperson")
        self.do(
            who,
            delivery,
            c.Reassign,
            lambda _session, at: c.Reassign(at=at, salesperson=salesperson, by=who.member),
        )

    def sellers(self, who: Caller, delivery: str) -> list[Seller]:
        """Return who can take it over: salespeople at work in the caller's institution and below, those of the
        delivery's own outlet first."""
        with self._house.database.reading() as session:
            row = require_seen(session, who, delivery)
            near = members_at(session, {row.institution}, Role.SALES)
            all_ = members_at(session, institution_and_below(session, who.institution), Role.SALES)
            named = [(one, member_name(session, self._house.records, one)) for one in dict.fromkeys((*near, *all_))]
            return [Seller(one, name) for one, name in named if one != row.salesperson]

    def do(
        self,
        who: Caller,
        delivery: str,
        kind: type[Command],
        make: Callable[[Session, datetime], Command],
        *,
        reached_anew: bool = False,
        beside: Callable[[Session, DeliveryChange], object] | None = None,
    ) -> DeliveryChange:
        """Give a command in the caller's name, at the time as the delivery sees it."""
        if ALLOWED[kind].isdisjoint(who.roles):
            raise refusal("delivery-not-allowed")

        def command(session: Session, state: Delivery) -> Command:
            require_seen(session, who, delivery)
            at = max(self.deliveries.now(session, state.application.client), state.last_at)
            return make(session, at)

        def follow(session: Session, change: DeliveryChange) -> None:
            if reached_anew and change.events:
                self._inviting.want(session, delivery)
            if beside is not None:
                beside(session, change)

        return self.deliveries.change(delivery, command, actor=staff_actor(who.member), beside=follow)

    def new_call(self) -> str:
        """Return the id under which a page has its next call logged."""
        return new_id(CALL, self._house.clock())

    def _today(self) -> date:
        return day_of(self._house.clock())


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        raise refusal("delivery-day-missing") from None
