"""What a policy is found by at the hotline, as keyed digests: the plate of the car, the end of the phone number."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from claims.hotline.models import PolicyKey
from claims.motor_policy import MotorPolicy
from claims.typed import plain_number
from esign.public.house import House
from esign.public.rows import insert_rows, table_of

TAIL: Final = 4
"""So many digits at the end of a phone number find a policy."""


class KeyKind(StrEnum):
    PLATE = "plate"
    TAIL = "phone-tail"


def enter_keys(session: Session, house: House, policy: MotorPolicy, *, again: bool = False) -> None:
    """Enter what a policy is found by; `again` in the place of what it was found by before."""
    if again:
        session.execute(delete(PolicyKey).where(PolicyKey.number == policy.number))
    enter_new_keys(session, house, (policy,))


def enter_new_keys(session: Session, house: House, policies: Iterable[MotorPolicy]) -> None:
    """Enter what policies are found by that were never entered before."""
    rows = []
    for policy in policies:
        kinds = {KeyKind.PLATE: plain_number(policy.car.plate), KeyKind.TAIL: policy.insured.phone[-TAIL:]}
        rows += [(policy.number, kind.value, key_digest(house, kind, value)) for kind, value in kinds.items()]
    insert_rows(session, table_of(PolicyKey), ("number", "kind", "digest"), rows)


def key_digest(house: House, kind: KeyKind, value: str) -> bytes:
    """Return the keyed digest by which a policy is found, 32 bytes."""
    return house.records.index.digest_for(f"motor-{kind.value}", value.encode())
