"""What can happen to a proposal until it is accepted: it is entered, signed, underwritten, recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from esign.trail.event import EventType
from policy.domain.event import Event
from policy.domain.forms import Code, Days, Digest, Fen, Id, Percent, Seconds, Version
from policy.domain.values import Outcome, RequirementKind, ReturnReason, Signer


@dataclass(frozen=True, kw_only=True)
class Content(Event):
    """What is proposed: the record that holds it and its digest, and what the rules need to know of it.

    `fen` is what the first debit takes; the quote holds up to and including `holds_until`. `signers` must all sign.
    """

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
class ProposalEntered(Content):
    type: ClassVar[EventType] = EventType("proposal.entered")
    salesperson: Id
    institution: Id
    client: Id | None


@dataclass(frozen=True, kw_only=True)
class ProposalAmended(Content):
    """Something else is proposed now; what was recorded and quoted before counts no more."""

    type: ClassVar[EventType] = EventType("proposal.amended")
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class ProposalSent(Event):
    """`digest` is that of the content that the envelope holds."""

    type: ClassVar[EventType] = EventType("proposal.sent")
    envelope: Id
    digest: Digest
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class ProposalSigned(Event):
    """Everybody signed, the applicant on `signed_on`; `document` is the digest of the sealed document."""

    type: ClassVar[EventType] = EventType("proposal.signed")
    envelope: Id
    document: Digest
    signers: tuple[Signer, ...]
    signed_on: date


@dataclass(frozen=True, kw_only=True)
class ProposalReturned(Event):
    """The envelope came back without what it was sent for; it may be sent again while the quote holds."""

    type: ClassVar[EventType] = EventType("proposal.returned")
    envelope: Id
    reason: ReturnReason


@dataclass(frozen=True, kw_only=True)
class ProposalRefused(Event):
    """One of the signers declined: the proposal, or the offer of other terms."""

    type: ClassVar[EventType] = EventType("proposal.refused")
    envelope: Id
    signer: Signer
    reason: Code


@dataclass(frozen=True, kw_only=True)
class ProposalWithdrawn(Event):
    type: ClassVar[EventType] = EventType("proposal.withdrawn")
    reason: Code
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class UnderwritingDecided(Event):
    """The decision table was asked: `inputs` is the digest of all it was told, `trace` the record of how it went."""

    type: ClassVar[EventType] = EventType("underwriting.decided")
    outcome: Outcome
    table: Code
    table_version: Version
    content: Digest
    inputs: Digest
    trace: Id
    trace_digest: Digest
    reasons: tuple[Code, ...]
    loading: Percent


@dataclass(frozen=True, kw_only=True)
class UnderwritingReferred(Event):
    """A person has to decide; `case` is what they find it by."""

    type: ClassVar[EventType] = EventType("underwriting.referred")
    case: Id
    reasons: tuple[Code, ...]


@dataclass(frozen=True, kw_only=True)
class RequirementOpened(Event):
    """Something is asked for; `owner` sees to it until `due`, `message` is the record of what the customer is told."""

    type: ClassVar[EventType] = EventType("requirement.opened")
    requirement: Id
    kind: RequirementKind
    reason: Code
    owner: Id
    due: date
    message: Id


@dataclass(frozen=True, kw_only=True)
class RequirementMet(Event):
    """`papers` is the record of what came in."""

    type: ClassVar[EventType] = EventType("requirement.met")
    requirement: Id
    papers: Id
    by: Id


@dataclass(frozen=True, kw_only=True)
class RequirementWaived(Event):
    type: ClassVar[EventType] = EventType("requirement.waived")
    requirement: Id
    reason: Id
    by: Id


@dataclass(frozen=True, kw_only=True)
class CaseDecided(Event):
    """A person decided; `reason` is the record of their own words."""

    type: ClassVar[EventType] = EventType("case.decided")
    case: Id
    outcome: Outcome
    loading: Percent
    reason: Id
    by: Id


@dataclass(frozen=True, kw_only=True)
class OfferMade(Event):
    """Accepted on other terms than were signed: a higher premium of `fen`, which the signers have to sign for."""

    type: ClassVar[EventType] = EventType("offer.made")
    loading: Percent
    fen: Fen


@dataclass(frozen=True, kw_only=True)
class OfferSent(Event):
    type: ClassVar[EventType] = EventType("offer.sent")
    envelope: Id
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class OfferSigned(Event):
    type: ClassVar[EventType] = EventType("offer.signed")
    envelope: Id
    document: Digest
    signers: tuple[Signer, ...]


@dataclass(frozen=True, kw_only=True)
class OfferReturned(Event):
    """The envelope with the offer came back unsigned; it may be sent again."""

    type: ClassVar[EventType] = EventType("offer.returned")
    envelope: Id
    reason: ReturnReason


@dataclass(frozen=True, kw_only=True)
class RecordingAdded(Event):
    """Sound and video of the sale: the digest of the file, the checklist that was followed, its length."""

    type: ClassVar[EventType] = EventType("recording.added")
    recording: Id
    digest: Digest
    content: Digest
    checklist: Version
    seconds: Seconds
    by: Id


@dataclass(frozen=True, kw_only=True)
class RecordingReviewed(Event):
    """The quality review; `reasons` say what was wanting where it did not pass."""

    type: ClassVar[EventType] = EventType("recording.reviewed")
    recording: Id
    passed: bool
    reasons: tuple[Code, ...]
    by: Id
