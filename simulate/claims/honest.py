"""Accidents as people have them, with all that makes honest claims look alike, or odd."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Final

from claims.domain.values import ReportWay
from claims.loss_report import LossReport
from claims.motor_policy import Insured
from claims.parts.catalogue import CarClass
from claims.payment.payees import Payee
from simulate.claims.cases import Case
from simulate.claims.chances import Dice
from simulate.claims.people import Holder, Town

DAMAGES: Final[tuple[tuple[str, float, tuple[tuple[str, int], ...], str], ...]] = (
    ("scratch", 0.24, (("paint-bumper", 1), ("refit-bumper", 1)), "front"),
    ("scratch", 0.14, (("paint-panel", 1), ("beat-light", 1)), "left"),
    ("parked", 0.12, (("rear-bumper", 1), ("paint-bumper", 1), ("refit-bumper", 1)), "rear"),
    ("collision", 0.14, (("front-bumper", 1), ("left-headlamp", 1), ("paint-bumper", 1), ("refit-lamp", 1)), "front"),
    ("rear-end", 0.12, (("rear-bumper", 1), ("boot-lid", 1), ("paint-panel", 1), ("beat-heavy", 1)), "rear"),
    ("glass", 0.06, (("windscreen", 1), ("refit-glass", 1)), "front"),
    ("tyre", 0.03, (("tyre", 1), ("align-wheels", 1)), "wheels"),
    ("collision", 0.1, (("front-left-door", 1), ("front-left-wing", 1), ("paint-panel", 2), ("refit-door", 1)), "left"),
    ("collision", 0.05, (("bonnet", 1), ("radiator", 1), ("grille", 1), ("left-headlamp", 1), ("right-headlamp", 1),
                         ("front-bumper", 1), ("paint-panel", 2), ("beat-heavy", 2), ("towing", 1)), "front"),
)  # fmt: skip
_YUAN: Final = {CarClass.ECONOMY: 1.0, CarClass.MIDDLE: 1.7, CarClass.PREMIUM: 5.0}
_BASE: Final = {"scratch": 450, "parked": 800, "collision": 1600, "rear-end": 1900, "glass": 740, "tyre": 440}
_PLACES: Final = ("槐荫路", "临江大道", "望潮北街", "文澜路", "石桥头", "云栖环线", "港湾二路", "学府街")
_SAID: Final = (
    "倒车时刮到立柱",
    "停车时被刮",
    "追尾前车",
    "避让行人撞到护栏",
    "会车时擦碰",
    "路口左转与直行车相撞",
    "被飞石击中",
)
_HOURS: Final = tuple(accumulate((1, 1, 1, 1, 1, 2, 4, 9, 11, 8, 7, 7, 7, 6, 6, 6, 7, 9, 10, 7, 5, 4, 3, 2)))
SHOPS: Final = 220


@dataclass(slots=True, eq=False)
class Household:
    """Cars that belong together. Their holders are made when the first of them claims: most never do."""

    cars: int
    is_fleet: bool
    one_phone: bool
    one_account: bool
    holders: list[Holder] = field(default_factory=list)


class Honest:
    """Makes honest claims of people who live in a town: families, fleets, and customers of repair shops."""

    def __init__(self, dice: Dice, town: Town, claims: int) -> None:
        self._dice, self._town = dice, town
        self._households = list(self._plan(max(1, round(claims / dice.chances.claims_a_year))))
        often = dice.chances.several_claims
        self._weights = list(accumulate(one.cars * (3.0 if dice.happens(often) else 1.0) for one in self._households))
        self._shop_phones = [town.phone() for _ in range(SHOPS)]
        self._shop_accounts = [town.account() for _ in range(SHOPS)]
        self._shop_codes = [town.company() for _ in range(SHOPS)]

    def case(self, number: int, occurred: datetime) -> Case:
        """Return the claim of somebody whose car was damaged then."""
        household = self._dice.random.choices(self._households, cum_weights=self._weights)[0]
        if not household.holders:
            household.holders += self._people(household)
        holder = self._dice.random.choice(household.holders)
        return self.case_of(number, occurred, holder, household)

    def case_of(self, number: int, occurred: datetime, holder: Holder, household: Household | None = None) -> Case:
        """Return a claim of this holder, as it would be if it were honest."""
        dice, random, chances = self._dice, self._dice.random, self._dice.chances
        cause, _, damage, zone = random.choices(DAMAGES, [one[1] for one in DAMAGES])[0]
        person, shop = holder.person, min(int(random.paretovariate(0.9)) - 1, SHOPS - 1)
        is_fleet = household is not None and household.is_fleet
        driver = self._town.name() if is_fleet or dice.happens(chances.driven_by_other) else person.name
        by_shop = dice.happens(chances.shop_reports)
        other_reports = by_shop or dice.happens(chances.reported_by_other)
        delay = timedelta(hours=dice.one_of(50, 160)) if dice.happens(chances.reported_late) else dice.minutes(14, 0.9)
        other = self._town.plate() if dice.happens(chances.other_car) else None
        injured, shop_collects = dice.happens(chances.injured), dice.happens(chances.shop_collects)
        report = LossReport(
            policy=holder.policy.number,
            way=ReportWay.HOTLINE if injured or dice.happens(0.35) else ReportWay.LINK,
            occurred_at=occurred,
            place=f"栖川市{random.choice(_PLACES)}{dice.one_of(1, 400)}号",
            cause=cause,
            what=f"在{random.choice(_PLACES)}{random.choice(_SAID)}，{dice.one_of(1, 60)}码",
            reporter=self._town.name() if other_reports else driver,
            phone=self._shop_phones[shop] if by_shop else person.phone,
            driver=driver,
            injured=injured,
            third_party=other is not None or injured,
            other_plate=other,
            estimate=int(_BASE[cause] * _YUAN[holder.policy.car.car_class] * random.lognormvariate(0.0, 0.4)) * 100,
        )
        return Case(
            number=number,
            at=occurred + delay,
            holder=holder,
            report=report,
            damage=damage,
            injury=dice.one_of(300, 9000) * 100 if injured else 0,
            fault=random.choice((100, 100, 100, 70, 50, 0)) if other else 100,
            pictures=tuple(random.getrandbits(64) for _ in range(chances.pictures)),
            picture_told=self._picture(occurred),
            seen=self._seen(zone),
            shop=f"shp_{shop:03d}",
            shop_collects=shop_collects,
            payee=self._of_shop(shop) if shop_collects else self._payee(holder, household),
        )

    def _of_shop(self, shop: int) -> Payee:
        return Payee("云栖汽修服务部", self._shop_codes[shop], "102331000018", self._shop_accounts[shop])

    def _payee(self, holder: Holder, household: Household | None) -> Payee:
        """Whoever is insured, or a relative: of the household where it has more cars than one."""
        dice, chances = self._dice, self._dice.chances
        if dice.happens(chances.relative_is_paid):
            others = [] if household is None else [one for one in household.holders if one is not holder]
            if others:
                return dice.random.choice(others).payee(dice)
            return Payee(self._town.name(), self._town.id_number(), "102331000018", self._town.account())
        payee = holder.payee(dice)
        if dice.happens(chances.account_wrong):
            return Payee(payee.name, payee.id_number, payee.bank_code, payee.account[:-4] + "9002")
        if dice.happens(chances.bank_silent):
            return Payee(payee.name, payee.id_number, payee.bank_code, payee.account[:-4] + "9005")
        return payee

    def _picture(self, occurred: datetime) -> dict[str, object]:
        dice, chances = self._dice, self._dice.chances
        told: dict[str, object] = {
            "taken_at": occurred + dice.minutes(10),
            "edited": dice.happens(chances.edited_picture),
        }
        if not dice.happens(chances.picture_without_place):
            told["metres_off"] = int(dice.random.expovariate(1 / 90))
        return told

    def _seen(self, zone: str) -> dict[str, object]:
        dice, chances = self._dice, self._dice.chances
        return {
            "metres_from_scene": int(dice.random.expovariate(1 / 200)),
            "moved_before_photos": dice.happens(0.06),
            "debris": not dice.happens(chances.no_debris),
            "old_damage": dice.happens(chances.old_damage),
            "same_driver": True,
            "driver_refuses": False,
            "plate_matches": True,
            "vin_matches": True,
            "zones": (zone,),
        }

    def _plan(self, cars: int) -> Iterator[Household]:
        """Households of one to three cars, some with one telephone or account; and fleets, of one customer each."""
        dice, chances, left = self._dice, self._dice.chances, cars
        while left > 0:
            is_fleet = dice.happens(chances.fleet / 12)
            size = dice.one_of(6, 30) if is_fleet else dice.random.choices((1, 2, 3), (0.62, 0.3, 0.08))[0]
            phone, account = dice.happens(chances.family_phone), dice.happens(chances.family_account)
            yield Household(min(left, size), is_fleet, phone, account)
            left -= size

    def _people(self, household: Household) -> Iterator[Holder]:
        town, cars = self._town, household.cars
        if household.is_fleet:
            company, account = Insured("栖川物流有限公司", town.company(), town.phone()), town.account()
            return (town.holder(insured=company, account=account) for _ in range(cars))
        phone = town.phone() if household.one_phone else None
        shared = town.account() if household.one_account else None
        return (town.holder(phone=phone, account=shared) for _ in range(cars))


def hour_of(dice: Dice) -> int:
    """Return the hour of a day at which an accident happens."""
    return dice.random.choices(range(24), cum_weights=_HOURS)[0]
