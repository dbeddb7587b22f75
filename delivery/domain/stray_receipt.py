"""A receipt that was signed and sealed, and that its delivery does not take: why, and what came of it.

It is a stream of its own, beside the delivery's. What does not count changes nothing of where a policy stands, and yet
somebody believes that they signed: it has an owner until somebody has talked to them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar, Final

from delivery.domain.command import ByMember, Command
from delivery.domain.event import Event
from delivery.domain.forms import Code, Digest, FormError, Id, check_members
from delivery.domain.refusal import broken, refusal
from delivery.domain.state import Delivery
from delivery.domain.table import Owner
from delivery.domain.values import ReceiptWay, SignedBy
from esign.trail.event import EventType


@dataclass(frozen=True, kw_only=True)
class StrayReceiptFound(Event):
    """The delivery refused a receipt that was signed on `signed_on`; `refused` is the code with which it did.

    `receipt` is the digest of the sealed receipt, `envelope` the one in which it was signed.
    """

    type: ClassVar[EventType] = EventType("stray-receipt.found")
    delivery: Id
    envelope: Id
    receipt: Digest
    way: ReceiptWay
    signed_by: SignedBy
    signed_on: date
    refused: Code


@dataclass(frozen=True, kw_only=True)
class StrayReceiptSettled(Event):
    """Somebody saw to it; `outcome` is the code of what came of it."""

    type: ClassVar[EventType] = EventType("stray-receipt.settled")
    outcome: Code
    by: Id


@dataclass(frozen=True, kw_only=True)
class FindStrayReceipt(Command):
    """The members are those of `StrayReceiptFound`."""

    delivery: Id
    envelope: Id
    receipt: Digest
    way: ReceiptWay
    signed_by: SignedBy
    signed_on: date
    refused: Code


@dataclass(frozen=True, kw_only=True)
class SettleStrayReceipt(ByMember):
    """The customer was told, or it is of no consequence."""

    outcome: Code


@dataclass(frozen=True)
class StrayReceipt:
    """The whole. `outcome` is None until somebody saw to it."""

    delivery: str
    envelope: str
    way: ReceiptWay
    signed_by: SignedBy
    signed_on: date
    refused: str
    found_at: datetime
    outcome: str | None = None


def decide_stray(state: StrayReceipt | None, command: Command) -> tuple[Event, ...]:
    """Return the events that `command` leads to; none where it had its effect already.

    Raises `DeliveryRefused`: `malformed-command`, `no-stray-receipt`, `stray-receipt-settled`.
    """
    try:
        check_members(command)
    except FormError as error:
        raise refusal("malformed-command", (error.place,)) from error
    if isinstance(command, FindStrayReceipt):
        return () if state is not None else (StrayReceiptFound(**vars(command)),)
    if not isinstance(command, SettleStrayReceipt):
        raise refusal("malformed-command", (type(command).__name__,))
    if state is None:
        raise refusal("no-stray-receipt")
    if state.outcome == command.outcome:
        return ()
    if state.outcome is not None:
        raise refusal("stray-receipt-settled")
    return (StrayReceiptSettled(at=command.at, outcome=command.outcome, by=command.by),)


def evolve_stray(state: StrayReceipt | None, event: Event) -> StrayReceipt:
    """Return it after `event`. Raises `DeliveryTrailBroken` for an event that cannot follow."""
    match event:
        case StrayReceiptFound() if state is None:
            return StrayReceipt(
                event.delivery,
                event.envelope,
                event.way,
                event.signed_by,
                event.signed_on,
                event.refused,
                event.at,
            )
        case StrayReceiptSettled() if state is not None and state.outcome is None:
            return replace(state, outcome=event.outcome)
        case _:
            raise broken("an event stands where no receipt strayed, or is none of such a receipt")


def who_sees_to(delivery: Delivery) -> Owner:
    """Return who talks to the customer: who sees to the delivery; branch operations where none is awaited any more."""
    if not delivery.is_open:
        return Owner.BRANCH
    return Owner.SUPERVISOR if delivery.orphaned else Owner.SALESPERSON


def act_of(delivery: Delivery) -> str:
    """Return what is to be done, a code: they sign again, or it is looked into which receipt holds."""
    return "have-signed-again" if delivery.is_open else "compare-receipts"


STRAY_EVENTS: Final[tuple[type[Event], ...]] = (StrayReceiptFound, StrayReceiptSettled)
