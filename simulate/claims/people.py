"""Who is insured, with which car, telephone and account: made up, and none of it anybody's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from claims.motor_policy import Car, Insured, MotorPolicy
from claims.parts.catalogue import CarClass
from claims.payment.companies import check_character
from claims.payment.payees import Payee
from claims.settlement.settling import CoverTerms
from claims.settlement.table import Cover
from simulate.claims.chances import Dice

_FAMILY: Final = "江林高施秦白方顾何姜柯陆孟倪潘乔任苏陶魏"
_GIVEN: Final = "一帆远青禾知夏明朗安宁若水嘉木清越景行思齐"
_MODELS: Final = (
    (CarClass.ECONOMY, "望潮 S5", 0.55),
    (CarClass.MIDDLE, "云栖 M", 0.35),
    (CarClass.PREMIUM, "澄 X9", 0.1),
)
_SUMS: Final = {CarClass.ECONOMY: 9_800_000, CarClass.MIDDLE: 21_000_000, CarClass.PREMIUM: 62_000_000}


@dataclass(slots=True, eq=False)
class Holder:
    """Somebody insured, and what is theirs. `policy` is theirs as their client has registered it."""

    policy: MotorPolicy
    account: str
    is_registered: bool = False

    @property
    def person(self) -> Insured:
        return self.policy.insured

    def payee(self, dice: Dice) -> Payee:
        return Payee(self.person.name, self.person.id_number or "", "102331000018", self.account)


class Town:
    """Makes people, telephones, plates and accounts, each of its own unless it is given."""

    def __init__(self, dice: Dice, first_day: date) -> None:
        self._dice = dice
        self._first = first_day
        self._number = 0

    def holder(
        self,
        *,
        insured: Insured | None = None,
        phone: str | None = None,
        account: str | None = None,
        car: Car | None = None,
        starts_on: date | None = None,
    ) -> Holder:
        """Return somebody new, with a policy that is in force all through the year unless it says when it starts."""
        dice, random = self._dice, self._dice.random
        self._number += 1
        number = self._number
        person = insured or Insured(
            self.name(), self.id_number(), phone or self.phone(), dice.happens(dice.chances.vip)
        )
        starts_on = starts_on or self._first - timedelta(days=random.randrange(1, 30))
        policy = MotorPolicy(
            number=f"CX{number:012d}",
            insured=person,
            car=car or self.car(),
            covers=(),
            starts_on=starts_on,
            ends_on=starts_on + timedelta(days=400),
            base_premium=random.randrange(24, 60) * 10_000,
            grade=random.choice((-3, -2, -1, 0, 0, 1)),
        )
        return Holder(_covered(policy), account or self.account())

    def name(self) -> str:
        random = self._dice.random
        return random.choice(_FAMILY) + random.choice(_GIVEN) + random.choice(_GIVEN)

    def id_number(self) -> str:
        return f"990106{self._dice.one_of(1960, 2004)}{self._dice.one_of(101, 128):04d}{self._dice.one_of(0, 9999):04d}"

    def company(self) -> str:
        """Return the code of somebody in trade, with its check character."""
        first = f"91999900MA{self._dice.one_of(0, 9_999_999):07d}"
        return first + check_character(first)

    def phone(self) -> str:
        return f"19{self._dice.one_of(0, 999_999_999):09d}"

    def account(self) -> str:
        """Return an account that the bank simply pays to: none of those whose last digits make trouble."""
        return f"6200{self._dice.one_of(0, 10**11 - 1):011d}{self._dice.one_of(0, 8999):04d}"

    def car(self) -> Car:
        dice = self._dice
        kind, model, _ = dice.random.choices(_MODELS, [share for _, _, share in _MODELS])[0]
        vin = f"LZ0AB{dice.one_of(0, 10**12 - 1):012d}"
        return Car(self.plate(), vin, model, kind)

    def plate(self) -> str:
        return f"栖{self._dice.random.choice('ABCDEFGH')}{self._dice.one_of(0, 10**6 - 1):06d}"


def _covered(policy: MotorPolicy) -> MotorPolicy:
    covers = (
        CoverTerms(Cover.COMPULSORY, 20_000_000),
        CoverTerms(Cover.VEHICLE, _SUMS[policy.car.car_class]),
        CoverTerms(Cover.THIRD_PARTY, 200_000_000),
        CoverTerms(Cover.OCCUPANTS, 5_000_000),
    )
    return MotorPolicy(
        **{**{name: getattr(policy, name) for name in MotorPolicy.__dataclass_fields__}, "covers": covers}
    )
