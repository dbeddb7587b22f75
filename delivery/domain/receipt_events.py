"""What happens between the policy and its customer: the link, the visit, the receipt, and what goes wrong there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from delivery.domain.event import Event
from delivery.domain.forms import Code, Digest, Id, PolicyNumber
from delivery.domain.values import ReceiptWay, RejectReason, SignedBy
from esign.trail.event import EventType


@dataclass(frozen=True, kw_only=True)
class DeliveryLinkSent(Event):
    """The customer was sent the link to the electronic policy; `message` is the id of that message."""

    type: ClassVar[EventType] = EventType("delivery.link-sent")
    message: Id


@dataclass(frozen=True, kw_only=True)
class DeliveryLinkOpened(Event):
    type: ClassVar[EventType] = EventType("delivery.link-opened")


@dataclass(frozen=True, kw_only=True)
class DeliverySwitched(Event):
    """The customer wants it on paper after all."""

    type: ClassVar[EventType] = EventType("delivery.switched")
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class DeliveryMissed(Event):
    """The customer was away; the salesperson tries again on `again_on`."""

    type: ClassVar[EventType] = EventType("delivery.missed")
    again_on: date
    by: Id


@dataclass(frozen=True, kw_only=True)
class DeliveryAddressWrong(Event):
    """Address or phone lead to nobody."""

    type: ClassVar[EventType] = EventType("delivery.address-wrong")
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class DeliveryAddressCorrected(Event):
    """`note` is the delivery note that holds from now on."""

    type: ClassVar[EventType] = EventType("delivery.address-corrected")
    note: Id
    by: Id


@dataclass(frozen=True, kw_only=True)
class DeliveryRefused(Event):
    """The customer does not take the policy."""

    type: ClassVar[EventType] = EventType("delivery.refused")
    reason: Code
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class DeliveryResumed(Event):
    """The customer was talked to, and takes it."""

    type: ClassVar[EventType] = EventType("delivery.resumed")
    by: Id


@dataclass(frozen=True, kw_only=True)
class DeliverySignedByOther(Event):
    """Somebody else than the applicant signed: it does not count. `receipt` is the digest of what they signed."""

    type: ClassVar[EventType] = EventType("delivery.signed-by-other")
    signed_by: SignedBy
    way: ReceiptWay
    receipt: Digest


@dataclass(frozen=True, kw_only=True)
class DeliveryPhotographed(Event):
    """A paper receipt was photographed; `photo` is the record, `receipt` the digest of the picture."""

    type: ClassVar[EventType] = EventType("delivery.photographed")
    photo: Id
    receipt: Digest
    signed_on: date
    by: Id


@dataclass(frozen=True, kw_only=True)
class DeliveryRejected(Event):
    """A clerk compared the picture and does not accept it."""

    type: ClassVar[EventType] = EventType("delivery.rejected")
    photo: Id
    reason: RejectReason
    by: Id


@dataclass(frozen=True, kw_only=True)
class DeliveryReceived(Event):
    """The receipt that counts: the applicant signed it on `received_on`, in the insurer's days.

    `receipt` is the digest of the sealed receipt, or of the picture of a paper one; `record` is the envelope or the
    picture. Proposal, policy and `applied_on` are repeated, so that the event tells the 15-day rate by itself.
    """

    type: ClassVar[EventType] = EventType("delivery.received")
    proposal: Id
    policy: PolicyNumber
    applied_on: date
    received_on: date
    signed_by: SignedBy
    way: ReceiptWay
    receipt: Digest
    record: Id


@dataclass(frozen=True, kw_only=True)
class DeliveryReturned(Event):
    """The receipt is back with the insurer (回销)."""

    type: ClassVar[EventType] = EventType("delivery.returned")
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class DeliveryReceiptReleased(Event):
    """An envelope that had come to its end, and that the receipt still waited in, was put aside: another can be begun.

    `by` is who ordered it, `reason` a code of theirs.
    """

    type: ClassVar[EventType] = EventType("delivery.receipt-released")
    envelope: Id
    reason: Code
    by: Id


@dataclass(frozen=True, kw_only=True)
class DeliverySignedAfterEnd(Event):
    """A receipt came in after the policy had ended: it does not count, and somebody looks into it."""

    type: ClassVar[EventType] = EventType("delivery.signed-after-end")
    signed_by: SignedBy
    way: ReceiptWay
    receipt: Digest
    signed_on: date


@dataclass(frozen=True, kw_only=True)
class DeliverySettled(Event):
    """Somebody looked into it; `outcome` is the code of what came of it."""

    type: ClassVar[EventType] = EventType("delivery.settled")
    outcome: Code
    by: Id
