"""Earlier claims in memory, behind the port of the index, and links of invented people."""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any

from claims.risk.graph import NEWEST, EarlierClaim, EndedAs, Followed, Sharing, every_link
from claims.risk.links import ClaimLinks, LinkKeys, LinkKind, minutes_of, packed
from tests.unit.claims.risk.firing import NOON, SCENE

KEYS = LinkKeys(lambda data: sha256(b"key of the tests" + data).digest())


def car(plate: str) -> int:
    return KEYS.key(LinkKind.CAR, plate)


def person(name: str) -> int:
    return KEYS.key(LinkKind.PERSON, name)


def phone(number: str) -> int:
    return KEYS.key(LinkKind.PHONE, number)


def link(kind: LinkKind, value: str) -> int:
    return KEYS.key(kind, value)


def claim(name: str, days_ago: float = 0, **known: Any) -> ClaimLinks:
    """A claim that happened so many days before noon."""
    return ClaimLinks(claim=f"clm_{name}", occurred_at=NOON - timedelta(days=days_ago), **known)


def earlier(links: ClaimLinks, **known: Any) -> EarlierClaim:
    """The claim as an index has it."""
    ended = {"ended_as": EndedAs.PAID, "complained": None, "litigated": False, "unrepaired": "", **known}
    return EarlierClaim(
        claim=links.claim,
        occurred=minutes_of(links.occurred_at),
        latitude=None if links.place is None else links.place.millionths[0],
        longitude=None if links.place is None else links.place.millionths[1],
        insured=links.insured,
        driver=links.driver,
        car=links.car,
        joining=packed(links.joining),
        cars=packed(links.cars),
        **ended,
    )


def population(size: int) -> list[ClaimLinks]:
    """Claims of few people with few cars and phones, so that much is shared; the oldest first."""
    draw = random.Random(9)  # noqa: S311  # the same people each time
    few = max(3, size // 5)

    def one(place: int) -> ClaimLinks:
        return claim(
            f"{place:04}",
            size - place,
            place=SCENE,
            insured=person(str(draw.randrange(few))),
            driver=person(str(draw.randrange(few))),
            car=car(str(draw.randrange(few))),
            other_cars=frozenset({car(str(draw.randrange(few)))}),
            phones=frozenset({phone(str(draw.randrange(few)))}),
            account=link(LinkKind.ACCOUNT, str(draw.randrange(few))),
            story=link(LinkKind.STORY, str(draw.randrange(few))),
        )

    return [one(place) for place in range(size)]


@dataclass
class InMemory:
    """An `EarlierClaims` over a list; `asked` counts the questions."""

    by_link: dict[int, list[EarlierClaim]] = field(default_factory=dict)
    asked: int = 0

    def put(self, links: ClaimLinks, **known: Any) -> None:
        for key in links.keys:
            self.by_link.setdefault(key, []).append(earlier(links, **known))

    def sharing(self, keys: Collection[int], followed: Followed = every_link) -> Sharing:
        self.asked += 1
        newest = {key: self.by_link[key][: -NEWEST - 1 : -1] for key in keys if key in self.by_link}
        return {key: found for key, found in newest.items() if followed(key, len(found))}
