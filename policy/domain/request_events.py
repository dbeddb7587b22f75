"""What can happen to a service request (保全): entered, signed in the same ceremony, done or refused.

Which request is told by the stream, `srq_...`. What is asked for is in the sealed record `record`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar, Final

from esign.trail.event import EventType, Value
from policy.domain.event import Event
from policy.domain.forms import Code, Digest, Id, PolicyNumber
from policy.domain.values import ReturnReason, Signer


class RequestKind(StrEnum):
    BENEFICIARY = "beneficiary"
    ADDRESS = "address"
    SURRENDER = "surrender"
    CANCELLATION = "cancellation"


def _without_endorsement(old: Mapping[str, Value]) -> Mapping[str, Value]:
    """Version 1 knew no endorsements."""
    return {**old, "document": None, "endorsement": None}


@dataclass(frozen=True, kw_only=True)
class RequestEntered(Event):
    """`asked_on` is the day that counts for periods, also when signing takes longer."""

    type: ClassVar[EventType] = EventType("request.entered")
    kind: RequestKind
    proposal: Id
    policy: PolicyNumber
    record: Id
    digest: Digest
    signers: tuple[Signer, ...]
    asked_on: date
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class RequestSent(Event):
    type: ClassVar[EventType] = EventType("request.sent")
    envelope: Id
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class RequestSigned(Event):
    type: ClassVar[EventType] = EventType("request.signed")
    envelope: Id
    document: Digest
    signers: tuple[Signer, ...]


@dataclass(frozen=True, kw_only=True)
class RequestReturned(Event):
    """The envelope came back unsigned; the request may be sent again."""

    type: ClassVar[EventType] = EventType("request.returned")
    envelope: Id
    reason: ReturnReason


@dataclass(frozen=True, kw_only=True)
class RequestDone(Event):
    """`document` is the record that holds the endorsement (批单), `endorsement` the digest of the sealed file; both are
    None where the policy ended. `by` is None where the service did it."""

    type: ClassVar[EventType] = EventType("request.done", 2, lifts=(_without_endorsement,))
    document: Id | None
    endorsement: Digest | None
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class RequestRefused(Event):
    """By the insurer (`by`), or by a signer who declined."""

    type: ClassVar[EventType] = EventType("request.refused")
    reason: Code
    signer: Signer | None
    by: Id | None


REQUEST_EVENTS: Final[tuple[type[Event], ...]] = (
    RequestEntered,
    RequestSent,
    RequestSigned,
    RequestReturned,
    RequestDone,
    RequestRefused,
)
