"""What can happen from the premium on: it is debited, the policy is issued, received, cancelled; money goes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from esign.trail.event import EventType, Value
from policy.domain.event import Event
from policy.domain.forms import Amount, Code, Digest, Fen, Id, PolicyNumber, Version
from policy.domain.values import Delivery, VisitWay


def _without_end(old: Mapping[str, Value]) -> Mapping[str, Value]:
    """Version 1 said neither number nor day: both follow from the stream it stands in."""
    return {**old, "policy": None, "ended_on": None}


@dataclass(frozen=True, kw_only=True)
class DebitOrdered(Event):
    """The bank is about to be asked, under the id `debit`, for good; `account` is the record of the account."""

    type: ClassVar[EventType] = EventType("debit.ordered")
    debit: Id
    fen: Fen
    account: Id


@dataclass(frozen=True, kw_only=True)
class DebitCollected(Event):
    """The money is there; `late` tells that the bank had not answered, or had said no, before."""

    type: ClassVar[EventType] = EventType("debit.collected")
    debit: Id
    fen: Fen
    late: bool


@dataclass(frozen=True, kw_only=True)
class DebitFailed(Event):
    """The bank took nothing; operations sees to it. `late` as in `DebitCollected`."""

    type: ClassVar[EventType] = EventType("debit.failed")
    debit: Id
    reason: Code
    late: bool


@dataclass(frozen=True, kw_only=True)
class DebitUnanswered(Event):
    """Nobody knows whether the money was taken: the bank is asked about this debit, and no other is ordered."""

    type: ClassVar[EventType] = EventType("debit.unanswered")
    debit: Id


@dataclass(frozen=True, kw_only=True)
class DebitContradicted(Event):
    """The bank says that it took nothing, after it had said that it had: it is asked, and nothing is issued before."""

    type: ClassVar[EventType] = EventType("debit.contradicted")
    debit: Id
    reason: Code


@dataclass(frozen=True, kw_only=True)
class DebitFoundSurplus(Event):
    """The bank collected by a debit that it had said had failed, and whose money is not wanted any more."""

    type: ClassVar[EventType] = EventType("debit.found-surplus")
    debit: Id
    fen: Fen


@dataclass(frozen=True, kw_only=True)
class RefundOwed(Event):
    type: ClassVar[EventType] = EventType("refund.owed")
    refund: Id
    debit: Id
    fen: Fen
    reason: Code


@dataclass(frozen=True, kw_only=True)
class RefundOrdered(Event):
    """The bank is about to be asked; asking it again under the same id pays nothing twice."""

    type: ClassVar[EventType] = EventType("refund.ordered")
    refund: Id


@dataclass(frozen=True, kw_only=True)
class RefundPaid(Event):
    type: ClassVar[EventType] = EventType("refund.paid")
    refund: Id


@dataclass(frozen=True, kw_only=True)
class RefundFailed(Event):
    type: ClassVar[EventType] = EventType("refund.failed")
    refund: Id
    reason: Code


@dataclass(frozen=True, kw_only=True)
class PolicyIssued(Event):
    """`contract` is the digest of the sealed contract, `document` the record or document that holds it.

    `note` is the record by which the contract is delivered (`policy.service.delivery_note`), `delivery` the way that
    the proposal asks for, `applied_on` the day of application.
    """

    type: ClassVar[EventType] = EventType("policy.issued")
    policy: PolicyNumber
    effective_on: date
    applied_on: date
    document: Id
    contract: Digest
    note: Id
    delivery: Delivery


@dataclass(frozen=True, kw_only=True)
class PolicyReceived(Event):
    """The customer signed for the contract: the hesitation period runs from the day after, to `hesitation_ends`."""

    type: ClassVar[EventType] = EventType("policy.received")
    received_on: date
    hesitation_ends: date


@dataclass(frozen=True, kw_only=True)
class VisitInvited(Event):
    """`questionnaire` is the version that is asked, however long answering takes."""

    type: ClassVar[EventType] = EventType("visit.invited")
    visit: Id
    questionnaire: Version


@dataclass(frozen=True, kw_only=True)
class VisitReminded(Event):
    """Nobody has answered, and the hesitation period ends soon: the customer was told once more."""

    type: ClassVar[EventType] = EventType("visit.reminded")
    visit: Id


@dataclass(frozen=True, kw_only=True)
class VisitAnswered(Event):
    """`answers` is the record and `digest` that of what it holds; `concerns` are the codes of the answers that somebody
    has to look into. `by` is the member of staff who asked on the telephone, None where the customer answered alone."""

    type: ClassVar[EventType] = EventType("visit.answered")
    visit: Id
    answers: Id
    digest: Digest
    concerns: tuple[Code, ...]
    in_time: bool
    way: VisitWay
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class VisitSeenTo(Event):
    """Somebody looked into the concerns; `note` is the record of what they did, in their own words."""

    type: ClassVar[EventType] = EventType("visit.seen-to")
    visit: Id
    note: Id
    by: Id


@dataclass(frozen=True, kw_only=True)
class PolicyCancelled(Event):
    """In the hesitation period, by the signed service request `request`; cover ends with the day `ended_on`."""

    type: ClassVar[EventType] = EventType("policy.cancelled", 2, lifts=(_without_end,))
    policy: PolicyNumber | None
    ended_on: date | None
    request: Id
    refund: Id


@dataclass(frozen=True, kw_only=True)
class PolicySurrendered(Event):
    """After the hesitation period, by the signed service request `request`; `fen` is the cash value then. Cover ends
    with the day `ended_on`."""

    type: ClassVar[EventType] = EventType("policy.surrendered", 2, lifts=(_without_end,))
    policy: PolicyNumber | None
    ended_on: date | None
    request: Id
    fen: Amount
