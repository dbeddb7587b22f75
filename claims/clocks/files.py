"""The files in `claims/data/clocks/`, read strictly."""

from __future__ import annotations

from datetime import date, time
from functools import cache
from typing import Final

from pydantic import BaseModel, Field

from claims.clocks.catalogue import CLOCKS, Clock, Clocks, Span
from claims.domain.table import Actor
from claims.sheets import CODE_PATTERN, DATA, STRICT, VERSION_PATTERN, broken, parse_sheet, versions_in
from claims.wording import Words

FOLDER: Final = DATA / "clocks"


class _ClockRow(BaseModel):
    model_config = STRICT

    code: str = Field(pattern=CODE_PATTERN)
    owner: Actor
    seconds: int = Field(ge=0, le=366 * 86_400)
    working_days: int = Field(ge=0, le=30)
    warn_seconds: int = Field(ge=0, le=30 * 86_400)
    statutory: str | None
    words: Words


class _Sheet(BaseModel):
    model_config = STRICT

    version: str = Field(pattern=VERSION_PATTERN)
    effective_from: date
    closing: time
    clocks: tuple[_ClockRow, ...]


@cache
def load_clocks() -> tuple[Clocks, ...]:
    """Return every version of the clocks. Raises `ClaimDataBroken` (`claim-data`)."""
    return versions_in(FOLDER, read_clocks)


def read_clocks(data: bytes, name: str = "the file of clocks") -> Clocks:
    """Read a file of clocks: each that there is, once. Raises `ClaimDataBroken` (`claim-data`)."""
    sheet = parse_sheet(_Sheet, data, name)
    if sorted(one.code for one in sheet.clocks) != sorted(CLOCKS):
        raise broken(f"clocks {sheet.version}: a clock is missing, unknown, or there twice")
    if any((one.seconds > 0) is (one.working_days > 0) for one in sheet.clocks):
        raise broken(f"clocks {sheet.version}: a clock runs for seconds or for working days, one of them")
    clocks = tuple(
        Clock(one.code, one.owner, Span(one.seconds, one.working_days), one.warn_seconds, one.statutory, one.words)
        for one in sheet.clocks
    )
    return Clocks(sheet.version, sheet.effective_from, sheet.closing, clocks)
