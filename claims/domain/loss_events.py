"""What can happen to the loss: it is surveyed, assessed in lines, verified, and more of it is found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from claims.domain.event import Event
from claims.domain.forms import Amount, Code, Digest, Id, Percent, Version
from claims.domain.values import Line, SurveyWay
from esign.trail.event import EventType


@dataclass(frozen=True, kw_only=True)
class SurveyTaken(Event):
    """One surveyor goes; `device` is the phone on which the forms are filled."""

    type: ClassVar[EventType] = EventType("claim.survey-taken")
    survey: Id
    device: Id | None
    by: Id


@dataclass(frozen=True, kw_only=True)
class SurveyReassigned(Event):
    """Somebody else goes: `to`, or None where whoever takes it next."""

    type: ClassVar[EventType] = EventType("claim.survey-reassigned")
    survey: Id
    to: Id | None
    reason: Code
    by: Id


@dataclass(frozen=True, kw_only=True)
class SurveyChanged(Event):
    """It is surveyed another way, as the new survey `survey`."""

    type: ClassVar[EventType] = EventType("claim.survey-changed")
    survey: Id
    way: SurveyWay
    reason: Code
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class SurveyDone(Event):
    """What was seen is in `record`. `fault` is the insured's share of the liability in percent, None where it is not
    clear yet. `by` is the surveyor, None where the customer surveyed by themselves."""

    type: ClassVar[EventType] = EventType("claim.surveyed")
    survey: Id
    record: Id
    digest: Digest
    fault: Percent | None
    device: Id | None
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class LossAssessed(Event):
    """The lines of parts and labour by a version of the catalogue; `vehicle` is their sum and `injury` beside it."""

    type: ClassVar[EventType] = EventType("claim.assessed")
    assessment: Id
    catalogue: Version
    lines: tuple[Line, ...]
    vehicle: Amount
    injury: Amount
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class LossVerified(Event):
    """Somebody else looked at the assessment (核损), or the rules did (`by` None): passed, or not and why."""

    type: ClassVar[EventType] = EventType("claim.verified")
    assessment: Id
    passed: bool
    reasons: tuple[Code, ...]
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class SupplementOpened(Event):
    """More damage was found: it is assessed anew, and what was offered or approved before does not hold any more."""

    type: ClassVar[EventType] = EventType("claim.supplement-opened")
    supplement: Id
    reason: Code
    by: Id | None
