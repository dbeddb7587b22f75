"""What can happen to the money: who is paid, who approves it, what the bank says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from claims.domain.event import Event
from claims.domain.forms import Code, Digest, Fen, Id
from claims.domain.values import PaymentKind
from esign.trail.event import EventType


@dataclass(frozen=True, kw_only=True)
class PayeeSet(Event):
    """Who is paid: the record `payee`, and the digest of name and account. `matches` tells that it is the insured by
    name and ID number. `barred` are those who may not approve this payee."""

    type: ClassVar[EventType] = EventType("claim.payee-set")
    payee: Id
    account: Digest
    matches: bool
    barred: tuple[Id, ...]
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class PayeeApproved(Event):
    """A second person says that this payee is right."""

    type: ClassVar[EventType] = EventType("claim.payee-approved")
    account: Digest
    by: Id


@dataclass(frozen=True, kw_only=True)
class PaymentApproved(Event):
    """One person approves exactly this amount to exactly this account."""

    type: ClassVar[EventType] = EventType("claim.payment-approved")
    fen: Fen
    account: Digest
    by: Id


@dataclass(frozen=True, kw_only=True)
class ApprovalFallen(Event):
    """What was approved is not what would be paid any more."""

    type: ClassVar[EventType] = EventType("claim.approval-fallen")
    reason: Code


@dataclass(frozen=True, kw_only=True)
class AdvanceAllowed(Event):
    """So much is certain, and paid before the rest is (保险法 25)."""

    type: ClassVar[EventType] = EventType("claim.advance-allowed")
    fen: Fen
    by: Id


@dataclass(frozen=True, kw_only=True)
class PaymentOrdered(Event):
    """The bank is about to be asked, under the id `payment`, for good."""

    type: ClassVar[EventType] = EventType("claim.payment-ordered")
    payment: Id
    kind: PaymentKind
    fen: Fen
    payee: Id
    account: Digest
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class PaymentMade(Event):
    """The money is there; `late` tells that the bank had not answered, or had said no, before."""

    type: ClassVar[EventType] = EventType("claim.payment-made")
    payment: Id
    fen: Fen
    late: bool


@dataclass(frozen=True, kw_only=True)
class PaymentFailed(Event):
    """The bank moved nothing; `late` as in `PaymentMade`."""

    type: ClassVar[EventType] = EventType("claim.payment-failed")
    payment: Id
    reason: Code
    late: bool


@dataclass(frozen=True, kw_only=True)
class PaymentUnanswered(Event):
    """Nobody knows whether the money moved: the bank is asked about this payment, and no other is ordered."""

    type: ClassVar[EventType] = EventType("claim.payment-unanswered")
    payment: Id


@dataclass(frozen=True, kw_only=True)
class PaymentContradicted(Event):
    """The bank says that it moved nothing, or gave it back, after it had said that it paid: it is asked."""

    type: ClassVar[EventType] = EventType("claim.payment-contradicted")
    payment: Id
    reason: Code


@dataclass(frozen=True, kw_only=True)
class PaymentFoundSurplus(Event):
    """The bank made a payment that it had said had failed, and that another one stands for by now."""

    type: ClassVar[EventType] = EventType("claim.payment-found-surplus")
    payment: Id
    fen: Fen
