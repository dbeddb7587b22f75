"""Who sees to a delivery, and how it is chased: reminders, calls, lateness foretold, met and explained."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from delivery.domain.event import Event
from delivery.domain.forms import Code, Id
from esign.trail.event import EventType


@dataclass(frozen=True, kw_only=True)
class DeliveryOrphaned(Event):
    """Its salesperson left: somebody else has to see to it."""

    type: ClassVar[EventType] = EventType("delivery.orphaned")
    salesperson: Id


@dataclass(frozen=True, kw_only=True)
class DeliveryReassigned(Event):
    type: ClassVar[EventType] = EventType("delivery.reassigned")
    salesperson: Id
    by: Id


@dataclass(frozen=True, kw_only=True)
class DeliveryChased(Event):
    """It was not received on day 12, and is on the chase list. A delivery is chased under one id, for good."""

    type: ClassVar[EventType] = EventType("delivery.chased")
    chase: Id


@dataclass(frozen=True, kw_only=True)
class DeliveryReminded(Event):
    """The salesperson was reminded; `reminder` is the id of that reminder."""

    type: ClassVar[EventType] = EventType("delivery.reminded")
    reminder: Id
    salesperson: Id


@dataclass(frozen=True, kw_only=True)
class DeliveryCalled(Event):
    """Somebody called the customer: a code for what came of it, and the record of their own words, if any."""

    type: ClassVar[EventType] = EventType("delivery.called")
    call: Id
    outcome: Code
    note: Id | None
    by: Id


@dataclass(frozen=True, kw_only=True)
class DeliveryForetold(Event):
    """That it will be late was told before it was; the receipt is expected on `expected_on`."""

    type: ClassVar[EventType] = EventType("delivery.foretold")
    reason: Code
    expected_on: date
    by: Id


@dataclass(frozen=True, kw_only=True)
class DeliveryFellLate(Event):
    """Day 15 is over, and no receipt is there."""

    type: ClassVar[EventType] = EventType("delivery.fell-late")


@dataclass(frozen=True, kw_only=True)
class DeliveryExplained(Event):
    """Why it is, or was, late."""

    type: ClassVar[EventType] = EventType("delivery.explained")
    reason: Code
    by: Id
