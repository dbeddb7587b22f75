"""What can happen before a surveyor goes: one is asked, declines, or none is free."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from claims.domain.event import Event
from claims.domain.forms import Code, Id, Metres
from esign.trail.event import EventType


@dataclass(frozen=True, kw_only=True)
class SurveyorSent(Event):
    """A surveyor was asked to go; whether they do, they say (`claim.survey-taken`, `claim.survey-declined`).

    `metres` is how far they were from the loss as the crow flies. Where anybody was is told by no event.
    """

    type: ClassVar[EventType] = EventType("claim.surveyor-sent")
    survey: Id
    to: Id
    metres: Metres | None
    by: Id


@dataclass(frozen=True, kw_only=True)
class SurveyDeclined(Event):
    """Whoever was sent does not go: somebody else is sent."""

    type: ClassVar[EventType] = EventType("claim.survey-declined")
    survey: Id
    reason: Code
    by: Id


@dataclass(frozen=True, kw_only=True)
class NobodyFree(Event):
    """No surveyor was free: the team lead sees to it."""

    type: ClassVar[EventType] = EventType("claim.nobody-free")
    survey: Id
    by: Id
