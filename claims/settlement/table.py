"""A version of the settlement table: the limits of compulsory cover, and how the commercial covers take their part.

Amounts are in fen, in the files in whole yuan. The compulsory limits are those of 交强险 since 19 September 2020.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Loss(StrEnum):
    """What was damaged, and whose."""

    OWN_VEHICLE = "own-vehicle"
    OWN_INJURY = "own-injury"
    THIRD_PROPERTY = "third-property"
    THIRD_MEDICAL = "third-medical"
    THIRD_DEATH = "third-death"


THIRD: tuple[Loss, ...] = (Loss.THIRD_DEATH, Loss.THIRD_MEDICAL, Loss.THIRD_PROPERTY)


class Cover(StrEnum):
    """The covers of a motor policy: 交强险, 车损险, 三者险, 车上人员责任险."""

    COMPULSORY = "compulsory"
    VEHICLE = "vehicle"
    THIRD_PARTY = "third-party"
    OCCUPANTS = "occupants"


@dataclass(frozen=True)
class Compulsory:
    """The limits of one car's compulsory cover, each for its own kind of loss: with fault, and without any."""

    death: int
    medical: int
    property: int
    death_without_fault: int
    medical_without_fault: int
    property_without_fault: int

    def limit(self, loss: Loss, *, with_fault: bool) -> int:
        """Return the limit for a loss of somebody outside the car, in fen."""
        limits = {
            Loss.THIRD_DEATH: (self.death_without_fault, self.death),
            Loss.THIRD_MEDICAL: (self.medical_without_fault, self.medical),
            Loss.THIRD_PROPERTY: (self.property_without_fault, self.property),
        }
        return limits[loss][with_fault]


@dataclass(frozen=True)
class SettlementTable:
    """`others_pay` tells that the other car's compulsory cover comes before our cover of the own car."""

    version: str
    effective_from: date
    compulsory: Compulsory
    others_pay: bool
