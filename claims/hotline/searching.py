"""A policy is found by its number, by the plate of the car, or by the last four digits of the insured's phone."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.board.reach import STAFF
from claims.domain.values import day_of
from claims.hotline.models import PolicyKey
from claims.hotline.policy_keys import TAIL, KeyKind, enter_keys, key_digest
from claims.models import MotorPolicyRow
from claims.motor_policy import MotorPolicy, parse_motor_policy
from claims.refusals import refused
from claims.service.registering import NUMBER, Register
from claims.typed import plain_number
from esign.public.console import Caller, Reach
from esign.public.errors import EsignError
from esign.public.house import House
from esign.public.people import RecordErased
from esign.public.work import log_for

FOUND_AT_MOST: Final = 20
FILLED_AT_ONCE: Final = 500
_TAIL: Final = re.compile(r"[0-9]{4}", re.ASCII)
_log = log_for(__name__)


@dataclass(frozen=True)
class FoundPolicy:
    """A policy as a list of what was found shows it: whose it is by the first character of the name alone, for the
    agent asks the caller, and compares."""

    number: str
    client: str
    name: str = field(repr=False)
    plate: str = field(repr=False)
    model: str
    phone_tail: str = field(repr=False)
    starts_on: date
    ends_on: date
    in_force: bool


class Searching:
    """Finds policies, and keeps what they are found by."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._register = Register(house)

    def find(self, who: Caller, typed: str) -> tuple[FoundPolicy, ...]:
        """Return the policies that the caller's institutions have, and one more than are shown where there are more.

        What was typed is a number of a policy, four digits, or else a plate.
        """
        plain = plain_number(typed)
        with self._house.database.reading() as session:
            reach = Reach.of(session, who, STAFF)
            found = []
            for number in self._numbers(session, plain):
                one = self._shown(session, number, reach)
                if one is not None:
                    found.append(one)
        return tuple(found)

    def one(self, session: Session, who: Caller, number: str) -> tuple[FoundPolicy, MotorPolicy]:
        """Return a policy that the caller sees. Raises `ClaimRefused` (`no-motor-policy`)."""
        shown = self._shown(session, number, Reach.of(session, who, STAFF))
        if shown is None:
            raise refused("no-motor-policy")
        return shown, self._register.find(session, shown.client, number).policy

    def fill(self) -> int:
        """Enter what policies are found by that were registered before there was a search; return how many. The work
        of a beat."""
        filled, last = 0, ""
        while True:
            done, last = self._fill(last)
            filled += done
            if not last:
                return filled

    def _fill(self, after: str) -> tuple[int, str]:
        """Enter the next policies; return how many, and the number of the last one, empty at the end.

        What is erased or cannot be read is found by its number alone, and keeps no other from being found.
        """
        unknown = (
            select(MotorPolicyRow.number, MotorPolicyRow.record)
            .where(MotorPolicyRow.number > after)
            .where(~select(PolicyKey.number).where(PolicyKey.number == MotorPolicyRow.number).exists())
            .order_by(MotorPolicyRow.number)
            .limit(FILLED_AT_ONCE)
        )
        filled = 0
        with self._house.database.transaction() as session:
            found = session.execute(unknown).all()
            for _number, record in found:
                try:
                    policy = parse_motor_policy(self._house.records.read(session, record))
                except RecordErased:
                    continue
                except (EsignError, ValueError) as broken:
                    _log.failed("a policy cannot be made findable", broken, record=record)
                    continue
                enter_keys(session, self._house, policy)
                filled += 1
        return filled, found[-1].number if len(found) == FILLED_AT_ONCE else ""

    def _numbers(self, session: Session, plain: str) -> list[str]:
        if NUMBER.fullmatch(plain):
            return [plain]
        if not plain:
            return []
        kind = KeyKind.TAIL if _TAIL.fullmatch(plain) else KeyKind.PLATE
        digest = key_digest(self._house, kind, plain)
        chosen = (
            select(PolicyKey.number)
            .where(PolicyKey.kind == kind.value, PolicyKey.digest == digest)
            .order_by(PolicyKey.number)
            .limit(FOUND_AT_MOST + 1)
        )
        return list(session.scalars(chosen))

    def _shown(self, session: Session, number: str, reach: Reach) -> FoundPolicy | None:
        row = session.get(MotorPolicyRow, number)
        if row is None:
            return None
        try:
            policy = parse_motor_policy(self._house.records.read(session, row.record))
        except RecordErased:
            return None
        if not (reach.unowned if policy.institution is None else policy.institution in reach.institutions):
            return None
        today = day_of(self._house.clocks.now(session, row.client))
        return FoundPolicy(
            number=number,
            client=row.client,
            name=f"{policy.insured.name[:1]}*",
            plate=policy.car.plate,
            model=policy.car.model,
            phone_tail=policy.insured.phone[-TAIL:],
            starts_on=policy.starts_on,
            ends_on=policy.ends_on,
            in_force=policy.covers_day(today),
        )
