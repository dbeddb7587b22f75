"""What every event of an envelope is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from esign.ceremony.domain.forms import Id
from esign.trail.event import EventType


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened `at` (timezone-aware), named by `type`.

    The time is not in the payload: it is the time under which the trail records the event.
    """

    type: ClassVar[EventType]
    at: datetime


@dataclass(frozen=True, kw_only=True)
class RecipientEvent(Event):
    """Something that happened to one recipient."""

    recipient: Id
