"""What is told as clocks run: the reminder before one is over, and the alarm when it broke. Each once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from claims.domain.event import Event
from claims.domain.forms import Code
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
