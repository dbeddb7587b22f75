"""The customer says which parts are damaged and how badly; the catalogue makes lines of it. Pure.

A scratch is painted, a dent is straightened and painted, what is broken is replaced. Whoever chooses says nothing about
prices, and no price is asked of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from claims.domain.values import Line
from claims.parts.catalogue import CarClass, Catalogue, Item, lines_of
from claims.refusals import refused
from claims.wording import Words


class Degree(StrEnum):
    """How badly a part is damaged."""

    SCRATCHED = "scratched"
    DENTED = "dented"
    BROKEN = "broken"


DEGREES: Final[Mapping[Degree, Words]] = {
    Degree.SCRATCHED: Words("划了、掉漆", "scratched"),
    Degree.DENTED: Words("凹了", "dented"),
    Degree.BROKEN: Words("裂了、碎了、掉了", "broken or gone"),
}
AREAS: Final[Mapping[str, Words]] = {
    "front": Words("车头", "front"),
    "left": Words("左侧", "left side"),
    "right": Words("右侧", "right side"),
    "rear": Words("车尾", "rear"),
    "wheels": Words("车轮", "wheels"),
    "glass": Words("玻璃", "glass"),
}
_BUMPER: Final = {
    Degree.SCRATCHED: ("paint-bumper",),
    Degree.DENTED: ("refit-bumper", "beat-light", "paint-bumper"),
    Degree.BROKEN: ("{part}", "refit-bumper", "paint-bumper"),
}
_PANEL: Final = {
    Degree.SCRATCHED: ("paint-panel",),
    Degree.DENTED: ("beat-light", "paint-panel"),
    Degree.BROKEN: ("{part}", "paint-panel"),
}
_DOOR: Final = {**_PANEL, Degree.BROKEN: ("{part}", "refit-door", "paint-panel")}
_LAMP: Final = {Degree.BROKEN: ("{part}", "refit-lamp")}
_GLASS: Final = {Degree.BROKEN: ("{part}", "refit-glass")}
_WHOLE: Final = {Degree.BROKEN: ("{part}",)}
Works = Mapping[Degree, tuple[str, ...]]
PARTS: Final[Mapping[str, tuple[str, Works]]] = {
    "front-bumper": ("front", _BUMPER),
    "bonnet": ("front", _PANEL),
    "grille": ("front", _WHOLE),
    "left-headlamp": ("front", _LAMP),
    "right-headlamp": ("front", _LAMP),
    "front-left-wing": ("left", _PANEL),
    "front-left-door": ("left", _DOOR),
    "rear-left-door": ("left", _DOOR),
    "rear-left-quarter": ("left", _PANEL),
    "left-mirror": ("left", _WHOLE),
    "front-right-wing": ("right", _PANEL),
    "front-right-door": ("right", _DOOR),
    "rear-right-door": ("right", _DOOR),
    "rear-right-quarter": ("right", _PANEL),
    "right-mirror": ("right", _WHOLE),
    "rear-bumper": ("rear", _BUMPER),
    "boot-lid": ("rear", _PANEL),
    "left-tail-lamp": ("rear", _LAMP),
    "right-tail-lamp": ("rear", _LAMP),
    "parking-radar": ("rear", _WHOLE),
    "wheel-rim": ("wheels", _WHOLE),
    "tyre": ("wheels", _WHOLE),
    "windscreen": ("glass", _GLASS),
    "rear-window": ("glass", _GLASS),
    "door-glass": ("glass", _GLASS),
}
"""What a customer can choose: the part of the catalogue, the area it is shown under, and what is done by degree."""
PARTS_AT_MOST: Final = 8
"""Who has more damage than this has a surveyor."""


@dataclass(frozen=True)
class Choice:
    """A part that can be chosen, and the degrees that it can have."""

    item: Item
    degrees: tuple[Degree, ...]


def choices(catalogue: Catalogue) -> dict[str, list[Choice]]:
    """Return what can be chosen, by area in the order of the areas; what the catalogue lacks is left out."""
    found: dict[str, list[Choice]] = {area: [] for area in AREAS}
    for code, (area, works) in PARTS.items():
        item = catalogue.find(code)
        if item is not None:
            found[area].append(Choice(item, tuple(works)))
    return found


def read_damage(form: Mapping[str, str]) -> dict[str, Degree]:
    """Return which parts a form names, and how badly each is damaged. What is none of these is left out."""
    return {
        part: Degree(form[part]) for part, (_, works) in PARTS.items() if form.get(part) in {one.value for one in works}
    }


def lines_for(catalogue: Catalogue, car: CarClass, damage: Mapping[str, Degree]) -> tuple[Line, ...]:
    """Return the lines of an assessment. Raises `ClaimRefused` (`damage-none`, `damage-much`, `no-item`)."""
    if not damage:
        raise refused("damage-none")
    if len(damage) > PARTS_AT_MOST:
        raise refused("damage-much")
    wanted: Counter[str] = Counter()
    for part, degree in damage.items():
        wanted.update(one.format(part=part) for one in PARTS[part][1][degree])
    return lines_of(catalogue, car, wanted.items())
