"""Rings as real ones are: a few people who make up accidents together, and have to share what they have.

Each ring has a way of its own, keeps to it most of the time, and mixes in what other rings do. Nobody in it is insured
for long, and none of it is known to whoever scores: a ring shares telephones, accounts, cars, a shop or photographs
because it has no more of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from claims.domain.values import INSURERS_ZONE
from claims.payment.payees import Payee
from simulate.claims.cases import Case
from simulate.claims.chances import Dice
from simulate.claims.honest import Honest, hour_of
from simulate.claims.people import Holder, Town

SMALLEST, LARGEST = 6, 16
LASTS: Final = (40, 150)
"""Days from the first accident of a ring to its last."""
KEEPS_TO_IT: Final = 0.8
MIXES: Final = 0.25


class Way(StrEnum):
    PHONES = "shared telephones"
    ACCOUNTS = "shared accounts"
    SHOP = "a shop behind it"
    STAGED = "staged collisions"
    PICTURES = "reused photographs"
    CARS = "cars that pass around"


@dataclass(slots=True, eq=False)
class Ring:
    """What a ring has: its members, and what it shares."""

    name: str
    way: Way
    members: list[Holder]
    phones: list[str]
    payees: list[Payee]
    plates: list[str]
    pictures: list[int]
    shop: str

    def shares(self, dice: Dice, *ways: Way) -> bool:
        return dice.happens(KEEPS_TO_IT if self.way in ways else MIXES)


class Rings:
    """Plants rings: their claims, in no order."""

    def __init__(self, dice: Dice, town: Town, honest: Honest, first: date, days: int) -> None:
        self._dice, self._town, self._honest = dice, town, honest
        self._first, self._days = first, days

    def plant(self, claims: int) -> Iterator[tuple[datetime, Ring, Holder]]:
        """Yield when which ring has an accident of which member, about as many as are asked for."""
        dice, made, number = self._dice, 0, 0
        ways = list(Way)
        while made < claims:
            size = dice.one_of(SMALLEST, LARGEST)
            lasts = dice.one_of(*LASTS)
            begins = dice.one_of(0, max(0, self._days - lasts - 1))
            number += 1
            ring = self._ring(f"ring-{number:03d}", ways[number % len(ways)], size, begins)
            for place in range(size):
                day = self._first + timedelta(days=begins + dice.one_of(0, lasts))
                moment = datetime.combine(day, time(hour_of(dice), dice.one_of(0, 59)), INSURERS_ZONE)
                yield moment, ring, ring.members[place % len(ring.members)]
            made += size

    def case(self, number: int, occurred: datetime, ring: Ring, holder: Holder) -> Case:
        """Return a made-up claim: one that looks honest, but for what the ring shares."""
        dice, random = self._dice, self._dice.random
        case = self._honest.case_of(number, occurred, holder)
        case.ring = f"{ring.name} ({ring.way})"
        report = replace(case.report, injured=False, estimate=int(case.report.estimate * random.uniform(1.0, 1.6)))
        case.injury = 0
        if ring.shares(dice, Way.PHONES, Way.SHOP):
            report = replace(report, phone=random.choice(ring.phones))
        if ring.shares(dice, Way.STAGED):
            others = [one for one in ring.plates if one != holder.policy.car.plate]
            report = replace(report, cause="collision", third_party=True, other_plate=random.choice(others))
            case.fault = random.choice((0, 100))
        if ring.shares(dice, Way.ACCOUNTS, Way.SHOP):
            case.payee = random.choice(ring.payees)
        if ring.shares(dice, Way.SHOP):
            case.shop = ring.shop
        if ring.shares(dice, Way.PICTURES):
            case.pictures = tuple(self._again(random.choice(ring.pictures)) for _ in case.pictures)
        if dice.happens(0.12):
            case.seen = {**case.seen, "old_damage": True}
        case.report = report
        return case

    def _ring(self, name: str, way: Way, size: int, begins: int) -> Ring:
        dice, town = self._dice, self._town
        car = town.car() if way is Way.CARS else None
        members = []
        for _ in range(max(3, round(size * (0.9 if way is not Way.STAGED else 0.6)))):
            # A policy is taken out some time before it is used; some cannot wait.
            starts_on = self._first + timedelta(days=begins - dice.one_of(1, 90))
            shared = car if car is not None and dice.happens(KEEPS_TO_IT) else None
            members.append(town.holder(car=shared, starts_on=starts_on))
        payees = [
            Payee(town.name(), town.id_number(), "102331000018", town.account()) for _ in range(dice.one_of(1, 2))
        ]
        return Ring(
            name=name,
            way=way,
            members=members,
            phones=[town.phone() for _ in range(dice.one_of(1, 2))],
            payees=payees,
            plates=[one.policy.car.plate for one in members] + [town.plate()],
            pictures=[dice.random.getrandbits(64) for _ in range(dice.one_of(2, 4))],
            shop=f"shp_r{name[5:]}",
        )

    def _again(self, picture: int) -> int:
        """A photograph that was used before, cut or sent anew: a few bits of what it shows are others."""
        for _ in range(self._dice.one_of(0, 3)):
            picture ^= 1 << self._dice.one_of(0, 63)
        return picture
