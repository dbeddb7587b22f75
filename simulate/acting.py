"""What people and carriers do with a policy in its turn: a command, by where the room says that the policy stands.

Nothing here decides what is allowed. A command that the room refuses is counted, and a year without mistakes has none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import Final

from delivery.domain import Delivery
from delivery.domain import commands as c
from delivery.domain.clocks import day_of
from delivery.domain.command import Command
from delivery.domain.values import (
    CheckReason,
    DeliveryState,
    DropReason,
    EndReason,
    Medium,
    ReceiptWay,
    RejectReason,
    ReprintReason,
    RouteWay,
    SignedBy,
    Waits,
)
from simulate.chances import Dice
from simulate.days import day_at
from simulate.policies import Policy

S: Final = DeliveryState
Act = Callable[["Acting", Policy, Delivery, datetime], Command | None]


class Acting:
    """Makes the command of a turn. `day` is set to the number of the day that is played, with whether people travel."""

    def __init__(self, dice: Dice) -> None:
        self.dice = dice
        self.day = 0
        self.is_holiday = False

    def command(self, policy: Policy, at: datetime) -> Command | None:
        """Return what is done in the policy's turn; None where nobody has anything to do."""
        state = policy.state
        if state is None:
            return None
        if state.orphaned and policy.agent:
            return c.Reassign(at=at, salesperson=policy.agent, by=policy.outlet.supervisor)
        act = _ACTS.get(state.state)
        return None if act is None else act(self, policy, state, at)

    def await_issue(self, policy: Policy, state: Delivery, at: datetime) -> Command | None:
        if policy.waits:
            waits_for, days = policy.waits[0]
            until = day_at(self.day + 15) if days else None
            owner = policy.outlet.supervisor if waits_for == Waits.EXAMINATION else None
            return c.RecordWait(at=at, waits_for=Waits(waits_for), owner=owner, until=until if owner else None)
        if policy.ends == "dropped":
            return c.RecordDropped(at=at, reason=DropReason.WITHDRAWN)
        today = day_of(at)
        return c.RecordIssued(
            at=at,
            policy=f"CY{policy.number:012d}",
            underwritten_on=today,
            issued_on=today,
            medium=policy.medium,
            note=f"rec_{policy.number:07d}",
        )

    def print(self, policy: Policy, state: Delivery, at: datetime) -> Command | None:
        return c.Print(at=at, run=f"run_{self.day:03d}")

    def bind(self, policy: Policy, state: Delivery, at: datetime) -> Command | None:
        return c.Bind(at=at, by="usr_printer1")

    def check(self, policy: Policy, state: Delivery, at: datetime) -> Command | None:
        if self.dice.happens(self.dice.chances.check_fails):
            return c.Check(at=at, passed=False, reason=CheckReason.PRINT, by="usr_printer2")
        return c.Check(at=at, passed=True, by="usr_printer2")

    def pack(self, policy: Policy, state: Delivery, at: datetime) -> Command | None:
        route = policy.outlet.route
        return c.Pack(
            at=at,
            parcel=f"pcl_{self.day:03d}x{policy.outlet.id[4:]}",
            outlet=policy.outlet.id,
            way=route.way,
            stops=route.stops,
            by="usr_printer1",
        )

    def dispatch(self, policy: Policy, state: Delivery, at: datetime) -> Command | None:
        chances = self.dice.chances
        by_relay = policy.outlet.route.way is RouteWay.RELAY
        policy.is_lost = self.dice.happens(chances.lost_by_relay if by_relay else chances.lost_direct)
        return c.Dispatch(at=at, parcel=str(state.copy.parcel), by="usr_printer1")

    def carry(self, policy: Policy, state: Delivery, at: datetime) -> Command | None:
        if policy.is_lost:
            return c.Reprint(at=at, reason=ReprintReason.LOST, by=policy.outlet.clerk)
        copy = state.copy
        if copy.passed < len(copy.stops):
            return c.Reach(at=at, institution=copy.stops[copy.passed], by="usr_relay")
        return c.Arrive(at=at, outlet=policy.outlet.id, by=policy.outlet.clerk)

    def forward(self, policy: Policy, state: Delivery, at: datetime) -> Command | None:
        return c.Forward(at=at, institution=state.copy.reached[-1], by="usr_relay")

    def hand(self, policy: Policy, state: Delivery, at: datetime) -> Command | None:
        if self.dice.happens(self.dice.chances.damaged):
            return c.Reprint(at=at, reason=ReprintReason.DAMAGED, by=policy.outlet.clerk)
        return c.Hand(at=at, salesperson=state.salesperson, by=policy.outlet.clerk)

    def visit(self, policy: Policy, state: Delivery, at: datetime) -> Command | None:
        """The salesperson is at the customer's door: away, in trouble, or signed."""
        dice, chances = self.dice, self.dice.chances
        first = state.state is S.WITH_SALESPERSON
        if policy.absent_until <= self.day and first and dice.happens(chances.abroad):
            policy.absent_until = self.day + dice.one_of(6, 32)
        if policy.absent_until > self.day:
            return self._away(policy, policy.absent_until - self.day, state, at)
        away = chances.away_in_holidays if self.is_holiday else chances.away
        if dice.happens(away):
            return self._away(policy, 1 + dice.days(1.4 if policy.is_chased else 2.6, 0.6), state, at)
        trouble = self._trouble(state, at) if first else None
        return trouble or self._signed(policy, state, at)

    def _trouble(self, state: Delivery, at: datetime) -> Command | None:
        """Return what goes wrong at a first visit, if anything does."""
        dice, chances = self.dice, self.dice.chances
        if dice.happens(chances.address_wrong):
            return c.ReportAddressWrong(at=at, by=state.salesperson)
        if dice.happens(chances.refused):
            return c.ReportRefused(at=at, reason="changed-mind", by=state.salesperson)
        if dice.happens(chances.ended_early):
            return c.RecordEnded(at=at, reason=EndReason.CANCELLED, ended_on=day_of(at))
        return None

    def _signed(self, policy: Policy, state: Delivery, at: datetime) -> Command:
        dice, chances = self.dice, self.dice.chances
        if state.state is not S.SIGNED_BY_OTHER and dice.happens(chances.signed_by_other):
            return self._sign(policy, at, ReceiptWay.SELF, SignedBy.FAMILY)
        if dice.happens(chances.paper_receipt):
            photo = policy.new_id("rec")
            return c.Photograph(at=at, photo=photo, receipt=_digest(photo), signed_on=day_of(at), by=state.salesperson)
        way = ReceiptWay.ASSISTED if dice.happens(chances.assisted / (1 - chances.paper_receipt)) else ReceiptWay.SELF
        return self._sign(policy, at, way)

    def _away(self, policy: Policy, days: int, state: Delivery, at: datetime) -> Command:
        """The customer is away; who is away for long is foretold to be late, once."""
        back: date = day_at(self.day + max(1, days))
        if back > state.due_on >= day_of(at) and state.foretold is None and state.state is S.CUSTOMER_AWAY:
            return c.ForetellLate(at=at, reason="customer-abroad", expected_on=back, by=state.salesperson)
        return c.ReportAway(at=at, again_on=back, by=state.salesperson)

    def _sign(self, policy: Policy, at: datetime, way: ReceiptWay, by: SignedBy = SignedBy.APPLICANT) -> Command:
        envelope = policy.new_id("env")
        return c.Sign(at=at, receipt=_digest(envelope), record=envelope, received_on=day_of(at), way=way, signed_by=by)

    def compare(self, policy: Policy, state: Delivery, at: datetime) -> Command | None:
        if state.photo is None:
            return None
        clerk, photo = policy.outlet.clerk, state.photo.id
        if self.dice.happens(self.dice.chances.photo_rejected):
            return c.RejectReceipt(at=at, photo=photo, reason=RejectReason.UNREADABLE, by=clerk)
        return c.AcceptReceipt(at=at, photo=photo, by=clerk)

    def correct(self, policy: Policy, state: Delivery, at: datetime) -> Command | None:
        return c.CorrectAddress(at=at, note=policy.new_id("rec"), by=state.salesperson)

    def talk(self, policy: Policy, state: Delivery, at: datetime) -> Command | None:
        return c.Resume(at=at, by=policy.outlet.supervisor)

    def send(self, policy: Policy, state: Delivery, at: datetime) -> Command | None:
        return c.SendLink(at=at, message=policy.new_id("msg"))

    def open(self, policy: Policy, state: Delivery, at: datetime) -> Command | None:
        if self.dice.happens(self.dice.chances.to_paper):
            policy.medium = Medium.PAPER
            return c.SwitchToPaper(at=at, by=state.salesperson)
        return c.OpenLink(at=at)

    def sign(self, policy: Policy, state: Delivery, at: datetime) -> Command | None:
        return self._sign(policy, at, ReceiptWay.SELF)

    def give_back(self, policy: Policy, state: Delivery, at: datetime) -> Command | None:
        return c.Return(at=at)

    def afterwards(self, policy: Policy, state: Delivery, at: datetime) -> Command | None:
        """A late one is explained; some are surrendered later."""
        if state.was_late and state.late_reason is None:
            return c.ExplainLate(at=at, reason=self._reason(policy, state), by=policy.outlet.supervisor)
        if policy.ends == "surrendered" and state.end is None:
            return c.RecordEnded(at=at, reason=EndReason.SURRENDERED, ended_on=day_of(at))
        return None

    def _reason(self, policy: Policy, state: Delivery) -> str:
        if state.foretold is not None:
            return state.foretold.reason
        issued = state.issued
        if issued is not None and (issued.issued_on - state.application.applied_on).days >= 8:
            return "underwriting-long"
        if state.copy.number > 1:
            return "print-late"
        return "salesperson-late" if policy.slow else "customer-unreachable"

    def after_end(self, policy: Policy, state: Delivery, at: datetime) -> Command | None:
        if state.state is S.SIGNED_AFTER_END:
            return c.SettleSignature(at=at, outcome="customer-told", by="usr_branch")
        if policy.ends == "signs" and state.issued is not None:
            policy.ends = ""
            return self._sign(policy, at, ReceiptWay.SELF)
        return None


def _digest(name: str) -> str:
    return sha256(name.encode()).hexdigest()


_ACTS: Final[Mapping[DeliveryState, Act]] = {
    S.AWAITING_ISSUE: Acting.await_issue,
    S.TO_PRINT: Acting.print,
    S.PRINTED: Acting.bind,
    S.BOUND: Acting.check,
    S.CHECKED: Acting.pack,
    S.PACKED: Acting.dispatch,
    S.UNDERWAY: Acting.carry,
    S.AT_RELAY: Acting.forward,
    S.AT_OUTLET: Acting.hand,
    S.WITH_SALESPERSON: Acting.visit,
    S.CUSTOMER_AWAY: Acting.visit,
    S.SIGNED_BY_OTHER: Acting.visit,
    S.TO_SEND: Acting.send,
    S.LINK_SENT: Acting.open,
    S.LINK_OPENED: Acting.sign,
    S.ADDRESS_WRONG: Acting.correct,
    S.REFUSED: Acting.talk,
    S.PHOTOGRAPHED: Acting.compare,
    S.RECEIVED: Acting.give_back,
    S.RETURNED: Acting.afterwards,
    S.ENDED: Acting.after_end,
    S.SIGNED_AFTER_END: Acting.after_end,
}
