"""What can be asked of a claim from the adjudication on: settlement, money, ends, recovery."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from claims.domain.command import Command
from claims.domain.forms import Amount, Code, Digest, Fen, Id, People, Percent, Stars, Version
from claims.domain.values import Agreement, CoverPart, PaymentKind


@dataclass(frozen=True, kw_only=True)
class Adjudicate(Command):
    """What the settlement table says; the members are those of `ClaimAdjudicated`."""

    assessment: Id
    fault: Percent
    covers: tuple[CoverPart, ...]
    fen: Amount
    table_version: Version
    trace: Id
    trace_digest: Digest
    limits: Version
    tier: Code
    agreement: Agreement
    approvals: People
    by: Id | None = None


@dataclass(frozen=True, kw_only=True)
class MakeOffer(Command):
    offer: Id
    fen: Amount
    shown: Digest
    by: Id | None = None


@dataclass(frozen=True, kw_only=True)
class SendAgreement(Command):
    offer: Id
    envelope: Id
    by: Id | None = None


@dataclass(frozen=True, kw_only=True)
class ReturnAgreement(Command):
    envelope: Id
    reason: Code


@dataclass(frozen=True, kw_only=True)
class Agree(Command):
    """Confirmed with a one-time code, or signed: the members of the other way are None."""

    offer: Id
    confirmation: Id | None = None
    envelope: Id | None = None
    document: Digest | None = None


@dataclass(frozen=True, kw_only=True)
class Dispute(Command):
    dispute: Id
    reason: Code
    record: Id | None = None


@dataclass(frozen=True, kw_only=True)
class PassDispute(Command):
    """To the quotation desk: by a person, or by the service once it has stalled."""

    dispute: Id
    by: Id | None = None


@dataclass(frozen=True, kw_only=True)
class AnswerDispute(Command):
    dispute: Id
    changed: bool
    reason: Id
    by: Id


@dataclass(frozen=True, kw_only=True)
class SetPayee(Command):
    payee: Id
    account: Digest
    matches: bool
    by: Id | None = None


@dataclass(frozen=True, kw_only=True)
class ApprovePayee(Command):
    account: Digest
    by: Id


@dataclass(frozen=True, kw_only=True)
class ApprovePayment(Command):
    """Exactly this amount to exactly this account."""

    fen: Fen
    account: Digest
    by: Id


@dataclass(frozen=True, kw_only=True)
class AllowAdvance(Command):
    fen: Fen
    by: Id


@dataclass(frozen=True, kw_only=True)
class OrderPayment(Command):
    """Recorded before the bank is asked."""

    payment: Id
    kind: PaymentKind
    fen: Fen
    account: Digest
    by: Id | None = None


@dataclass(frozen=True, kw_only=True)
class BankSaid(Command):
    """What the bank says about a payment. `asked_at` is when it was asked about it, None where it says so by itself."""

    payment: Id
    asked_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class RecordPaid(BankSaid):
    fen: Fen


@dataclass(frozen=True, kw_only=True)
class RecordPaymentFailed(BankSaid):
    reason: Code


@dataclass(frozen=True, kw_only=True)
class RecordUnanswered(Command):
    """The bank did not answer in time: nobody knows whether the money moved."""

    payment: Id


@dataclass(frozen=True, kw_only=True)
class Close(Command):
    by: Id | None = None


@dataclass(frozen=True, kw_only=True)
class Refuse(Command):
    """Always by a person: a score routes, and refuses nobody."""

    reasons: tuple[Code, ...]
    words: Id
    by: Id


@dataclass(frozen=True, kw_only=True)
class RecordNotice(Command):
    notice: Id


@dataclass(frozen=True, kw_only=True)
class Withdraw(Command):
    reason: Code
    by: Id | None = None


@dataclass(frozen=True, kw_only=True)
class Reopen(Command):
    """By a person: what was paid stays paid."""

    reason: Code
    words: Id
    by: Id


@dataclass(frozen=True, kw_only=True)
class Rate(Command):
    stars: Stars


@dataclass(frozen=True, kw_only=True)
class OpenRecovery(Command):
    recovery: Id
    against: Id
    fen: Fen
    by: Id


@dataclass(frozen=True, kw_only=True)
class RecordRecovered(Command):
    recovery: Id
    receipt: Id
    fen: Fen
    by: Id | None = None


@dataclass(frozen=True, kw_only=True)
class CloseRecovery(Command):
    recovery: Id
    reason: Code
    by: Id
