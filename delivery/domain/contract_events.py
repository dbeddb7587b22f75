"""What the insurance does to a delivery: the application is signed, it waits, a policy is issued, or it all ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from delivery.domain.event import Event
from delivery.domain.forms import Code, Days, Id, PolicyNumber
from delivery.domain.values import DropReason, EndReason, Medium, Waits
from esign.trail.event import EventType


@dataclass(frozen=True, kw_only=True)
class DeliveryOpened(Event):
    """The applicant signed on `applied_on`, which begins the 15 days. `institution` is the outlet that sells."""

    type: ClassVar[EventType] = EventType("delivery.opened")
    proposal: Id
    applied_on: date
    institution: Id
    salesperson: Id
    channel: Code
    product: Code
    hesitation_days: Days
    client: Id | None


@dataclass(frozen=True, kw_only=True)
class DeliveryWaited(Event):
    """What it waits for before it can be issued; `owner` sees to it, up to `until`, where the policy room says so."""

    type: ClassVar[EventType] = EventType("delivery.waited")
    waits_for: Waits
    owner: Id | None
    until: date | None


@dataclass(frozen=True, kw_only=True)
class DeliveryDropped(Event):
    """It never became a policy."""

    type: ClassVar[EventType] = EventType("delivery.dropped")
    reason: DropReason


@dataclass(frozen=True, kw_only=True)
class DeliveryIssued(Event):
    """The policy is issued, on paper or electronically; `note` is the record with names, phones and the address."""

    type: ClassVar[EventType] = EventType("delivery.issued")
    policy: PolicyNumber
    underwritten_on: date
    issued_on: date
    medium: Medium
    note: Id | None


@dataclass(frozen=True, kw_only=True)
class DeliveryEnded(Event):
    """The policy itself ended; what was received before stays received."""

    type: ClassVar[EventType] = EventType("delivery.ended")
    reason: EndReason
    ended_on: date
