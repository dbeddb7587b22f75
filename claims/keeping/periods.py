"""How long what the room keeps on people is kept: the files in `claims/data/keeping/`, read strictly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Final

from pydantic import BaseModel, Field

from claims.domain.values import day_of
from claims.sheets import DATA, STRICT, VERSION_PATTERN, in_force, parse_sheet, versions_in
from claims.wording import Words

FOLDER: Final = DATA / "keeping"


@dataclass(frozen=True)
class Periods:
    """A claim is kept for years from its end or that of its policy, whichever is later; an invitation that made no
    claim for days. `source` says which law."""

    version: str
    effective_from: date
    claim_years: int
    invitation_days: int
    source: Words


class _Sheet(BaseModel):
    model_config = STRICT

    version: str = Field(pattern=VERSION_PATTERN)
    effective_from: date
    claim_years: int = Field(ge=5, le=30)
    invitation_days: int = Field(ge=1, le=730)
    source: Words


@cache
def load_periods() -> tuple[Periods, ...]:
    """Return every version. Raises `ClaimDataBroken` (`claim-data`)."""
    return versions_in(FOLDER, read_periods)


def read_periods(data: bytes, name: str = "the file of periods") -> Periods:
    """Read a file of periods: no fewer than the five years of 保险法 87. Raises `ClaimDataBroken` (`claim-data`)."""
    sheet = parse_sheet(_Sheet, data, name)
    return Periods(sheet.version, sheet.effective_from, sheet.claim_years, sheet.invitation_days, sheet.source)


def periods_on(now: datetime) -> Periods:
    """Return the periods in force at a moment. Raises `ClaimDataBroken`."""
    return in_force(load_periods(), day_of(now))


def years_after(day: date, years: int) -> date:
    """Return the last day of so many years that begin with the end of that day; of 29 February the 28th where there is
    none, as 民法典 202 has it."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def years_before(day: date, years: int) -> date:
    """Return the same day that many years before; of 29 February the 28th where there is none."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
