"""What can be asked of a claim from the report to the assessment, and about who handles it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from claims.domain.command import Command
from claims.domain.forms import (
    Amount,
    Code,
    Digest,
    Id,
    MotorPolicyNumber,
    Percent,
    Point,
    Score,
    Seconds,
    Version,
)
from claims.domain.values import Lane, Line, ReportWay, SurveyWay


@dataclass(frozen=True, kw_only=True)
class Report(Command):
    """A loss; the members are those of `ClaimReported`."""

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
    vip: bool = False
    client: Id | None = None
    institution: Id | None = None
    by: Id | None = None


@dataclass(frozen=True, kw_only=True)
class Triage(Command):
    """By the limits, or by a person; `survey` is the id of the survey that begins. `handler` is that of a VIP."""

    lane: Lane
    survey: Id
    way: SurveyWay
    limits: Version
    reasons: tuple[Code, ...]
    alone_upto: Amount
    second_above: Amount
    handler: Id | None = None
    by: Id | None = None


@dataclass(frozen=True, kw_only=True)
class RecordScore(Command):
    """What the risk table of a step says; the members are those of `ClaimScored`."""

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
class SendToPeople(Command):
    """A step could not be scored: it counts as blocked by that step, never as scored with nothing."""

    step: Code


@dataclass(frozen=True, kw_only=True)
class ReviewBlock(Command):
    released: bool
    reason: Id
    by: Id


@dataclass(frozen=True, kw_only=True)
class Take(Command):
    by: Id


@dataclass(frozen=True, kw_only=True)
class HandOver(Command):
    to: Id
    reason: Code
    by: Id


@dataclass(frozen=True, kw_only=True)
class AskForPerson(Command):
    """By the customer, at any step."""


@dataclass(frozen=True, kw_only=True)
class AskCallBack(Command):
    callback: Id


@dataclass(frozen=True, kw_only=True)
class RecordCalledBack(Command):
    callback: Id
    reached: bool
    by: Id


@dataclass(frozen=True, kw_only=True)
class AskPapers(Command):
    """All that is missing, at once; `message` is the record of what the customer is told."""

    request: Id
    items: tuple[Code, ...]
    message: Id
    by: Id


@dataclass(frozen=True, kw_only=True)
class RecordPapers(Command):
    items: tuple[Code, ...]
    record: Id


@dataclass(frozen=True, kw_only=True)
class WaivePapers(Command):
    items: tuple[Code, ...]
    reason: Id
    by: Id


@dataclass(frozen=True, kw_only=True)
class AddPicture(Command):
    picture: Id
    kind: Code
    digest: Digest
    by: Id | None = None


@dataclass(frozen=True, kw_only=True)
class FileForm(Command):
    """A form that was filled on a phone, perhaps without a connection: sent as often as it takes, taken once."""

    form: Id
    tool: Code
    record: Id
    digest: Digest
    seconds: Seconds
    by: Id
    device: Id | None = None


@dataclass(frozen=True, kw_only=True)
class RevokeDevice(Command):
    device: Id
    by: Id


@dataclass(frozen=True, kw_only=True)
class Join(Command):
    """This claim reports the same event as `into`, which absorbs it."""

    into: Id
    by: Id | None = None


@dataclass(frozen=True, kw_only=True)
class Absorb(Command):
    other: Id
    by: Id | None = None


@dataclass(frozen=True, kw_only=True)
class TakeSurvey(Command):
    """A surveyor goes: the first who says so."""

    survey: Id
    by: Id
    device: Id | None = None


@dataclass(frozen=True, kw_only=True)
class ReassignSurvey(Command):
    """Somebody else goes: `to`, or None where whoever takes it next."""

    survey: Id
    to: Id | None
    reason: Code
    by: Id


@dataclass(frozen=True, kw_only=True)
class ChangeSurvey(Command):
    survey: Id
    way: SurveyWay
    reason: Code
    by: Id | None = None


@dataclass(frozen=True, kw_only=True)
class RecordSurvey(Command):
    """What was seen, by the surveyor who took it, or by the customer (`by` None)."""

    survey: Id
    record: Id
    digest: Digest
    fault: Percent | None = None
    device: Id | None = None
    by: Id | None = None


@dataclass(frozen=True, kw_only=True)
class Assess(Command):
    """A version of the assessment: lines of the catalogue, and what injuries cost."""

    assessment: Id
    catalogue: Version
    lines: tuple[Line, ...]
    injury: Amount = 0
    by: Id | None = None


@dataclass(frozen=True, kw_only=True)
class Verify(Command):
    assessment: Id
    passed: bool
    reasons: tuple[Code, ...] = ()
    by: Id | None = None


@dataclass(frozen=True, kw_only=True)
class Supplement(Command):
    supplement: Id
    reason: Code
    by: Id | None = None


@dataclass(frozen=True, kw_only=True)
class Remind(Command):
    """A clock is nearly over; `owner` is who has to act."""

    clock: Code
    due: datetime
    owner: Code


@dataclass(frozen=True, kw_only=True)
class Alarm(Command):
    """A clock is over."""

    clock: Code
    due: datetime
    owner: Code
