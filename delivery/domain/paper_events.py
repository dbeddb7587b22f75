"""What happens to a paper policy: in the print centre, on the way, at the outlet. `copy` counts its copies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from delivery.domain.event import Event
from delivery.domain.forms import CopyNumber, Id
from delivery.domain.values import CheckReason, ReprintReason, RouteWay
from esign.trail.event import EventType, Value


def _without_code(old: Mapping[str, Value]) -> Mapping[str, Value]:
    """Covers of the first version bore the policy's number, whichever print it was."""
    return {**old, "coded": False}


@dataclass(frozen=True, kw_only=True)
class DeliveryPrinted(Event):
    """In the print run `run`; `coded` tells that its cover bears a code of this print, and not the number alone."""

    type: ClassVar[EventType] = EventType("delivery.printed", 2, lifts=(_without_code,))
    run: Id
    copy: CopyNumber
    coded: bool


@dataclass(frozen=True, kw_only=True)
class DeliveryBound(Event):
    type: ClassVar[EventType] = EventType("delivery.bound")
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class DeliveryChecked(Event):
    """It passed the quality check."""

    type: ClassVar[EventType] = EventType("delivery.checked")
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class DeliveryCheckFailed(Event):
    """It did not pass, and is printed again."""

    type: ClassVar[EventType] = EventType("delivery.check-failed")
    reason: CheckReason
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class DeliveryPacked(Event):
    """Into a parcel for the outlet; `stops` are the institutions at which a relay is scanned, none where direct."""

    type: ClassVar[EventType] = EventType("delivery.packed")
    parcel: Id
    outlet: Id
    way: RouteWay
    stops: tuple[Id, ...]
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class DeliveryDispatched(Event):
    type: ClassVar[EventType] = EventType("delivery.dispatched")
    parcel: Id
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class DeliveryRelayed(Event):
    """It reached a stop of its relay."""

    type: ClassVar[EventType] = EventType("delivery.relayed")
    institution: Id
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class DeliveryForwarded(Event):
    """It left a stop of its relay."""

    type: ClassVar[EventType] = EventType("delivery.forwarded")
    institution: Id
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class DeliveryArrived(Event):
    type: ClassVar[EventType] = EventType("delivery.arrived")
    outlet: Id
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class DeliveryHanded(Event):
    """The salesperson took it."""

    type: ClassVar[EventType] = EventType("delivery.handed")
    salesperson: Id
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class DeliveryReprinted(Event):
    """It was lost or damaged: another copy is to be printed. A copy that failed its check has an event of its own."""

    type: ClassVar[EventType] = EventType("delivery.reprinted")
    reason: ReprintReason
    by: Id | None
