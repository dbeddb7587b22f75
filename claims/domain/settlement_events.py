"""What can happen to the settlement: adjudicated, offered, agreed, disputed; refused, withdrawn, closed, reopened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from claims.domain.event import Event
from claims.domain.forms import Amount, Code, Digest, Fen, Id, People, Percent, Stars, Version
from claims.domain.values import Agreement, CoverPart
from esign.trail.event import EventType


@dataclass(frozen=True, kw_only=True)
class ClaimAdjudicated(Event):
    """What is paid, by which covers, by a version of the settlement table whose trace is the record `trace`.

    `fault` is the insured's share of the liability in percent. `tier` is that of the limits; `agreement` is how the
    customer agrees; so many people as `approvals` say have to approve the payment.
    """

    type: ClassVar[EventType] = EventType("claim.adjudicated")
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
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class OfferMade(Event):
    """The customer is shown the payment beside next year's premium; `shown` is the digest of all that was shown."""

    type: ClassVar[EventType] = EventType("claim.offer-made")
    offer: Id
    fen: Amount
    agreement: Agreement
    shown: Digest
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class AgreementSent(Event):
    """The offer is out to be signed."""

    type: ClassVar[EventType] = EventType("claim.agreement-sent")
    offer: Id
    envelope: Id
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class AgreementReturned(Event):
    """The envelope ended without the signature."""

    type: ClassVar[EventType] = EventType("claim.agreement-returned")
    envelope: Id
    reason: Code


@dataclass(frozen=True, kw_only=True)
class OfferAgreed(Event):
    """Confirmed with a one-time code (`confirmation`), or signed: `envelope`, and `document`, the digest of what is
    sealed."""

    type: ClassVar[EventType] = EventType("claim.agreed")
    offer: Id
    fen: Amount
    confirmation: Id | None
    envelope: Id | None
    document: Digest | None


@dataclass(frozen=True, kw_only=True)
class PriceDisputed(Event):
    """The customer does not agree with the price; their words are in `record`."""

    type: ClassVar[EventType] = EventType("claim.price-disputed")
    dispute: Id
    reason: Code
    record: Id | None


@dataclass(frozen=True, kw_only=True)
class DisputePassed(Event):
    """It stalled, and goes to the quotation desk."""

    type: ClassVar[EventType] = EventType("claim.dispute-passed")
    dispute: Id
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class DisputeAnswered(Event):
    """The price is `changed`, by another assessment, or stays; why is in the record `reason`."""

    type: ClassVar[EventType] = EventType("claim.dispute-answered")
    dispute: Id
    changed: bool
    reason: Id
    by: Id


@dataclass(frozen=True, kw_only=True)
class RefusalDecided(Event):
    """A person refuses it, with reasons and in words (`words`, a record); the customer has to be told (保险法 24)."""

    type: ClassVar[EventType] = EventType("claim.refused")
    reasons: tuple[Code, ...]
    words: Id
    by: Id


@dataclass(frozen=True, kw_only=True)
class RefusalNotified(Event):
    """The notice of the refusal (拒赔通知书) went out, as the document or record `notice`."""

    type: ClassVar[EventType] = EventType("claim.refusal-notified")
    notice: Id


@dataclass(frozen=True, kw_only=True)
class ClaimWithdrawn(Event):
    type: ClassVar[EventType] = EventType("claim.withdrawn")
    reason: Code
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class ClaimClosed(Event):
    """`fen` is all that was paid."""

    type: ClassVar[EventType] = EventType("claim.closed")
    fen: Amount
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class ClaimReopened(Event):
    """It goes on: what was paid stays paid, and papers may be asked for once more."""

    type: ClassVar[EventType] = EventType("claim.reopened")
    reason: Code
    words: Id
    by: Id


@dataclass(frozen=True, kw_only=True)
class ClaimRated(Event):
    """How satisfied the customer is, from one star to five, asked after the end."""

    type: ClassVar[EventType] = EventType("claim.rated")
    stars: Stars


@dataclass(frozen=True, kw_only=True)
class RecoveryOpened(Event):
    """Money is claimed back from who is liable (代位求偿, 保险法 60): `against` is the record of who."""

    type: ClassVar[EventType] = EventType("claim.recovery-opened")
    recovery: Id
    against: Id
    fen: Fen
    by: Id


@dataclass(frozen=True, kw_only=True)
class MoneyRecovered(Event):
    type: ClassVar[EventType] = EventType("claim.recovered")
    recovery: Id
    receipt: Id
    fen: Fen
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class RecoveryClosed(Event):
    type: ClassVar[EventType] = EventType("claim.recovery-closed")
    recovery: Id
    reason: Code
    by: Id
