"""What is told as clocks run, each once: the reminder before one is over, the alarm when it broke, and what was done.

A call that somebody makes is here too: the shortest clock runs for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from claims.domain.event import Event
from claims.domain.forms import Code, Id
from esign.trail.event import EventType


@dataclass(frozen=True, kw_only=True)
class ClockReminded(Event):
    """Whoever has to act (`owner`, a code) was reminded of the clock that ends at `due`."""

    type: ClassVar[EventType] = EventType("claim.reminded")
    clock: Code
    due: datetime
    owner: Code


@dataclass(frozen=True, kw_only=True)
class ClockBroken(Event):
    """Nobody acted in time: the manager is told at once."""

    type: ClassVar[EventType] = EventType("claim.clock-broken")
    clock: Code
    due: datetime
    owner: Code


@dataclass(frozen=True, kw_only=True)
class AlarmAcknowledged(Event):
    """A manager saw the alarm of the clock that ended at `due`; `measure` is what is done, in words of their own in
    the record `words`."""

    type: ClassVar[EventType] = EventType("claim.alarm-acknowledged")
    clock: Code
    due: datetime
    measure: Code
    words: Id
    by: Id


@dataclass(frozen=True, kw_only=True)
class CallBackTaken(Event):
    """This person makes the call."""

    type: ClassVar[EventType] = EventType("claim.call-back-taken")
    callback: Id
    by: Id
