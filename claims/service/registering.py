"""The room's own register of motor policies: entered by clients, kept sealed, each version for good."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.hotline.policy_keys import enter_keys
from claims.models import MotorPolicyRow, MotorPolicyVersion
from claims.motor_policy import MotorPolicy, digest_of, encode_motor_policy, parse_motor_policy
from claims.refusals import refused
from esign.public.house import House
from esign.public.people import SearchField
from esign.public.rows import new_id

NUMBER: Final = re.compile(r"[A-Z]{2}[0-9]{6,18}", re.ASCII)


@dataclass(frozen=True)
class Registered:
    """A motor policy as it is in the register: its record and digest, and what it says."""

    record: str
    digest: str
    policy: MotorPolicy


class Register:
    """Takes and finds motor policies."""

    def __init__(self, house: House) -> None:
        self._house = house

    def put(self, client: str, policy: MotorPolicy) -> Registered:
        """Register a policy, or its next version; exactly the same again changes nothing.

        Raises `ClaimRefused` (`motor-policy-number`, `no-motor-policy` where it is another client's).
        """
        with self._house.database.transaction() as session:
            return self.put_in(session, client, policy)

    def put_in(self, session: Session, client: str, policy: MotorPolicy) -> Registered:
        """Do as `put` in the caller's transaction."""
        if not NUMBER.fullmatch(policy.number):
            raise refused("motor-policy-number")
        encoded = encode_motor_policy(policy)
        digest = digest_of(encoded)
        known = session.get(MotorPolicyRow, policy.number, with_for_update=True)
        if known is not None and known.client != client:
            raise refused("no-motor-policy")
        if known is not None and known.digest == digest:
            return Registered(known.record, digest, policy)
        now = self._house.clocks.now(session, client)
        record = new_id("mpr", now)
        self._house.records.keep(session, record, "motor-policy", encoded, at=now, find_by=_found_by(policy))
        row = known or MotorPolicyRow(number=policy.number, client=client)
        row.record, row.digest, row.updated_at = record, digest, now
        row.starts_on, row.ends_on = policy.starts_on, policy.ends_on
        session.add(row)
        session.add(MotorPolicyVersion(record=record, number=policy.number, digest=digest, made_at=now))
        enter_keys(session, self._house, policy, again=known is not None)
        return Registered(record, digest, policy)

    def find(self, session: Session, client: str, number: str) -> Registered:
        """Return a client's policy as it is registered now. Raises `ClaimRefused` (`no-motor-policy`)."""
        row = session.scalars(select(MotorPolicyRow).filter_by(number=number, client=client)).one_or_none()
        if row is None:
            raise refused("no-motor-policy")
        policy = parse_motor_policy(self._house.records.read(session, row.record))
        return Registered(row.record, row.digest, policy)

    def in_force(self, session: Session, client: str, number: str, day: date) -> Registered:
        """Return a client's policy, which must be in force on a day.

        Raises `ClaimRefused` (`no-motor-policy`, `motor-policy-not-in-force`).
        """
        found = self.find(session, client, number)
        if not found.policy.covers_day(day):
            raise refused("motor-policy-not-in-force", (day.isoformat(),))
        return found


def _found_by(policy: MotorPolicy) -> list[tuple[SearchField, str]]:
    insured = policy.insured
    found = [(SearchField.NAME, insured.name), (SearchField.PHONE, insured.phone)]
    return found if insured.id_number is None else [*found, (SearchField.ID_NUMBER, insured.id_number)]
