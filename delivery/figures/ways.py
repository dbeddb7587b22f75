"""The way of one policy from the application to the returned receipt: the fold of those events that figures count.

Pure, over events as they are recorded, so that the consumer and an exported trail are read by the same code. Moments
are whole seconds since 1970-01-01 UTC, days those of the insurer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from delivery.domain.values import Medium, ReceiptWay
from delivery.figures.legs import Leg
from esign.public.events import Event
from esign.public.figures import Month, seconds_of

DELIVERY: Final = "dlv_"


class Way(NamedTuple):
    """What was told of a policy so far. `shown_at` is when a paper receipt was photographed.

    Of several paper copies the last one counts. `institution` is the outlet.
    """

    delivery: str
    institution: str
    channel: str
    product: str
    applied_on: date
    opened_at: int
    underwritten_on: date | None = None
    medium: str | None = None
    issued_at: int | None = None
    dispatched_at: int | None = None
    arrived_at: int | None = None
    handed_at: int | None = None
    shown_at: int | None = None
    received_at: int | None = None
    received_on: date | None = None
    way: str | None = None
    returned_at: int | None = None
    ended_on: date | None = None
    reason: str | None = None

    @property
    def month(self) -> Month | None:
        """The month in which it was underwritten, which is that of its figures; None before its issue."""
        return None if self.underwritten_on is None else Month(f"{self.underwritten_on:%Y-%m}")

    @property
    def is_open(self) -> bool:
        """Whether it was issued, and its receipt is awaited."""
        return self.underwritten_on is not None and self.received_on is None and self.ended_on is None

    def legs(self) -> Mapping[Leg, int]:
        """Return the seconds that each leg took which it has behind it, once the receipt is there."""
        received = self.received_at
        if received is None or self.issued_at is None:
            return {}
        found = {Leg.UNDERWRITING: self.issued_at - self.opened_at, Leg.WHOLE: received - self.opened_at}
        if self.medium == Medium.ELECTRONIC.value:
            found[Leg.ONLINE] = received - self.issued_at
        elif self.dispatched_at is not None and self.arrived_at is not None:
            found[Leg.PRINTING] = self.dispatched_at - self.issued_at
            found[Leg.CARRYING] = self.arrived_at - self.dispatched_at
            if self.handed_at is not None:
                found[Leg.OUTLET] = self.handed_at - self.arrived_at
            found[Leg.VISITING] = received - (self.handed_at or self.arrived_at)
        if self.returned_at is not None:
            found[Leg.RETURNING] = self.returned_at - received
        return found


def tell(way: Way | None, event: Event) -> Way | None:
    """Return the way after a recorded event of its stream; None as long as nothing was opened."""
    if event.type == "delivery.opened":
        return _opened(event)
    step = _STEPS.get(event.type)
    if way is None or step is None:
        return way
    return way._replace(**step(way, event))


def _opened(event: Event) -> Way:
    told = event.payload
    return Way(
        event.stream,
        str(told["institution"]),
        str(told["channel"]),
        str(told["product"]),
        date.fromisoformat(str(told["applied_on"])),
        seconds_of(event.time),
    )


def _issued(_way: Way, event: Event) -> dict[str, Any]:
    told = event.payload
    return {
        "underwritten_on": date.fromisoformat(str(told["underwritten_on"])),
        "medium": str(told["medium"]),
        "issued_at": seconds_of(event.time),
    }


def _again(_way: Way, _event: Event) -> dict[str, Any]:
    """Another copy is printed: what the one before went through is no leg of the policy's."""
    return {"dispatched_at": None, "arrived_at": None, "handed_at": None}


def _received(way: Way, event: Event) -> dict[str, Any]:
    """A paper receipt was signed by the time of its picture, whenever it was compared."""
    told = event.payload
    at = way.shown_at if told["way"] == ReceiptWay.PAPER.value else None
    return {
        "received_at": seconds_of(event.time) if at is None else at,
        "received_on": date.fromisoformat(str(told["received_on"])),
        "way": str(told["way"]),
    }


def _ended(_way: Way, event: Event) -> dict[str, Any]:
    return {"ended_on": date.fromisoformat(str(event.payload["ended_on"]))}


def _at(name: str) -> Callable[[Way, Event], dict[str, Any]]:
    return lambda _way, event: {name: seconds_of(event.time)}


_STEPS: Final[Mapping[str, Callable[[Way, Event], dict[str, Any]]]] = {
    "delivery.issued": _issued,
    "delivery.switched": lambda _way, _event: {"medium": Medium.PAPER.value},
    "delivery.check-failed": _again,
    "delivery.reprinted": _again,
    "delivery.dispatched": _at("dispatched_at"),
    "delivery.arrived": _at("arrived_at"),
    "delivery.handed": _at("handed_at"),
    "delivery.photographed": _at("shown_at"),
    "delivery.received": _received,
    "delivery.returned": _at("returned_at"),
    "delivery.ended": _ended,
    "delivery.explained": lambda _way, event: {"reason": str(event.payload["reason"])},
}
TOLD: Final = frozenset(("delivery.opened", *_STEPS))
"""The types of events that change a way."""
