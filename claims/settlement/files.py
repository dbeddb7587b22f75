"""The files in `claims/data/settlement/` and `claims/data/premium/`, read strictly."""

from __future__ import annotations

from datetime import date
from functools import cache
from itertools import pairwise
from typing import Final

from pydantic import BaseModel, Field

from claims.settlement.premium import PremiumTable
from claims.settlement.table import Compulsory, SettlementTable
from claims.sheets import DATA, STRICT, VERSION_PATTERN, broken, parse_sheet, versions_in

FOLDER: Final = DATA / "settlement"
PREMIUMS: Final = DATA / "premium"
FEN: Final = 100


class _Limits(BaseModel):
    model_config = STRICT

    death: int = Field(ge=1)
    medical: int = Field(ge=1)
    property: int = Field(ge=1)


class _Sheet(BaseModel):
    model_config = STRICT

    version: str = Field(pattern=VERSION_PATTERN)
    effective_from: date
    source: str = Field(min_length=1)
    compulsory_yuan: _Limits
    compulsory_without_fault_yuan: _Limits
    others_pay: bool


class _PremiumSheet(BaseModel):
    model_config = STRICT

    version: str = Field(pattern=VERSION_PATTERN)
    effective_from: date
    least_grade: int
    factors_percent: tuple[int, ...] = Field(min_length=2)
    steps_each: int = Field(ge=1)
    counts_from_yuan: int = Field(ge=0)


@cache
def load_settlement_tables() -> tuple[SettlementTable, ...]:
    """Return every version of the settlement table. Raises `ClaimDataBroken` (`claim-data`)."""
    return versions_in(FOLDER, read_settlement_table)


def read_settlement_table(data: bytes, name: str = "the settlement table") -> SettlementTable:
    """Read a settlement table. Raises `ClaimDataBroken` (`claim-data`)."""
    sheet = parse_sheet(_Sheet, data, name)
    full, less = sheet.compulsory_yuan, sheet.compulsory_without_fault_yuan
    if less.death > full.death or less.medical > full.medical or less.property > full.property:
        raise broken(f"settlement {sheet.version}: a limit without fault is above the one with fault")
    limits = [full.death, full.medical, full.property, less.death, less.medical, less.property]
    compulsory = Compulsory(*(yuan * FEN for yuan in limits))
    return SettlementTable(sheet.version, sheet.effective_from, compulsory, sheet.others_pay)


@cache
def load_premium_tables() -> tuple[PremiumTable, ...]:
    """Return every version of the premium table. Raises `ClaimDataBroken` (`claim-data`)."""
    return versions_in(PREMIUMS, read_premium_table)


def read_premium_table(data: bytes, name: str = "the premium table") -> PremiumTable:
    """Read a premium table. Raises `ClaimDataBroken` (`claim-data`)."""
    sheet = parse_sheet(_PremiumSheet, data, name)
    factors = sheet.factors_percent
    if min(factors) < 1 or any(a > b for a, b in pairwise(factors)):
        raise broken(f"premium {sheet.version}: factors do not rise")
    if not sheet.least_grade <= 0 <= sheet.least_grade + len(factors) - 1:
        raise broken(f"premium {sheet.version}: the grade of a new customer is none of the table")
    return PremiumTable(
        sheet.version,
        sheet.effective_from,
        sheet.least_grade,
        factors,
        sheet.steps_each,
        sheet.counts_from_yuan * FEN,
    )
