"""What every command of the delivery room is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from delivery.domain.clocks import day_of
from delivery.domain.forms import Id


@dataclass(frozen=True, kw_only=True)
class Command:
    """Something asked `at` (timezone-aware)."""

    at: datetime

    @property
    def day(self) -> date:
        """The insurer's day on which it is asked."""
        return day_of(self.at)


@dataclass(frozen=True, kw_only=True)
class ByAnybody(Command):
    """`by` is a member of staff, or None where the service itself asks."""

    by: Id | None = None


@dataclass(frozen=True, kw_only=True)
class ByMember(Command):
    """`by` is a member of staff: the service never asks this by itself."""

    by: Id
