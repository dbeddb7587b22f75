"""A delivery as it stands: the fold of its events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from delivery.domain.clocks import due_day, hesitation_period
from delivery.domain.values import (
    SETTLED,
    DeliveryState,
    EndReason,
    Medium,
    ReceiptWay,
    ReprintReason,
    RouteWay,
    Waits,
)


@dataclass(frozen=True)
class Application:
    """What was signed; the members are those of `DeliveryOpened`. `salesperson` sold it, whoever sees to it now."""

    proposal: str
    applied_on: date
    institution: str
    salesperson: str
    channel: str
    product: str
    hesitation_days: int
    client: str | None


@dataclass(frozen=True)
class Wait:
    """What it waits for before it is issued."""

    waits_for: Waits
    owner: str | None = None
    until: date | None = None


@dataclass(frozen=True)
class Issued:
    """The policy that was issued; `note` is the delivery note that holds now."""

    policy: str
    underwritten_on: date
    issued_on: date
    medium: Medium
    note: str | None


@dataclass(frozen=True)
class Copy:
    """The paper copy that is under way. `reached` and `forwarded` are the stops at which it was scanned in and out.

    `printed_for` is why it has to be printed once more; None for the first. `coded` tells that it was printed with a
    code of its own.
    """

    number: int = 1
    printed_for: ReprintReason | None = None
    run: str | None = None
    coded: bool = False
    bound: bool = False
    checked: bool = False
    parcel: str | None = None
    way: RouteWay | None = None
    stops: tuple[str, ...] = ()
    dispatched_on: date | None = None
    reached: tuple[str, ...] = ()
    forwarded: tuple[str, ...] = ()
    arrived_on: date | None = None
    handed_to: str | None = None

    @property
    def passed(self) -> int:
        """How many stops it has passed or is at, whether or not it was scanned at each."""
        return self.stops.index(self.reached[-1]) + 1 if self.reached else 0


@dataclass(frozen=True)
class Photo:
    """A picture of a paper receipt that waits to be compared."""

    id: str
    receipt: str
    signed_on: date
    by: str


@dataclass(frozen=True)
class Receipt:
    """The receipt that counts; `record` is its envelope, or the picture of a paper one."""

    digest: str
    received_on: date
    way: ReceiptWay
    record: str


@dataclass(frozen=True)
class End:
    reason: EndReason
    on: date


@dataclass(frozen=True)
class Foretold:
    """Lateness that was told in advance."""

    reason: str
    expected_on: date


@dataclass(frozen=True)
class Chase:
    """The chase, under its one id; `reminders` are the ids of the last reminders."""

    id: str
    opened_at: datetime
    reminders: tuple[str, ...] = ()


@dataclass(frozen=True)
class Delivery:
    """The whole. `since` is when it came into its state, `last_at` when anything last happened to it.

    `papers_on` is the day on which the papers were complete, None while something is missing. `links` are the messages
    that took a link to the customer, `photos` all pictures of paper receipts. `strays` are the digests of receipts
    that do not count, `calls` the ids of calls, `released` the envelopes of receipts that were put aside.
    """

    application: Application
    salesperson: str
    since: datetime
    last_at: datetime
    state: DeliveryState = DeliveryState.AWAITING_ISSUE
    wait: Wait = Wait(Waits.UNDERWRITING)
    papers_on: date | None = None
    issued: Issued | None = None
    copy: Copy = Copy()
    links: tuple[str, ...] = ()
    again_on: date | None = None
    photo: Photo | None = None
    photos: tuple[str, ...] = ()
    strays: tuple[str, ...] = ()
    released: tuple[str, ...] = ()
    receipt: Receipt | None = None
    end: End | None = None
    orphaned: bool = False
    chase: Chase | None = None
    calls: tuple[str, ...] = ()
    foretold: Foretold | None = None
    late: bool = False
    late_reason: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether a receipt is awaited: the 15 days run."""
        return self.state not in SETTLED

    @property
    def due_on(self) -> date:
        """The last day on which a receipt is in time."""
        return due_day(self.application.applied_on)

    @property
    def is_electronic(self) -> bool:
        return self.issued is not None and self.issued.medium is Medium.ELECTRONIC

    @property
    def was_late(self) -> bool:
        """Whether the receipt came, or is, after day 15. A paper receipt counts by the day on which it was signed."""
        return self.late if self.receipt is None else self.receipt.received_on > self.due_on

    @property
    def hesitation(self) -> tuple[date, date] | None:
        """The first and last day of the hesitation period, None before the receipt or for a product without one."""
        if self.receipt is None:
            return None
        return hesitation_period(self.receipt.received_on, self.application.hesitation_days)


V = TypeVar("V")


def changed(value: V, **members: Any) -> V:
    """Return the frozen dataclass with these members changed, as `dataclasses.replace` does.

    It copies the members without asking for their names and types again, in a tenth of the time: a year of a branch
    is millions of events. The classes here have no rules of their own that making one anew would keep.
    """
    made = object.__new__(type(value))
    made.__dict__.update(value.__dict__, **members)
    return made
