"""What every event of a claim is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from esign.trail.event import EventType


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened `at` (timezone-aware), which is recorded beside the payload and not in it."""

    type: ClassVar[EventType]
    at: datetime
