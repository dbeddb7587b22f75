"""What a client registers of a motor policy: who is insured, which car, which covers, from when to when. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

from pydantic import TypeAdapter

from claims.parts.catalogue import CarClass
from claims.settlement.settling import CoverTerms
from claims.settlement.table import Cover
from esign.public.values import encode_canonical


@dataclass(frozen=True)
class Insured:
    """Who is insured, and how they are reached."""

    name: str = field(repr=False)
    id_number: str | None = field(repr=False)
    phone: str = field(repr=False)
    vip: bool = False


@dataclass(frozen=True)
class Car:
    """Which car: number plate, VIN, and the class by which parts are priced."""

    plate: str = field(repr=False)
    vin: str = field(repr=False)
    model: str
    car_class: CarClass


@dataclass(frozen=True)
class MotorPolicy:
    """A motor policy in force from `starts_on` up to and including `ends_on`, as its client has it.

    `base_premium` is the premium in fen before the no-claims factor, `grade` the no-claims grade of this year, and
    `claims_this_year` those that other systems had before.
    """

    number: str
    insured: Insured
    car: Car
    covers: tuple[CoverTerms, ...]
    starts_on: date
    ends_on: date
    base_premium: int
    grade: int
    claims_this_year: int = 0
    institution: str | None = None

    @property
    def terms(self) -> dict[Cover, CoverTerms]:
        return {one.cover: one for one in self.covers}

    def covers_day(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on


_POLICY = TypeAdapter(MotorPolicy)


def encode_motor_policy(policy: MotorPolicy) -> bytes:
    """Return the policy as canonical JSON, for a sealed record: the same bytes each time."""
    return encode_canonical(_POLICY.dump_python(policy, mode="json"))


def parse_motor_policy(data: bytes) -> MotorPolicy:
    """Return a policy as `encode_motor_policy` wrote it. Raises `ValueError`."""
    return _POLICY.validate_json(data)


def digest_of(encoded: bytes) -> str:
    return sha256(encoded).hexdigest()
