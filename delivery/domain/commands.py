"""What can be asked of a delivery. Time comes in with the command; nothing else is known of the world."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from delivery.domain.command import ByAnybody, ByMember, Command
from delivery.domain.forms import Code, CopyNumber, Days, Digest, Id, PolicyNumber
from delivery.domain.values import (
    CheckReason,
    DropReason,
    EndReason,
    Medium,
    ReceiptWay,
    RejectReason,
    ReprintReason,
    RouteWay,
    SignedBy,
    Waits,
)


@dataclass(frozen=True, kw_only=True)
class Open(Command):
    """The application is signed; the members are those of `DeliveryOpened`."""

    proposal: Id
    applied_on: date
    institution: Id
    salesperson: Id
    channel: Code
    product: Code
    hesitation_days: Days
    client: Id | None = None


@dataclass(frozen=True, kw_only=True)
class RecordWait(Command):
    """What the proposal waits for now; who sees to it, up to which day, where that is known."""

    waits_for: Waits
    owner: Id | None = None
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class RecordDropped(Command):
    """It never becomes a policy."""

    reason: DropReason


@dataclass(frozen=True, kw_only=True)
class RecordIssued(Command):
    policy: PolicyNumber
    underwritten_on: date
    issued_on: date
    medium: Medium
    note: Id | None = None


@dataclass(frozen=True, kw_only=True)
class RecordEnded(Command):
    """The policy was cancelled, surrendered or voided."""

    reason: EndReason
    ended_on: date


@dataclass(frozen=True, kw_only=True)
class Print(Command):
    """It is in the print run `run`; `copy` is which print its cover's code says it is, None where it says none."""

    run: Id
    copy: CopyNumber | None = None


@dataclass(frozen=True, kw_only=True)
class Bind(ByAnybody):
    pass


@dataclass(frozen=True, kw_only=True)
class Check(ByAnybody):
    """The quality check: passed, or failed for a reason."""

    passed: bool
    reason: CheckReason | None = None


@dataclass(frozen=True, kw_only=True)
class Pack(ByAnybody):
    """Into the parcel for an outlet. `stops` of a relay are institutions, in order, without print centre and outlet."""

    parcel: Id
    outlet: Id
    way: RouteWay
    stops: tuple[Id, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Dispatch(ByAnybody):
    """The parcel leaves the print centre."""

    parcel: Id


@dataclass(frozen=True, kw_only=True)
class Reach(ByAnybody):
    """It was scanned as it came to a stop of its relay."""

    institution: Id


@dataclass(frozen=True, kw_only=True)
class Forward(ByAnybody):
    """It was scanned as it left a stop of its relay."""

    institution: Id


@dataclass(frozen=True, kw_only=True)
class Arrive(ByAnybody):
    """It was scanned at an outlet."""

    outlet: Id


@dataclass(frozen=True, kw_only=True)
class Hand(ByAnybody):
    """The salesperson takes it."""

    salesperson: Id


@dataclass(frozen=True, kw_only=True)
class Reprint(ByAnybody):
    """It is lost or damaged."""

    reason: ReprintReason


@dataclass(frozen=True, kw_only=True)
class SendLink(Command):
    """The customer is sent the link to the electronic policy, by the message of this id."""

    message: Id


@dataclass(frozen=True, kw_only=True)
class OpenLink(Command):
    """The customer opened it."""


@dataclass(frozen=True, kw_only=True)
class SwitchToPaper(ByAnybody):
    """The customer wants it on paper."""


@dataclass(frozen=True, kw_only=True)
class ReportAway(ByMember):
    """The customer is away; the salesperson tries again on that day."""

    again_on: date


@dataclass(frozen=True, kw_only=True)
class ReportAddressWrong(ByAnybody):
    """Address or phone lead to nobody."""


@dataclass(frozen=True, kw_only=True)
class CorrectAddress(ByMember):
    """`note` is the record of the new delivery note."""

    note: Id


@dataclass(frozen=True, kw_only=True)
class ReportRefused(ByAnybody):
    """The customer does not take it."""

    reason: Code


@dataclass(frozen=True, kw_only=True)
class Resume(ByMember):
    """The customer was talked to, and takes it."""


@dataclass(frozen=True, kw_only=True)
class Sign(Command):
    """A receipt was signed in a ceremony; `received_on` is the day of the signature's timestamp.

    `receipt` is the digest of the sealed receipt, `record` the envelope. Only the applicant's counts.
    """

    receipt: Digest
    record: Id
    received_on: date
    way: ReceiptWay
    signed_by: SignedBy = SignedBy.APPLICANT


@dataclass(frozen=True, kw_only=True)
class Photograph(ByMember):
    """A receipt signed on paper was photographed; `signed_on` is the day that the customer wrote on it."""

    photo: Id
    receipt: Digest
    signed_on: date


@dataclass(frozen=True, kw_only=True)
class AcceptReceipt(ByMember):
    """A clerk compared the picture: it is the applicant's receipt for this policy, and is returned at once."""

    photo: Id


@dataclass(frozen=True, kw_only=True)
class RejectReceipt(ByMember):
    photo: Id
    reason: RejectReason


@dataclass(frozen=True, kw_only=True)
class Return(ByAnybody):
    """The receipt is back with the insurer (回销)."""


@dataclass(frozen=True, kw_only=True)
class ReleaseReceipt(ByMember):
    """An envelope that had come to its end hinders the receipt: the operator puts it aside, by order of `by`."""

    envelope: Id
    reason: Code


@dataclass(frozen=True, kw_only=True)
class SettleSignature(ByMember):
    """Somebody looked into a receipt that was signed after the policy had ended."""

    outcome: Code


@dataclass(frozen=True, kw_only=True)
class RecordOrphaned(Command):
    """This salesperson left."""

    salesperson: Id


@dataclass(frozen=True, kw_only=True)
class Reassign(ByMember):
    salesperson: Id


@dataclass(frozen=True, kw_only=True)
class OpenChase(Command):
    """It goes on the chase list, under this id."""

    chase: Id


@dataclass(frozen=True, kw_only=True)
class Remind(Command):
    """The salesperson was reminded, under this id."""

    reminder: Id


@dataclass(frozen=True, kw_only=True)
class LogCall(ByMember):
    """The customer was called; `note` is the record of the caller's own words."""

    call: Id
    outcome: Code
    note: Id | None = None


@dataclass(frozen=True, kw_only=True)
class ForetellLate(ByMember):
    """It will be late: told in advance, with the day on which the receipt is expected."""

    reason: Code
    expected_on: date


@dataclass(frozen=True, kw_only=True)
class FallLate(Command):
    """Day 15 is over."""


@dataclass(frozen=True, kw_only=True)
class ExplainLate(ByMember):
    """Why it is, or was, late."""

    reason: Code


COMMANDS: Final[tuple[type[Command], ...]] = (
    Open,
    RecordWait,
    RecordDropped,
    RecordIssued,
    RecordEnded,
    Print,
    Bind,
    Check,
    Pack,
    Dispatch,
    Reach,
    Forward,
    Arrive,
    Hand,
    Reprint,
    SendLink,
    OpenLink,
    SwitchToPaper,
    ReportAway,
    ReportAddressWrong,
    CorrectAddress,
    ReportRefused,
    Resume,
    Sign,
    Photograph,
    AcceptReceipt,
    RejectReceipt,
    Return,
    ReleaseReceipt,
    SettleSignature,
    RecordOrphaned,
    Reassign,
    OpenChase,
    Remind,
    LogCall,
    ForetellLate,
    FallLate,
    ExplainLate,
)
