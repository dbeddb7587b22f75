"""A delivery that is played: commands that fit where it stands, what they led to, and what it is now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from delivery.domain import Delivery, decide, evolve
from delivery.domain import commands as c
from delivery.domain.clocks import day_of
from delivery.domain.command import Command
from delivery.domain.event import Event
from delivery.domain.values import (
    DropReason,
    EndReason,
    Medium,
    ReceiptWay,
    RejectReason,
    ReprintReason,
    RouteWay,
    Waits,
)
from delivery.errors import DeliveryRefused

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
"""Noon in China."""
TODAY = date(2026, 11, 2)
OUTLET, OTHER_OUTLET, SUB_BRANCH, BRANCH = "ins_outlet", "ins_other", "ins_sub", "ins_branch"
SELLER, SUCCESSOR, CLERK, LEAD, OPERATOR = "usr_shen", "usr_lu", "usr_fang", "usr_qi", "usr_wen"
POLICY = "CY20261102000001"
STOPS = (BRANCH, SUB_BRANCH)


class Play:
    """One delivery. `now` is the moment at which the next command is given; ids are given out as they are needed."""

    def __init__(self, **opening: Any) -> None:
        self.state: Delivery | None = None
        self.events: list[Event] = []
        self.given: list[Command] = []
        self.now = NOON
        self.opening = opening
        self._ids: Counter[str] = Counter()

    def do(self, command: Command) -> tuple[Event, ...]:
        """Give a command, and return the events it led to. Raises `DeliveryRefused`."""
        events = decide(self.state, command)
        self.given.append(command)
        for event in events:
            self.state = evolve(self.state, event)
            self.events.append(event)
        return events

    def go(self, *kinds: type[Command], **changes: Any) -> Play:
        """Give commands one after the other, as they fit; the changes are for the last."""
        for kind in kinds[:-1]:
            self.do(self.command(kind))
        self.do(self.command(kinds[-1], **changes))
        return self

    def refused(self, kind: type[Command], **changes: Any) -> str:
        """Return the code with which a command is refused; it must be, and change nothing."""
        before = self.state
        try:
            self.do(self.command(kind, **changes))
        except DeliveryRefused as refused:
            assert self.state == before
            return refused.code
        raise AssertionError(f"{kind.__name__} was taken")

    def later(self, **time: int) -> Play:
        self.now += timedelta(**time)
        return self

    @property
    def delivery(self) -> Delivery:
        assert self.state is not None
        return self.state

    def new_id(self, prefix: str) -> str:
        """Return `prefix_1`, then `prefix_2`."""
        self._ids[prefix] += 1
        return f"{prefix}_{self._ids[prefix]}"

    def digest(self) -> str:
        """Return a digest that was not there before."""
        self._ids["digest"] += 1
        return f"{self._ids['digest']:064x}"

    def command(self, kind: type[Command], **changes: Any) -> Command:
        """Return a command of that kind that fits where the delivery stands, but for what is changed."""
        return kind(**{"at": self.now, **self._members(kind), **changes})

    def _members(self, kind: type[Command]) -> dict[str, Any]:
        if kind is c.Open:
            return {
                "proposal": "prp_1",
                "applied_on": TODAY,
                "institution": OUTLET,
                "salesperson": SELLER,
                "channel": "agency",
                "product": "whole-life-suian",
                "hesitation_days": 15,
                **self.opening,
            }
        state, today = self.delivery, day_of(self.now)
        parcel = state.copy.parcel or "pcl_none"
        stops = state.copy.stops or STOPS
        photo = {"photo": "rec_none" if state.photo is None else state.photo.id, "by": CLERK}
        members: dict[type[Command], Callable[[], dict[str, Any]]] = {
            c.RecordWait: lambda: {"waits_for": Waits.DEBIT},
            c.RecordDropped: lambda: {"reason": DropReason.WITHDRAWN},
            c.RecordIssued: lambda: {
                "policy": POLICY,
                "underwritten_on": today,
                "issued_on": today,
                "medium": Medium.PAPER,
                "note": "rec_note",
            },
            c.RecordEnded: lambda: {"reason": EndReason.CANCELLED, "ended_on": today},
            c.Print: lambda: {"run": self.new_id("run")},
            c.Bind: lambda: {"by": OPERATOR},
            c.Check: lambda: {"passed": True, "by": OPERATOR},
            c.Pack: lambda: {
                "parcel": self.new_id("pcl") if state.copy.parcel is None else parcel,
                "outlet": OUTLET,
                "way": RouteWay.RELAY,
                "stops": STOPS,
                "by": OPERATOR,
            },
            c.Dispatch: lambda: {"parcel": parcel, "by": OPERATOR},
            c.Reach: lambda: {"institution": stops[min(state.copy.passed, len(stops) - 1)], "by": CLERK},
            c.Forward: lambda: {"institution": stops[max(state.copy.passed - 1, 0)], "by": CLERK},
            c.Arrive: lambda: {"outlet": OUTLET, "by": CLERK},
            c.Hand: lambda: {"salesperson": state.salesperson, "by": CLERK},
            c.Reprint: lambda: {"reason": ReprintReason.LOST, "by": CLERK},
            c.SendLink: lambda: {"message": self.new_id("msg")},
            c.ReportAway: lambda: {"again_on": today + timedelta(days=2), "by": state.salesperson},
            c.ReportAddressWrong: lambda: {"by": state.salesperson},
            c.CorrectAddress: lambda: {"note": self.new_id("rec"), "by": state.salesperson},
            c.ReportRefused: lambda: {"reason": "changed-mind", "by": state.salesperson},
            c.Resume: lambda: {"by": LEAD},
            c.Sign: lambda: {
                "receipt": self.digest(),
                "record": self.new_id("env"),
                "received_on": today,
                "way": ReceiptWay.SELF,
            },
            c.Photograph: lambda: {
                "photo": self.new_id("rec"),
                "receipt": self.digest(),
                "signed_on": today,
                "by": state.salesperson,
            },
            c.AcceptReceipt: lambda: photo,
            c.RejectReceipt: lambda: {**photo, "reason": RejectReason.UNREADABLE},
            c.Return: lambda: {"by": None},
            c.ReleaseReceipt: lambda: {"envelope": self.new_id("env"), "reason": "signed-by-stranger", "by": OPERATOR},
            c.SettleSignature: lambda: {"outcome": "customer-told", "by": LEAD},
            c.RecordOrphaned: lambda: {"salesperson": state.salesperson},
            c.Reassign: lambda: {"salesperson": SUCCESSOR if state.salesperson == SELLER else SELLER, "by": LEAD},
            c.OpenChase: lambda: {"chase": "chs_1"},
            c.Remind: lambda: {"reminder": self.new_id("rmd")},
            c.LogCall: lambda: {"call": self.new_id("cal"), "outcome": "no-answer", "by": state.salesperson},
            c.ForetellLate: lambda: {
                "reason": "customer-abroad",
                "expected_on": state.due_on + timedelta(days=5),
                "by": state.salesperson,
            },
            c.ExplainLate: lambda: {"reason": "customer-abroad", "by": LEAD},
        }
        return members.get(kind, dict)()


OPENED = (c.Open,)
ISSUED = (*OPENED, c.RecordIssued)
PRINTED = (*ISSUED, c.Print)
BOUND = (*PRINTED, c.Bind)
CHECKED = (*BOUND, c.Check)
PACKED = (*CHECKED, c.Pack)
UNDERWAY = (*PACKED, c.Dispatch)
AT_RELAY = (*UNDERWAY, c.Reach)
AT_OUTLET = (*AT_RELAY, c.Forward, c.Reach, c.Forward, c.Arrive)
HANDED = (*AT_OUTLET, c.Hand)
PHOTOGRAPHED = (*HANDED, c.Photograph)
RECEIVED = (*HANDED, c.Sign)
RETURNED = (*RECEIVED, c.Return)


def at(*kinds: type[Command], **opening: Any) -> Play:
    """Return a delivery after these commands."""
    return Play(**opening).go(*kinds)


def electronic(*kinds: type[Command], **opening: Any) -> Play:
    """Return a delivery of an electronic policy after these commands."""
    play = at(*OPENED, **opening).go(c.RecordIssued, medium=Medium.ELECTRONIC)
    return play.go(*kinds) if kinds else play
