"""A version of the catalogue: what a part or a piece of work costs, by the class of the car. Pure.

Prices are in fen, in the files in whole yuan.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from claims.domain.values import Line, LineKind
from claims.refusals import refused
from claims.wording import Words

QUANTITY_AT_MOST = 1000


class CarClass(StrEnum):
    """By which prices differ."""

    ECONOMY = "economy"
    MIDDLE = "middle"
    PREMIUM = "premium"


@dataclass(frozen=True)
class Item:
    """A part or a piece of work; `prices` are in fen for each one, by the class of the car."""

    code: str
    kind: LineKind
    area: str
    prices: Mapping[CarClass, int]
    words: Words


@dataclass(frozen=True)
class Catalogue:
    version: str
    effective_from: date
    items: tuple[Item, ...]
    _by_code: dict[str, Item] = field(default_factory=dict, compare=False, repr=False)

    def find(self, code: str) -> Item | None:
        if not self._by_code:
            self._by_code.update((one.code, one) for one in self.items)
        return self._by_code.get(code)


def lines_of(catalogue: Catalogue, car: CarClass, wanted: Iterable[tuple[str, int]]) -> tuple[Line, ...]:
    """Return the lines of an assessment from codes and quantities, in the order in which they were given.

    Raises `ClaimRefused` (`no-item`, `item-twice`, `quantity-wrong`).
    """
    lines: dict[str, Line] = {}
    for code, quantity in wanted:
        item = catalogue.find(code)
        if item is None:
            raise refused("no-item", (code,))
        if code in lines:
            raise refused("item-twice", (code,))
        if not 1 <= quantity <= QUANTITY_AT_MOST:
            raise refused("quantity-wrong", (code,))
        lines[code] = Line(item.kind, code, quantity, item.prices[car] * quantity)
    return tuple(lines.values())
