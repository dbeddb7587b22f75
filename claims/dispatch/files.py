"""The files in `claims/data/places/` and `claims/data/dispatch/`, read strictly: places to choose from, and the rules.

Places are invented, as the city is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Final

from pydantic import BaseModel, Field

from claims.risk.places import Place
from claims.sheets import CODE_PATTERN, DATA, STRICT, VERSION_PATTERN, broken, parse_sheet, versions_in
from claims.wording import Words

PLACES: Final = DATA / "places"
RULES: Final = DATA / "dispatch"


@dataclass(frozen=True)
class NamedPlace:
    """A place to choose from."""

    code: str
    place: Place
    words: Words


@dataclass(frozen=True)
class Gazetteer:
    """A version of the places."""

    version: str
    effective_from: date
    places: tuple[NamedPlace, ...]

    def find(self, code: str) -> Place | None:
        return next((one.place for one in self.places if one.code == code), None)

    def named_in(self, text: str) -> str | None:
        """Return the code of the place whose name a text says, such as the place of a report; None where none."""
        plain = "".join(text.split())
        for one in self.places:
            parts = one.words.zh.split()
            if all(part in plain for part in parts):
                return one.code
        return None


@dataclass(frozen=True)
class DispatchRules:
    """A version of the rules. Whoever is further than `km_at_most`, or has `open_at_most` surveys, is not free; each
    open survey counts as `km_for_each_open`. A place that is older than `place_minutes` is not known any more."""

    version: str
    effective_from: date
    km_at_most: int
    open_at_most: int
    km_for_each_open: int
    place_minutes: int
    duty_hours_at_most: int


class _PlaceRow(BaseModel):
    model_config = STRICT

    code: str = Field(pattern=CODE_PATTERN)
    latitude: str
    longitude: str
    words: Words


class _Places(BaseModel):
    model_config = STRICT

    version: str = Field(pattern=VERSION_PATTERN)
    effective_from: date
    places: tuple[_PlaceRow, ...] = Field(min_length=1)


class _Rules(BaseModel):
    model_config = STRICT

    version: str = Field(pattern=VERSION_PATTERN)
    effective_from: date
    km_at_most: int = Field(ge=1, le=1000)
    open_at_most: int = Field(ge=1, le=50)
    km_for_each_open: int = Field(ge=0, le=100)
    place_minutes: int = Field(ge=5, le=1440)
    duty_hours_at_most: int = Field(ge=1, le=24)


@cache
def load_places() -> tuple[Gazetteer, ...]:
    """Return every version of the places. Raises `ClaimDataBroken` (`claim-data`)."""
    return versions_in(PLACES, read_places)


@cache
def load_rules() -> tuple[DispatchRules, ...]:
    """Return every version of the rules. Raises `ClaimDataBroken` (`claim-data`)."""
    return versions_in(RULES, read_rules)


def read_places(data: bytes, name: str = "the file of places") -> Gazetteer:
    """Read a file of places. Raises `ClaimDataBroken` (`claim-data`)."""
    sheet = parse_sheet(_Places, data, name)
    if len({one.code for one in sheet.places}) < len(sheet.places):
        raise broken(f"places {sheet.version}: one is there twice")
    try:
        places = tuple(NamedPlace(one.code, _place(one.latitude, one.longitude), one.words) for one in sheet.places)
    except (ValueError, ArithmeticError) as error:
        raise broken(f"places {sheet.version}: one is not on the map") from error
    return Gazetteer(sheet.version, sheet.effective_from, places)


def read_rules(data: bytes, name: str = "the file of dispatch") -> DispatchRules:
    """Read a file of rules. Raises `ClaimDataBroken` (`claim-data`)."""
    return DispatchRules(**parse_sheet(_Rules, data, name).model_dump())


def _place(latitude: str, longitude: str) -> Place:
    return Place(float(Decimal(latitude)), float(Decimal(longitude)))
