"""What every command about a claim is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Command:
    """Something asked `at` (timezone-aware). Time comes in with it; nothing else is known of the world.

    `by` is a member of staff, or None where the customer, the service or a client's program asks.
    """

    at: datetime
