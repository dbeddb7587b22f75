"""The files in `claims/data/parts/`, read strictly."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Final

from pydantic import BaseModel, Field

from claims.domain.values import LineKind
from claims.parts.catalogue import CarClass, Catalogue, Item
from claims.sheets import CODE_PATTERN, DATA, STRICT, VERSION_PATTERN, broken, parse_sheet, versions_in
from claims.wording import Words

FOLDER: Final = DATA / "parts"
FEN: Final = 100


class _ItemRow(BaseModel):
    model_config = STRICT

    code: str = Field(pattern=CODE_PATTERN)
    kind: LineKind
    area: str = Field(pattern=CODE_PATTERN)
    yuan: dict[CarClass, int]
    words: Words


class _Sheet(BaseModel):
    model_config = STRICT

    version: str = Field(pattern=VERSION_PATTERN)
    effective_from: date
    items: tuple[_ItemRow, ...] = Field(min_length=1, max_length=2000)


@cache
def load_parts() -> tuple[Catalogue, ...]:
    """Return every version of the catalogue. Raises `ClaimDataBroken` (`claim-data`)."""
    return versions_in(FOLDER, read_parts)


def read_parts(data: bytes, name: str = "the catalogue") -> Catalogue:
    """Read a catalogue: each item once, with a price for every class. Raises `ClaimDataBroken` (`claim-data`)."""
    sheet = parse_sheet(_Sheet, data, name)
    if len({one.code for one in sheet.items}) < len(sheet.items):
        raise broken(f"parts {sheet.version}: an item is there twice")
    for one in sheet.items:
        prices = [one.yuan.get(car, 0) for car in CarClass]
        if min(prices) < 1 or prices != sorted(prices):
            raise broken(f"parts {sheet.version}: {one.code} has no price for a class, or a dearer class costs less")
    items = tuple(
        Item(one.code, one.kind, one.area, {car: yuan * FEN for car, yuan in one.yuan.items()}, one.words)
        for one in sheet.items
    )
    return Catalogue(sheet.version, sheet.effective_from, items)
