"""What can have happened to an envelope as a whole, and to its seal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from esign.ceremony.domain.event import Event
from esign.ceremony.domain.forms import Code, Digest, Id, Number
from esign.ceremony.domain.values import Document, PromisedLevel, RecipientPlan, Settings
from esign.trail.event import EventType, Value


def _created_without_owner(payload: Mapping[str, Value]) -> Mapping[str, Value]:
    return {**payload, "institution": None, "salesperson": None}


def _holding_nothing(old: Mapping[str, Value]) -> Mapping[str, Value]:
    """Give the settings of an envelope from before there were signals what they meant: nothing holds the seal."""
    settings = old["settings"]
    if not isinstance(settings, Mapping):
        raise TypeError("the settings of an envelope are an object")
    return {**old, "settings": {**settings, "hold_on": []}}


@dataclass(frozen=True, kw_only=True)
class EnvelopeCreated(Event):
    """`institution` and `salesperson` are whose envelope it is among the insurer's staff, where that was said."""

    type: ClassVar[EventType] = EventType("envelope.created", 3, lifts=(_created_without_owner, _holding_nothing))
    envelope: Id
    client: Id
    institution: Id | None
    salesperson: Id | None
    documents: tuple[Document, ...]
    recipients: tuple[RecipientPlan, ...]
    settings: Settings


@dataclass(frozen=True, kw_only=True)
class EnvelopeSent(Event):
    type: ClassVar[EventType] = EventType("envelope.sent")
    by: Id


@dataclass(frozen=True, kw_only=True)
class EnvelopeSigned(Event):
    """Everybody has signed, and every face that must be spoken for was."""

    type: ClassVar[EventType] = EventType("envelope.signed")


@dataclass(frozen=True, kw_only=True)
class SealStarted(Event):
    type: ClassVar[EventType] = EventType("seal.started")
    attempt: Number


@dataclass(frozen=True, kw_only=True)
class SealFailed(Event):
    type: ClassVar[EventType] = EventType("seal.failed")
    attempt: Number
    reason: Code


@dataclass(frozen=True, kw_only=True)
class SealRetried(Event):
    """Somebody asked for another attempt after number `attempt` had failed."""

    type: ClassVar[EventType] = EventType("seal.retried")
    attempt: Number
    by: Id


@dataclass(frozen=True, kw_only=True)
class DocumentSealed(Event):
    """`sealed` is the digest of the document that is released, `base` of the revision the seal was put on."""

    type: ClassVar[EventType] = EventType("document.sealed")
    document: Id
    base: Digest
    sealed: Digest
    level: PromisedLevel


@dataclass(frozen=True, kw_only=True)
class DocumentRenewed(Event):
    """The sealed document `base` got a fresh timestamp; `renewed` is its digest since. Both are the same document."""

    type: ClassVar[EventType] = EventType("document.renewed")
    document: Id
    base: Digest
    renewed: Digest


@dataclass(frozen=True, kw_only=True)
class EnvelopeCompleted(Event):
    type: ClassVar[EventType] = EventType("envelope.completed")


@dataclass(frozen=True, kw_only=True)
class CompletionCertified(Event):
    """The completion certificate is sealed, verified and stored; `certificate` is its digest."""

    type: ClassVar[EventType] = EventType("completion.certified")
    certificate: Digest


@dataclass(frozen=True, kw_only=True)
class EnvelopeDeclined(Event):
    type: ClassVar[EventType] = EventType("envelope.declined")
    by: Id


@dataclass(frozen=True, kw_only=True)
class EnvelopeExpired(Event):
    type: ClassVar[EventType] = EventType("envelope.expired")


@dataclass(frozen=True, kw_only=True)
class EnvelopeVoided(Event):
    type: ClassVar[EventType] = EventType("envelope.voided")
    by: Id
    reason: Code
    note: Id | None
