"""What a policy is found by at the hotline, as keyed digests: the plate of the car, the end of the phone number."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from claims.hotline.models import PolicyKey
from claims.motor_policy import MotorPolicy
from claims.typed import plain_number
from esign.public.house import House

TAIL: Final = 4
"""So many digits at the end of a phone number find a policy."""


class KeyKind(StrEnum):
    PLATE = "plate"
    TAIL = "phone-tail"


def enter_keys(session: Session, house: House, policy: MotorPolicy, *, again: bool = False) -> None:
    """Enter what a policy is found by; `again` in the place of what it was found by before."""
    number = policy.number
    if again:
        session.execute(delete(PolicyKey).where(PolicyKey.number == number))
    kinds = {KeyKind.PLATE: plain_number(policy.car.plate), KeyKind.TAIL: policy.insured.phone[-TAIL:]}
    for kind, value in kinds.items():
        session.add(PolicyKey(number=number, kind=kind.value, digest=key_digest(house, kind, value)))


def key_digest(house: House, kind: KeyKind, value: str) -> bytes:
    """Return the keyed digest by which a policy is found, 32 bytes."""
    return house.records.index.digest_for(f"motor-{kind.value}", value.encode())
