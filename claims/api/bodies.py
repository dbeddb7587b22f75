"""What comes in: a motor policy as its client has it, and a loss as somebody reports it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import AwareDatetime, Field

from claims.domain.values import ReportWay
from claims.loss_report import CAUSES, LossReport
from claims.motor_policy import Car, Insured, MotorPolicy
from claims.parts.catalogue import CarClass
from claims.settlement.settling import CoverTerms
from claims.settlement.table import Cover
from esign.public.api import Body

Amount = Annotated[
    Decimal, Field(strict=False, ge=0, max_digits=12, decimal_places=2, description='In yuan, as a text: "1130.00".')
]
Text = Annotated[str, Field(min_length=1, max_length=200)]
PolicyNumber = Annotated[str, Field(pattern=r"^[A-Z]{2}[0-9]{6,18}$", description="Such as CX330126112700.")]


def fen_of(amount: Decimal) -> int:
    return int(amount * 100)


class InsuredBody(Body):
    """Who is insured."""

    name: str = Field(min_length=1, max_length=60)
    id_number: str | None = Field(default=None, max_length=32)
    phone: str = Field(min_length=1, max_length=16)
    vip: bool = Field(default=False, description="Has a handler of their own; the checks are the same.")


class CarBody(Body):
    """Which car."""

    plate: str = Field(min_length=1, max_length=16)
    vin: str = Field(pattern=r"^[A-HJ-NPR-Z0-9]{17}$")
    model: str = Field(min_length=1, max_length=80)
    car_class: Annotated[CarClass, Field(strict=False)] = Field(description="By which parts are priced.")


class CoverBody(Body):
    """A cover, and on which terms."""

    cover: Annotated[Cover, Field(strict=False)]
    sum_insured: Amount
    deductible: Amount = Decimal(0)
    never_paid_percent: int = Field(default=0, ge=0, le=50, description="The share that is never paid (绝对免赔率).")


class MotorPolicyBody(Body):
    """A motor policy as it stands; the same again changes nothing, anything else is its next version."""

    insured: InsuredBody
    car: CarBody
    covers: tuple[CoverBody, ...] = Field(min_length=1, max_length=4)
    starts_on: date
    ends_on: date = Field(description="The last day of cover.")
    base_premium: Amount = Field(description="Before the no-claims factor; it tells next year's premium.")
    grade: int = Field(ge=-4, le=5, description="The no-claims grade of this year; 0 is that of a new customer.")
    claims_this_year: int = Field(default=0, ge=0, le=50)
    institution: str | None = Field(default=None, pattern=r"^ins_[0-9a-z]{1,64}$", description="Who handles it.")

    def value(self, number: str) -> MotorPolicy:
        covers = tuple(
            CoverTerms(one.cover, fen_of(one.sum_insured), fen_of(one.deductible), one.never_paid_percent)
            for one in self.covers
        )
        return MotorPolicy(
            number=number,
            insured=Insured(**self.insured.model_dump()),
            car=Car(**self.car.model_dump()),
            covers=covers,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            base_premium=fen_of(self.base_premium),
            grade=self.grade,
            claims_this_year=self.claims_this_year,
            institution=self.institution,
        )


class ReportBody(Body):
    """A loss (FNOL)."""

    external_id: str | None = Field(default=None, pattern=r"^[!-~]{1,128}$")
    policy: PolicyNumber
    way: Annotated[ReportWay, Field(strict=False)] = ReportWay.HOTLINE
    occurred_at: AwareDatetime
    place: Text
    cause: str = Field(pattern=f"^({'|'.join(CAUSES)})$")
    what: str = Field(min_length=1, max_length=2000, description="What happened, in the reporter's words.")
    reporter: str = Field(min_length=1, max_length=60)
    phone: str = Field(min_length=1, max_length=16)
    driver: str = Field(min_length=1, max_length=60)
    injured: bool = False
    third_party: bool = Field(default=False, description="Whether anybody else was harmed or damaged.")
    other_plate: str | None = Field(default=None, max_length=16)
    estimate: Amount = Field(description="What the reporter thinks the damage to the own car costs.")

    def value(self) -> LossReport:
        told: dict[str, Any] = self.model_dump(exclude={"external_id", "estimate"})
        return LossReport(**told, estimate=fen_of(self.estimate))


MOTOR_POLICY_EXAMPLE: Final[dict[str, Any]] = {
    "insured": {"name": "江一帆", "id_number": "990106198807152213", "phone": "13800008812"},
    "car": {"plate": "栖A12K88", "vin": "LZ0AB1CD2EF345678", "model": "望潮 S5", "car_class": "economy"},
    "covers": [
        {"cover": "compulsory", "sum_insured": "200000.00"},
        {"cover": "vehicle", "sum_insured": "98000.00"},
        {"cover": "third-party", "sum_insured": "2000000.00"},
        {"cover": "occupants", "sum_insured": "50000.00"},
    ],
    "starts_on": "2026-01-01",
    "ends_on": "2026-12-31",
    "base_premium": "3200.00",
    "grade": -2,
}
REPORT_EXAMPLE: Final[dict[str, Any]] = {
    "external_id": "call-20261127-0815",
    "policy": "CX330126112700",
    "way": "hotline",
    "occurred_at": "2026-11-27T08:02:00+08:00",
    "place": "栖川市望潮区槐荫路地下车库",
    "cause": "scratch",
    "what": "倒车时前保险杠刮到立柱",
    "reporter": "江一帆",
    "phone": "13800008812",
    "driver": "江一帆",
    "estimate": "1200.00",
}
