"""What somebody reports of a loss (FNOL): who, where, when, what happened. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from pydantic import TypeAdapter

from claims.domain.values import ReportWay
from claims.risk.places import Place
from esign.public.values import encode_canonical


@dataclass(frozen=True)
class LossReport:
    """A report. `estimate` is what the reporter thinks the own car costs, in fen; `cause` is a code of `CAUSES`."""

    policy: str
    way: ReportWay
    occurred_at: datetime
    place: str = field(repr=False)
    cause: str
    what: str = field(repr=False)
    reporter: str = field(repr=False)
    phone: str = field(repr=False)
    driver: str = field(repr=False)
    injured: bool
    third_party: bool
    estimate: int
    other_plate: str | None = field(default=None, repr=False)
    located: tuple[int, int] | None = field(default=None, repr=False)
    """Where the phone was, where the customer had it say so at the scene: latitude and longitude in millionths of a
    degree (WGS 84)."""

    @property
    def scene(self) -> Place | None:
        """The place at which the customer says that they are with the damaged car, None where they did not."""
        return None if self.located is None else Place.of_millionths(*self.located)


CAUSES = (
    *("scratch", "collision", "rear-end", "parked", "glass", "tyre", "flood", "fire", "theft", "overturned"),
    "other",
)
"""What can have happened; which of these are clear enough for the express lane is data."""

_REPORT = TypeAdapter(LossReport)


def encode_report(report: LossReport) -> bytes:
    """Return the report as canonical JSON, for a sealed record: the same bytes each time."""
    told = _REPORT.dump_python(report, mode="json")
    if report.located is None:  # as it was written before there was such a member
        del told["located"]
    return encode_canonical(told)


def parse_report(data: bytes) -> LossReport:
    """Return a report as `encode_report` wrote it. Raises `ValueError`."""
    return _REPORT.validate_json(data)
