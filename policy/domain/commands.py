"""What can be asked of a proposal. Time comes in with the command; nothing else is known of the world.

`by` is a member of staff, or None where the service or a client's program asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from policy.domain.forms import Amount, Code, Days, Digest, Fen, Id, Percent, PolicyNumber, Seconds, Version
from policy.domain.values import Asked, Delivery, Outcome, ReturnReason, Signer, VisitWay, day_of


@dataclass(frozen=True, kw_only=True)
class Command:
    """Something asked `at` (timezone-aware)."""

    at: datetime

    @property
    def day(self) -> date:
        """The insurer's day on which it is asked."""
        return day_of(self.at)


@dataclass(frozen=True, kw_only=True)
class WithContent(Command):
    """The members are those of `policy.domain.events.Content`."""

    record: Id
    digest: Digest
    product: Code
    product_version: Version
    fen: Fen
    holds_until: date
    signers: tuple[Signer, ...]
    needs_recording: bool
    hesitation_days: Days


@dataclass(frozen=True, kw_only=True)
class Enter(WithContent):
    salesperson: Id
    institution: Id
    client: Id | None = None


@dataclass(frozen=True, kw_only=True)
class Amend(WithContent):
    by: Id | None = None


@dataclass(frozen=True, kw_only=True)
class Send(Command):
    """The envelope goes out: with the proposal, or with the offer of other terms."""

    envelope: Id
    by: Id | None = None


@dataclass(frozen=True, kw_only=True)
class RecordSigned(Command):
    """Everybody in the envelope signed, the last of them on `signed_on`, and it is sealed; `document` is the digest.

    `applicant_on` is the day of the applicant's own signature.
    """

    envelope: Id
    document: Digest
    signers: tuple[Signer, ...]
    signed_on: date
    applicant_on: date


@dataclass(frozen=True, kw_only=True)
class RecordReturned(Command):
    """The envelope ended without all signatures, and nobody declined."""

    envelope: Id
    reason: ReturnReason


@dataclass(frozen=True, kw_only=True)
class RecordRefused(Command):
    """A signer declined."""

    envelope: Id
    signer: Signer
    reason: Code


@dataclass(frozen=True, kw_only=True)
class Withdraw(Command):
    """`refund` is the id of a refund, should money have to go back."""

    reason: Code
    refund: Id
    by: Id | None = None


@dataclass(frozen=True, kw_only=True)
class Underwrite(Command):
    """What the decision table says. `content` is the digest of the proposal it was asked about; `case` is the id of a
    case, should a person have to decide; `requirements` come with the outcome `ask` and with no other."""

    outcome: Outcome
    table: Code
    table_version: Version
    content: Digest
    inputs: Digest
    trace: Id
    trace_digest: Digest
    reasons: tuple[Code, ...]
    loading: Percent
    case: Id
    requirements: tuple[Asked, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CloseRequirement(Command):
    """`case` as in `Underwrite`: once nothing is missing any more, a person judges what came in."""

    requirement: Id
    case: Id
    by: Id


@dataclass(frozen=True, kw_only=True)
class MeetRequirement(CloseRequirement):
    """`papers` is the record of what came in."""

    papers: Id


@dataclass(frozen=True, kw_only=True)
class WaiveRequirement(CloseRequirement):
    """`reason` is the record of why it can be done without."""

    reason: Id


@dataclass(frozen=True, kw_only=True)
class DecideCase(Command):
    """A person accepts, with a loading in percent or none, declines, or asks for something."""

    case: Id
    outcome: Outcome
    reason: Id
    by: Id
    loading: Percent = 0
    requirements: tuple[Asked, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AddRecording(Command):
    """`content` is the digest of the proposal that the sound and video are about."""

    recording: Id
    digest: Digest
    content: Digest
    checklist: Version
    seconds: Seconds
    by: Id


@dataclass(frozen=True, kw_only=True)
class ReviewRecording(Command):
    recording: Id
    passed: bool
    by: Id
    reasons: tuple[Code, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OrderDebit(Command):
    """Recorded before the bank is asked. `account` is the record of the account."""

    debit: Id
    account: Id


@dataclass(frozen=True, kw_only=True)
class BankSaid(Command):
    """What the bank says about a debit. `asked_at` is when it was asked about it, None where it says so by itself."""

    debit: Id
    asked_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class RecordCollected(BankSaid):
    """`refund` is the id of a refund, should the money have to go back."""

    fen: Fen
    refund: Id


@dataclass(frozen=True, kw_only=True)
class RecordDebitFailed(BankSaid):
    reason: Code


@dataclass(frozen=True, kw_only=True)
class RecordUnanswered(Command):
    """The bank did not answer in time: nobody knows whether it took the money."""

    debit: Id


@dataclass(frozen=True, kw_only=True)
class OrderRefund(Command):
    """Recorded before the bank is asked."""

    refund: Id


@dataclass(frozen=True, kw_only=True)
class RecordRefunded(Command):
    refund: Id


@dataclass(frozen=True, kw_only=True)
class RecordRefundFailed(Command):
    refund: Id
    reason: Code


@dataclass(frozen=True, kw_only=True)
class Issue(Command):
    """The contract is sealed and stored as `document`; `contract` is its digest. The others are those of
    `policy.domain.events.PolicyIssued`."""

    policy: PolicyNumber
    effective_on: date
    applied_on: date
    document: Id
    contract: Digest
    note: Id
    delivery: Delivery


@dataclass(frozen=True, kw_only=True)
class RecordReceived(Command):
    """The customer signed for the contract on that day."""

    received_on: date


@dataclass(frozen=True, kw_only=True)
class InviteVisit(Command):
    visit: Id
    questionnaire: Version


@dataclass(frozen=True, kw_only=True)
class RemindVisit(Command):
    visit: Id


@dataclass(frozen=True, kw_only=True)
class AnswerVisit(Command):
    """`by` is the member of staff who asked on the telephone; the customer's own answers have none."""

    visit: Id
    answers: Id
    digest: Digest
    concerns: tuple[Code, ...] = ()
    way: VisitWay = VisitWay.LINK
    by: Id | None = None


@dataclass(frozen=True, kw_only=True)
class SeeToVisit(Command):
    """`note` is the record of what somebody did about the concerns."""

    visit: Id
    note: Id
    by: Id


@dataclass(frozen=True, kw_only=True)
class Cancel(Command):
    """By a service request that was signed; `asked_on` is the day on which the customer entered it."""

    request: Id
    asked_on: date
    refund: Id


@dataclass(frozen=True, kw_only=True)
class Surrender(Command):
    """By a service request that was signed on `asked_on`; `fen` is the cash value of that day."""

    request: Id
    asked_on: date
    fen: Amount
    refund: Id


COMMANDS: Final[tuple[type[Command], ...]] = (
    Enter,
    Amend,
    Send,
    RecordSigned,
    RecordReturned,
    RecordRefused,
    Withdraw,
    Underwrite,
    MeetRequirement,
    WaiveRequirement,
    DecideCase,
    AddRecording,
    ReviewRecording,
    OrderDebit,
    RecordCollected,
    RecordDebitFailed,
    RecordUnanswered,
    OrderRefund,
    RecordRefunded,
    RecordRefundFailed,
    Issue,
    RecordReceived,
    InviteVisit,
    RemindVisit,
    AnswerVisit,
    SeeToVisit,
    Cancel,
    Surrender,
)
