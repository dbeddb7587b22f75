"""What can happen from the report on: triage, risk, who handles it, papers, pictures and forms that come in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from claims.domain.event import Event
from claims.domain.forms import Amount, Code, Digest, Id, MotorPolicyNumber, Point, Score, Seconds, Version
from claims.domain.values import Lane, ReportWay, SurveyWay
from esign.trail.event import EventType


@dataclass(frozen=True, kw_only=True)
class ClaimReported(Event):
    """A loss was reported (FNOL). `record` holds who and where, in clear nowhere; `cover` is the record of the motor
    policy as it was in the register then, with its digest. `estimate` is what the reporter thinks the damage costs."""

    type: ClassVar[EventType] = EventType("claim.reported")
    policy: MotorPolicyNumber
    cover: Id
    cover_digest: Digest
    record: Id
    digest: Digest
    way: ReportWay
    occurred_at: datetime
    cause: Code
    injured: bool
    estimate: Amount
    vip: bool
    client: Id | None
    institution: Id | None
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class ClaimTriaged(Event):
    """It goes into a lane and is surveyed one way, by the version `limits` of the limits and for these reasons.

    Above `alone_upto` fen nothing is decided without a person. Above `second_above` fen a blocked claim is paid with
    two people's approval, and an advance is not allowed.
    """

    type: ClassVar[EventType] = EventType("claim.triaged")
    lane: Lane
    survey: Id
    way: SurveyWay
    limits: Version
    reasons: tuple[Code, ...]
    alone_upto: Amount
    second_above: Amount
    handler: Id | None
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class ClaimScored(Event):
    """The risk of one step by one version of its table: the score, the running maximum, and which points fired.

    `trace` is the record of the whole trace. `to_people` tells that the score is over the threshold or a hard stop.
    """

    type: ClassVar[EventType] = EventType("claim.scored")
    step: Code
    table: Code
    table_version: Version
    table_digest: Digest
    trace: Id
    trace_digest: Digest
    score: Score
    maximum: Score
    points: tuple[Point, ...]
    hard_stop: bool
    to_people: bool


@dataclass(frozen=True, kw_only=True)
class ClaimBlocked(Event):
    """It leaves the other lanes: people decide. `step` is that of the score which says so."""

    type: ClassVar[EventType] = EventType("claim.blocked")
    step: Code


@dataclass(frozen=True, kw_only=True)
class BlockReviewed(Event):
    """A person looked: released (the block is overturned), or upheld, in words of their own (`reason`, a record)."""

    type: ClassVar[EventType] = EventType("claim.block-reviewed")
    released: bool
    reason: Id
    by: Id


@dataclass(frozen=True, kw_only=True)
class ClaimTaken(Event):
    """One person handles it from now on."""

    type: ClassVar[EventType] = EventType("claim.taken")
    by: Id


@dataclass(frozen=True, kw_only=True)
class ClaimHandedOver(Event):
    type: ClassVar[EventType] = EventType("claim.handed-over")
    to: Id
    reason: Code
    by: Id


@dataclass(frozen=True, kw_only=True)
class PersonAsked(Event):
    """The customer wants a person: self-service ends, and nothing more is decided by itself."""

    type: ClassVar[EventType] = EventType("claim.person-asked")


@dataclass(frozen=True, kw_only=True)
class CallBackAsked(Event):
    type: ClassVar[EventType] = EventType("claim.call-back-asked")
    callback: Id


@dataclass(frozen=True, kw_only=True)
class CalledBack(Event):
    """Somebody called; whoever was not `reached` is called again."""

    type: ClassVar[EventType] = EventType("claim.called-back")
    callback: Id
    reached: bool
    by: Id


@dataclass(frozen=True, kw_only=True)
class PapersAsked(Event):
    """All missing papers at once (保险法 22); `message` is the record of what the customer was told."""

    type: ClassVar[EventType] = EventType("claim.papers-asked")
    request: Id
    items: tuple[Code, ...]
    message: Id
    by: Id


@dataclass(frozen=True, kw_only=True)
class PapersReceived(Event):
    """`complete` tells that nothing of what was asked for is missing any more."""

    type: ClassVar[EventType] = EventType("claim.papers-received")
    items: tuple[Code, ...]
    record: Id
    complete: bool


@dataclass(frozen=True, kw_only=True)
class PapersWaived(Event):
    """It can be done without these."""

    type: ClassVar[EventType] = EventType("claim.papers-waived")
    items: tuple[Code, ...]
    reason: Id
    complete: bool
    by: Id


@dataclass(frozen=True, kw_only=True)
class PictureAdded(Event):
    """A picture came in; `kind` says of what: whole-car, plate, close-up, paper."""

    type: ClassVar[EventType] = EventType("claim.picture-added")
    picture: Id
    kind: Code
    digest: Digest
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class FormFiled(Event):
    """A form of a tool on somebody's phone: `seconds` were spent in it, on `device`."""

    type: ClassVar[EventType] = EventType("claim.form-filed")
    form: Id
    tool: Code
    record: Id
    digest: Digest
    seconds: Seconds
    device: Id | None
    by: Id


@dataclass(frozen=True, kw_only=True)
class DeviceRevoked(Event):
    """A phone was lost: what comes from it afterwards does not count."""

    type: ClassVar[EventType] = EventType("claim.device-revoked")
    device: Id
    by: Id


@dataclass(frozen=True, kw_only=True)
class ClaimJoined(Event):
    """It reports the same event as the claim `into`, and goes on there."""

    type: ClassVar[EventType] = EventType("claim.joined")
    into: Id
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class ClaimAbsorbed(Event):
    """The claim `other` reports the same event and goes on here."""

    type: ClassVar[EventType] = EventType("claim.absorbed")
    other: Id
    by: Id | None
